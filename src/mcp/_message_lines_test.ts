import assert from "node:assert/strict";
import fc from "fast-check";
import { MessageLines } from "./_message_lines.ts";

Deno.test("MessageLines gives the lines, however they were cut", () => {
  fc.assert(fc.property(
    fc.array(fc.string({ unit: "grapheme" })),
    fc.array(fc.nat(40)),
    (texts, cuts) => {
      const expected = texts.map((text) => text.replaceAll("\n", " "));
      const all = new TextEncoder().encode(
        expected.map((line) => `${line}\n`).join(""),
      );
      const lines = new MessageLines();
      const found: string[] = [];
      const lent = new Uint8Array(all.length);
      let from = 0;
      for (const cut of [...cuts, all.length]) {
        const piece = all.subarray(from, from + cut);
        // The same memory each time, as programs lend it.
        lent.set(piece);
        found.push(...lines.take(lent.subarray(0, piece.length)));
        lent.fill(0);
        from += piece.length;
      }
      assert.deepEqual(found, expected);
    },
  ));
});

Deno.test("MessageLines keeps no more than a line may have", () => {
  const take = (
    lines: MessageLines,
    text: string,
  ) => [...lines.take(new TextEncoder().encode(text))];
  const lines = new MessageLines(4);
  assert.deepEqual(take(lines, "1234\n12"), ["1234"]);
  assert.deepEqual(take(lines, "34\n"), ["1234"]);
  assert.deepEqual(take(lines, "123"), []);
  assert.throws(() => take(lines, "45"), {
    name: "RangeError",
    message: "A message of more than 4 bytes",
  });
});
