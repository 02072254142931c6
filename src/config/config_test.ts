import assert from "node:assert/strict";
import { Config } from "./config.ts";

Deno.test("Config.get() follows a path and nothing that was not written", () => {
  const config = new Config({
    effective: { a: { b: [1], "c.d": true }, e: "text" },
  });
  assert.deepEqual(config.get("a.b"), [1]);
  assert.equal(config.get(["a", "c.d"]), true);
  assert.equal(config.get("a.c.d"), undefined);
  assert.equal(config.get("e.length"), undefined);
  assert.equal(config.get("constructor"), undefined);
  assert.equal(config.get("a.__proto__"), undefined);
});

Deno.test("Config is empty by default", () => {
  const { effective, requirements, warnings } = new Config();
  assert.deepEqual([Object.keys(effective), requirements, warnings], [
    [],
    null,
    [],
  ]);
});
