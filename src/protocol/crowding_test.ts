import assert from "node:assert/strict";
import fc from "fast-check";
import { isCrowded } from "./mod.ts";

/** How many commas and openings a JSON value has when it is written out. */
function count(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const parts = Object.values(value);
  return parts.reduce(
    (sum: number, part) => sum + count(part),
    1 + Math.max(parts.length - 1, 0),
  );
}

Deno.test("isCrowded() counts what stands outside of strings", () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
    const text = JSON.stringify(value);
    const exact = count(value);
    // A text that is shorter than the bound is never looked at.
    assert.equal(isCrowded(text, exact), false);
    if (exact > 0) assert.equal(isCrowded(text, exact - 1), true);
  }));
});

Deno.test("isCrowded() skips strings, with quotes and backslashes in them", () => {
  for (const inner of [",,,,", "[[[[{{{{", '\\",\\",\\"', "\\\\", '\\\\\\",']) {
    assert.equal(isCrowded(`["${inner}"]`, 1), false, inner);
    assert.equal(isCrowded(`["${inner}",1,2]`, 2), true, inner);
  }
  assert.equal(isCrowded('["never ends,,,,,,,', 1), false);
});

Deno.test("isCrowded() is quick with 64 MiB of anything", () => {
  const bytes = 64 * 1024 * 1024;
  const before = performance.now();
  assert.equal(isCrowded(`["${"A".repeat(bytes)}"]`, 1_000_000), false);
  assert.equal(isCrowded(`["${"\\".repeat(bytes)}"]`, 1_000_000), false);
  assert.equal(isCrowded("[".repeat(bytes), 1_000_000), true);
  assert.equal(isCrowded(" ".repeat(bytes), 1_000_000), false);
  assert.ok(performance.now() - before < 5_000);
});
