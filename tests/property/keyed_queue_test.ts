import assert from "node:assert/strict";
import fc from "fast-check";
import { type Claim, KeyedQueue } from "../../src/rpc/mod.ts";

/** The rule in its plainest form, as the queue's own code does not say it. */
function meet(a: Claim, b: Claim): boolean {
  if (a.lane !== b.lane) return false;
  if (a.access === "shared" && b.access === "shared") return false;
  const inside = (outer: Claim, inner: Claim) => {
    const parts = outer.path!.split("/").filter(Boolean);
    const other = inner.path!.split("/").filter(Boolean);
    return parts.every((part, at) => other[at] === part) &&
      (outer.tree || parts.length === other.length);
  };
  return inside(a, b) || inside(b, a);
}

const claim: fc.Arbitrary<Claim> = fc.record({
  lane: fc.constantFrom("path", "watch"),
  access: fc.constantFrom("shared" as const, "exclusive" as const),
  path: fc.array(fc.constantFrom("a", "b", "ab"), { maxLength: 3 }).map(
    (parts) => `/${parts.join("/")}`,
  ),
  tree: fc.boolean(),
});

const task = fc.record({
  claims: fc.array(claim, { maxLength: 3 }),
  abort: fc.boolean(),
});

Deno.test("KeyedQueue starts exactly those tasks that no earlier one blocks, whatever ends when", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(task, { maxLength: 20 }),
    fc.infiniteStream(fc.nat()),
    async (tasks, choices) => {
      const queue = new KeyedQueue();
      const ends = tasks.map(() => Promise.withResolvers<void>());
      const aborts = tasks.map(() => new AbortController());
      const started = new Set<number>();
      const gone = new Set<number>();
      const results = tasks.map(({ claims }, index) =>
        queue.run(claims, () => {
          started.add(index);
          return ends[index]!.promise;
        }, () => aborts[index]!.signal).catch(() => {})
      );
      const expected = () =>
        tasks.flatMap(({ claims }, index) => {
          if (gone.has(index)) return [];
          const blocked = tasks.slice(0, index).some((earlier, at) =>
            !gone.has(at) &&
            earlier.claims.some((one) => claims.some((two) => meet(one, two)))
          );
          return blocked ? [] : [index];
        });
      for (;;) {
        const running = [...started].filter((one) => !gone.has(one)).sort((
          a,
          b,
        ) => a - b);
        assert.deepEqual(running, expected());
        const waiting = tasks.findIndex((one, index) =>
          one.abort && !started.has(index) && !gone.has(index)
        );
        if (waiting >= 0) {
          gone.add(waiting);
          aborts[waiting]!.abort();
          await results[waiting];
        } else if (running.length > 0) {
          const pick = running[choices.next().value! % running.length]!;
          gone.add(pick);
          ends[pick]!.resolve();
          await results[pick];
        } else break;
        await Promise.resolve();
      }
      assert.equal(gone.size, tasks.length);
      assert.equal(queue.size, 0);
    },
  ));
});
