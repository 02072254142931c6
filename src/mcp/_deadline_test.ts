import assert from "node:assert/strict";
import { Deadline } from "./_deadline.ts";

/** Resolves when the signal is aborted, with its reason. */
function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    signal.addEventListener("abort", () => resolve(signal.reason));
  });
}

Deno.test("Deadline aborts with its reason when the time is up", async () => {
  using deadline = new Deadline(5, () => "late");
  assert.equal(await aborted(deadline.signal), "late");
});

Deno.test("Deadline stands still while it is paused, however often", async () => {
  using paused = new Deadline(5, () => "late");
  paused.pause();
  paused.pause();
  paused.resume();
  using other = new Deadline(50, () => "later");
  await aborted(other.signal);
  assert.equal(paused.signal.aborted, false);
  paused.resume();
  assert.equal(await aborted(paused.signal), "late");
});

Deno.test("Deadline never comes once it is disposed, nor at once if it is far away", async () => {
  const disposed = new Deadline(5, () => "late");
  disposed[Symbol.dispose]();
  disposed.resume();
  using far = new Deadline(1e12, () => "late");
  using other = new Deadline(50, () => "later");
  await aborted(other.signal);
  assert.deepEqual([disposed.signal.aborted, far.signal.aborted], [
    false,
    false,
  ]);
});
