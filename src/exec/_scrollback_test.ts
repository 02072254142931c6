import assert from "node:assert/strict";
import fc from "fast-check";
import type { OutputStream } from "../protocol/mod.ts";
import { Scrollback } from "./_scrollback.ts";

const PIECE_BYTES = 7;
const bytesOf = (...values: number[]) => new Uint8Array(values);

/** All that was ever written, a byte at a time. */
class Model {
  readonly written: { stream: OutputStream; value: number }[] = [];
  start = 0;
  followedTo: number | undefined;
  readonly #keptBytes: number;

  constructor(keptBytes: number) {
    this.#keptBytes = keptBytes;
  }

  /** After any change. */
  drop(): void {
    const most = this.written.length - this.#keptBytes;
    while (this.start < Math.min(most, this.followedTo ?? Infinity)) {
      this.start++;
    }
  }
}

/** All that can be read from a number on, a byte at a time. */
function readAll(scrollback: Scrollback, from: number): Model["written"] {
  const found: Model["written"] = [];
  for (let cursor = from;;) {
    const piece = scrollback.read(cursor);
    if (piece === undefined) return found;
    assert.ok(piece.bytes.length > 0 && piece.bytes.length <= PIECE_BYTES);
    assert.equal(piece.cursor, cursor + piece.bytes.length);
    for (const value of piece.bytes) {
      found.push({ stream: piece.stream, value });
    }
    cursor = piece.cursor;
  }
}

Deno.test("Scrollback keeps what a naive one would, whoever follows and writes how much when", async () => {
  const action = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom("stdout" as const, "stderr" as const),
        count: fc.nat({ max: PIECE_BYTES }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom("attach" as const, "advance" as const),
        /** Where to, as a share of what there is. */
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: "unfollow" as const }) },
  );
  await fc.assert(fc.asyncProperty(
    fc.nat({ max: 40 }),
    fc.array(action, { maxLength: 60 }),
    async (keptBytes, actions) => {
      const scrollback = new Scrollback(keptBytes, PIECE_BYTES);
      const model = new Model(keptBytes);
      // A stream is not written to again before its last piece was taken.
      const waits = new Map<OutputStream, number>();
      for (const one of actions) {
        if (one.kind === "unfollow") {
          model.followedTo = undefined;
          scrollback.unfollow();
        } else if ("share" in one) {
          if (one.kind === "advance" && model.followedTo === undefined) {
            continue;
          }
          const from = one.kind === "attach" ? model.start : model.followedTo!;
          const span = model.written.length - from;
          model.followedTo = from + Math.floor(span * one.share);
          scrollback.follow(model.followedTo);
        } else if (!waits.has(one.kind)) {
          const { kind: stream, count } = one;
          const end = model.written.length;
          const values = Array.from(
            { length: count },
            (_, at) => end + at & 255,
          );
          for (const value of values) model.written.push({ stream, value });
          const taken = scrollback.take(stream, bytesOf(...values), false);
          if (taken !== undefined) {
            waits.set(stream, model.written.length);
            taken.then(() => waits.delete(stream));
          }
        }
        model.drop();
        await Promise.resolve();
        const { start, written, followedTo = Infinity } = model;
        assert.deepEqual(
          [scrollback.start, scrollback.end],
          [start, written.length],
        );
        for (const until of waits.values()) assert.ok(until > followedTo);
        for (const from of [start, (start + written.length) >> 1]) {
          assert.deepEqual(readAll(scrollback, from), written.slice(from));
        }
      }
    },
  ));
});

Deno.test("Scrollback.take() waits for the one who follows, never for nobody", async () => {
  const scrollback = new Scrollback(4, PIECE_BYTES);
  assert.equal(scrollback.take("stdout", bytesOf(1, 2, 3), false), undefined);
  scrollback.follow(0);
  const events: string[] = [];
  const take = (name: string, stream: OutputStream, count: number) =>
    scrollback.take(stream, new Uint8Array(count), false)!
      .then(() => events.push(name));
  const all = [take("a", "stdout", 2), take("b", "stderr", 7)];
  scrollback.follow(4);
  await Promise.resolve();
  assert.deepEqual(events, []);
  scrollback.follow(5);
  await all[0];
  assert.deepEqual(events, ["a"]);
  assert.deepEqual([scrollback.start, scrollback.end], [5, 12]);
  // Somebody else, who has less, does not let go who waits.
  scrollback.follow(5);
  await Promise.resolve();
  assert.deepEqual(events, ["a"]);
  scrollback.unfollow();
  await Promise.all(all);
  assert.deepEqual(events, ["a", "b"]);
  assert.equal(scrollback.start, 8);
});

Deno.test("Scrollback.read() says where an output reached its cap, there alone", () => {
  const scrollback = new Scrollback(100, PIECE_BYTES);
  scrollback.take("stdout", bytesOf(1, 2), false);
  scrollback.take("stdout", bytesOf(3), true);
  scrollback.take("stderr", bytesOf(4), false);
  scrollback.take("stderr", bytesOf(5), true);
  const flags = [0, 1, 2, 3, 4].map((from) => {
    const { capReached, cursor } = scrollback.read(from)!;
    return [cursor, capReached];
  });
  assert.deepEqual(flags, [
    [3, true],
    [3, true],
    [3, true],
    [5, true],
    [5, true],
  ]);
  assert.equal(scrollback.read(5), undefined);
});

Deno.test("Scrollback.onChange() calls once, for more and for the end", () => {
  const scrollback = new Scrollback(10, PIECE_BYTES);
  let calls = 0;
  scrollback.onChange(() => calls++);
  scrollback.take("stdout", bytesOf(1), false);
  scrollback.take("stdout", bytesOf(2), false);
  assert.equal(calls, 1);
  scrollback.onChange(() => calls++);
  scrollback.close();
  assert.equal(calls, 2);
  assert.ok(scrollback.isClosed);
  assert.equal(scrollback.read(0)?.cursor, 2, "what is kept stays");
  assert.equal(scrollback.take("stdout", bytesOf(3), false), undefined);
  assert.equal(scrollback.end, 2);
});

Deno.test("Scrollback that is left lets go who waits", async () => {
  const scrollback = new Scrollback(0, PIECE_BYTES);
  scrollback.follow(0);
  const taken = scrollback.take("stdout", bytesOf(1), false);
  assert.notEqual(taken, undefined);
  scrollback.leave();
  await taken;
});
