import assert from "node:assert/strict";
import * as posix from "node:path/posix";
import fc from "fast-check";
import { isPlaceholder, PLACEHOLDER_MTIME, resolvePath } from "./paths.ts";

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

Deno.test("isPlaceholder() takes nothing for one that is a directory of somebody's", () => {
  const mtime = new Date(PLACEHOLDER_MTIME * 1000);
  const one = { isDirectory: true, mode: 0o40555, mtime };
  assert.equal(isPlaceholder(one), true);
  for (
    const other of [
      { ...one, isDirectory: false },
      { ...one, mode: 0o40755 },
      { ...one, mode: null },
      { ...one, mtime: new Date(0) },
      { ...one, mtime: null },
    ]
  ) {
    assert.equal(isPlaceholder(other), false);
  }
});
