import assert from "node:assert/strict";
import { consume } from "./_consume.ts";

async function* count(to: number, onReturn: () => void = () => {}) {
  try {
    for (let n = 1; n <= to; n++) {
      await Promise.resolve();
      yield n;
    }
  } finally {
    onReturn();
  }
}

Deno.test("consume plays until it is told that it was the last", async () => {
  const seen: number[] = [];
  let isReturned = false;
  const { signal } = new AbortController();

  const isWhole = await consume(
    count(5, () => isReturned = true),
    signal,
    (n) => seen.push(n) === 2,
  );

  assert.equal(isWhole, true);
  assert.deepEqual(seen, [1, 2]);
  assert.ok(isReturned);
});

Deno.test("consume says when the source ended before", async () => {
  const { signal } = new AbortController();
  assert.equal(await consume(count(2), signal, () => false), false);
});

Deno.test("consume gives up a source that does not heed the signal", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<IteratorResult<number>>(() => {}),
      return: () => new Promise<IteratorResult<number>>(() => {}),
    }),
  };
  const played = consume(source, controller.signal, () => false);
  controller.abort(reason);

  await assert.rejects(played, reason);
});

Deno.test("consume plays nothing more once the signal has aborted", async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  const played = consume(count(5), controller.signal, (n) => {
    seen.push(n);
    controller.abort();
    return false;
  });

  await assert.rejects(played, { name: "AbortError" });
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(seen, [1]);
});

Deno.test("consume does not begin under an aborted signal", async () => {
  let isAsked = false;
  const source = {
    [Symbol.asyncIterator]() {
      isAsked = true;
      return count(1);
    },
  };

  await assert.rejects(consume(source, AbortSignal.abort(), () => false));
  assert.equal(isAsked, false);
});

Deno.test("consume lets go of the source when playing fails", async () => {
  let isReturned = false;
  const { signal } = new AbortController();

  await assert.rejects(
    consume(count(5, () => isReturned = true), signal, () => {
      throw new Error("no");
    }),
    { message: "no" },
  );
  assert.ok(isReturned);
});

Deno.test("consume throws what the source throws, also from its return", async () => {
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.reject(new Error("broken")),
      return: () => {
        throw new Error("no return");
      },
    }),
  };
  const { signal } = new AbortController();
  await assert.rejects(consume(source, signal, () => false), {
    message: "broken",
  });
});
