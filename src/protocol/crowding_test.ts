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

/**
 * Milliseconds that something takes where nothing comes in between: it has to be
 * so little that others are let in but now and then.
 */
function timeOf(work: () => void): number {
  const times = Array.from({ length: 100 }, () => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  });
  return Math.min(...times);
}

for (
  const [what, toText, expected] of [
    ["text", (bytes: number) => `["${"A".repeat(bytes)}"]`, false],
    ["backslashes", (bytes: number) => `["${"\\".repeat(bytes)}"]`, false],
    ["quotes", (bytes: number) => '"'.repeat(bytes), false],
    ["openings", (bytes: number) => "[".repeat(bytes), true],
    ["blanks", (bytes: number) => " ".repeat(bytes), false],
  ] as const
) {
  Deno.test(`isCrowded() looks at ${what} once, however much there is`, () => {
    const measure = (bytes: number): number => {
      const text = toText(bytes);
      return timeOf(() => assert.equal(isCrowded(text, 2000), expected));
    };
    const few = measure(4 * 1024);
    const many = measure(16 * 4 * 1024);
    // 16 times as long; 256 times if what is there was looked at again.
    assert.ok(many < 64 * few + 1, `${few} ms, then ${many} ms`);
  });
}
