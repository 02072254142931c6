import assert from "node:assert/strict";
import fc from "fast-check";
import { workMs } from "../../tests/kit/work_time.ts";
import { toWholeLines } from "./_lines.ts";
import { toUnifiedDiff } from "./unified_diff.ts";

/** What a diff makes of a text. */
function patched(before: string, diff: string): string {
  const old = toWholeLines(before);
  const lines: string[] = [];
  let at = 0;
  for (const [, start, length, body] of hunksOf(diff)) {
    const from = length === "0" ? Number(start) : Number(start) - 1;
    lines.push(...old.slice(at, from));
    at = from;
    for (const line of toWholeLines(body ?? "")) {
      if (line.startsWith("\\")) lines.push(lines.pop()!.slice(0, -1));
      else if (line.startsWith("+")) lines.push(line.slice(1));
      else {
        const isNoEnd = old[at] !== undefined && !old[at]!.endsWith("\n");
        assert.equal(line.slice(1), old[at] + (isNoEnd ? "\n" : ""));
        if (line.startsWith(" ")) lines.push(line.slice(1));
        else if (isNoEnd) lines.push("\n"); // taken back by what follows it
        at++;
      }
    }
  }
  return [...lines, ...old.slice(at)].join("");
}

function hunksOf(diff: string): RegExpMatchArray[] {
  const hunk =
    /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@\n((?:[ +\-\\][^\n]*\n)*)/gm;
  return [...diff.matchAll(hunk)];
}

const text = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 30 })
  .chain((lines) =>
    fc.boolean().map((isEnded) =>
      lines.join("\n") + (isEnded && lines.length > 0 ? "\n" : "")
    )
  );

Deno.test("toUnifiedDiff() leads from one text to the other", () => {
  const context = fc.constantFrom(0, 1, 3);
  fc.assert(
    fc.property(text, text, context, (before, after, around) => {
      const diff = toUnifiedDiff(before, after, { context: around });
      assert.equal(patched(before, diff), after);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("toUnifiedDiff() is empty for the same text", () => {
  assert.equal(toUnifiedDiff("a\nb", "a\nb", { context: 3 }), "");
});

Deno.test("toUnifiedDiff() joins changes that share their context", () => {
  assert.equal(
    toUnifiedDiff("1\n2\n3\n4\n5\n6\n", "x\n2\n3\ny\n5\nz\n", { context: 1 }),
    "@@ -1,6 +1,6 @@\n-1\n+x\n 2\n 3\n-4\n+y\n 5\n-6\n+z\n",
  );
  assert.equal(
    toUnifiedDiff("1\n2\n3\n4\n5\n", "x\n2\n3\n4\ny\n", { context: 1 }),
    "@@ -1,2 +1,2 @@\n-1\n+x\n 2\n@@ -4,2 +4,2 @@\n 4\n-5\n+y\n",
  );
});

Deno.test("toUnifiedDiff() moves new lines down as far as they go", () => {
  assert.equal(
    toUnifiedDiff("{\n}\n", "{\n}\n{\n}\n", { context: 1 }),
    "@@ -2 +2,3 @@\n }\n+{\n+}\n",
  );
});

Deno.test("toUnifiedDiff() has an answer soon for texts that have nothing in common", () => {
  const lines = (word: string) =>
    Array.from({ length: 60_000 }, (_one, at) => `${word} ${at}\n`).join("");
  const before = lines("a");
  const after = lines("b");
  let diff = "";
  const ms = workMs(() => diff = toUnifiedDiff(before, after, { context: 3 }));
  assert.ok(ms < 3000, `${ms} ms`);
  assert.ok(diff.startsWith("@@ -1,60000 +1,60000 @@\n-a 0\n"));
});
