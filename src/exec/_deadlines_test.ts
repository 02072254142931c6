import assert from "node:assert/strict";
import fc from "fast-check";
import { Deadlines } from "./_deadlines.ts";

/** Resolves once a deadline of so many milliseconds has rung. */
function rings(deadlines: Deadlines, ms: number): Promise<void> {
  return new Promise((resolve) => void deadlines.set(ms, resolve));
}

Deno.test("Deadlines ring once their time is up, and not before", async () => {
  const deadlines = new Deadlines();
  const before = performance.now();
  await rings(deadlines, 30);
  assert.ok(performance.now() - before >= 30);
  await rings(deadlines, 0);
});

Deno.test("Deadlines do not ring early for times that no timer can wait, nor when they were disposed of, nor never", async () => {
  const deadlines = new Deadlines();
  let count = 0;
  const ring = () => void count++;
  const far = [2 ** 31, 2 ** 53, 2 ** 63, Infinity]
    .map((ms) => deadlines.set(ms, ring));
  deadlines.set(0, ring)[Symbol.dispose]();
  await rings(deadlines, 20);
  assert.equal(count, 0);
  for (const one of far) one[Symbol.dispose]();
});

Deno.test("Deadlines that share timers ring all, whatever was set and disposed of before them", async () => {
  const deadline = fc.record({
    ms: fc.nat({ max: 20 }),
    isDisposed: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(deadline, { maxLength: 20 }), async (wanted) => {
      const deadlines = new Deadlines();
      const rung: number[] = [];
      const set = wanted.map(({ ms }, index) =>
        deadlines.set(ms, () => rung.push(index))
      );
      const kept = wanted.flatMap(({ isDisposed }, index) => {
        if (isDisposed) set[index]![Symbol.dispose]();
        return isDisposed ? [] : [index];
      });
      // Later than all of them, so it rings last.
      await rings(deadlines, 25);
      assert.deepEqual(rung.toSorted((a, b) => a - b), kept);
    }),
    { numRuns: 30 },
  );
});

Deno.test("a deadline may set others and dispose of others when it rings", async () => {
  const deadlines = new Deadlines();
  const told: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  deadlines.set(5, () => {
    told.push("first");
    second[Symbol.dispose]();
    deadlines.set(0, resolve);
  });
  const second = deadlines.set(5, () => told.push("second"));
  await promise;
  assert.deepEqual(told, ["first"]);
});
