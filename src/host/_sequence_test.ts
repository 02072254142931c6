import assert from "node:assert/strict";
import fc from "fast-check";
import { Sequence } from "./_sequence.ts";

Deno.test("Sequence takes each number once and in order, however they come", () => {
  const shuffled = fc.integer({ min: 0, max: 20 }).chain((count) => {
    const numbers = Array.from({ length: count }, (_, at) => at + 1);
    return fc.tuple(
      fc.shuffledSubarray(numbers, { minLength: count, maxLength: count }),
      fc.array(fc.integer({ min: 1, max: count + 1 })),
    );
  });
  fc.assert(fc.property(shuffled, ([numbers, again]) => {
    const taken: unknown[] = [];
    const sequence = new Sequence((news) => taken.push(news["seq"]));
    for (
      const seq of [...again.filter((n) => n <= numbers.length), ...numbers]
    ) {
      sequence.hear(seq, { seq });
    }
    assert.deepEqual(taken, numbers.map((_, at) => at + 1));
    assert.equal(sequence.last, numbers.length);
  }));
});

Deno.test("Sequence.skipTo() gives up what is missing, and takes what is there", () => {
  const taken: unknown[] = [];
  const sequence = new Sequence((news) => taken.push(news["seq"]));
  for (const seq of [1, 3, 5, 6, 8]) sequence.hear(seq, { seq });
  sequence.skipTo(5);
  assert.deepEqual(taken, [1, 3, 5, 6]);
  sequence.skipTo(2);
  sequence.hear(7, { seq: 7 });
  assert.deepEqual(taken, [1, 3, 5, 6, 7, 8]);
});

Deno.test("Sequence does not wait for ever for what is missing", () => {
  const taken: unknown[] = [];
  const sequence = new Sequence((news) => taken.push(news["seq"]));
  for (let seq = 2 ** 40; taken.length === 0; seq++) {
    sequence.hear(seq, { seq });
  }
  assert.equal(taken.length, 1001);
  assert.equal(taken[0], 2 ** 40);
  assert.equal(sequence.last, 2 ** 40 + 1000);
});
