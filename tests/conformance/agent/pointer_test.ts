import assert from "node:assert/strict";
import { resolvePointer } from "./pointer.ts";

Deno.test("resolvePointer() follows keys and indexes, escapes included", () => {
  const value = { a: [{ "b/c": 1, "d~e": 2 }], "": 3 };
  assert.deepEqual(resolvePointer(value, ""), value);
  assert.equal(resolvePointer(value, "/a/0/b~1c"), 1);
  assert.equal(resolvePointer(value, "/a/0/d~0e"), 2);
  assert.equal(resolvePointer(value, "/"), 3);
  assert.equal(resolvePointer(value, "/a/5/x"), undefined);
  assert.equal(resolvePointer("text", "/a"), undefined);
});
