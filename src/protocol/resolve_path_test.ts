import assert from "node:assert/strict";
import * as posix from "node:path/posix";
import fc from "fast-check";
import { resolvePath } from "./resolve_path.ts";

const parts = fc.array(
  fc.constantFrom("a", "b.c", "..", ".", "", "...", " "),
  { maxLength: 6 },
).map((names) => names.join("/"));

Deno.test("resolvePath() gives what the system's own way of reading paths gives", () => {
  fc.assert(fc.property(parts, parts, (directory, path) => {
    const base = `/${directory}`;
    assert.equal(resolvePath(base, path), posix.resolve(base, path));
  }));
});
