import assert from "node:assert/strict";
import { Listener, openWorld, saying } from "./_scripted_world_test.ts";
import { VirtualClock } from "./_virtual_clock_test.ts";
import { findStored, loadStored } from "./resume_thread.ts";
import { startTurn } from "./start_turn.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";
import { startThread } from "./start_thread.ts";

const idleUnloadMs = 1000;

function say(threads: Threads, thread: Thread, text: string): void {
  startTurn(threads, thread, {
    threadId: thread.threadId,
    input: [{ type: "text", text, text_elements: [] }],
  });
  thread.play();
}

function closed(threadId: string): unknown[] {
  return [
    {
      method: "thread/status/changed",
      params: { threadId, status: { type: "notLoaded" } },
    },
    { method: "thread/closed", params: { threadId } },
  ];
}

Deno.test("Threads lets go of a thread that nobody follows, tells everybody, and opens it again", async () => {
  const clock = new VirtualClock();
  await using world = await openWorld([saying("Hello")], undefined, {
    idleUnloadMs,
    clock,
  });
  const { threads } = world;
  const me = new Listener();
  const attendance = world.attend(me);
  const thread = await startThread(threads, {}, { name: "test" });
  const { threadId } = thread;
  thread.followers.join(attendance);
  say(threads, thread, "hi");
  await me.until("turn/completed");
  await thread.settled();
  clock.pass(10 * idleUnloadMs);
  assert.equal(threads.find(threadId), thread, "followed, it stays");
  thread.followers.leave(attendance);
  clock.pass(idleUnloadMs - 1);
  assert.equal(threads.find(threadId), thread, "touched by this look");
  clock.pass(idleUnloadMs - 1);
  assert.deepEqual(threads.loaded, [threadId]);
  const from = me.heard.length;
  clock.pass(1);
  assert.deepEqual(threads.loaded, []);
  // Asked for in the middle of its end, it is opened behind it.
  const found = await findStored(threads, { threadId });
  const again = await threads.open(
    threadId,
    () => loadStored(threads, found, {}, { name: "test" }),
  );
  assert.deepEqual(
    me.heard.slice(from).map(({ method, params }) => ({ method, params })),
    closed(threadId),
  );
  assert.notEqual(again, thread);
  assert.deepEqual(threads.loaded, [threadId]);
  const turns = await again.readTurns();
  assert.deepEqual(turns.map(({ status }) => status), ["completed"]);
});

Deno.test("Threads keeps a thread without followers as long as a turn runs", async () => {
  const clock = new VirtualClock();
  const going = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  await using world = await openWorld(
    [async function* (request, signal) {
      begun.resolve();
      await going.promise;
      yield* saying("late")(request, signal);
    }],
    undefined,
    { idleUnloadMs, clock },
  );
  const { threads } = world;
  const me = new Listener();
  world.attend(me); // hears what everybody hears
  const thread = await startThread(threads, {}, { name: "test" });
  say(threads, thread, "hi");
  await begun.promise;
  clock.pass(10 * idleUnloadMs);
  assert.deepEqual(threads.loaded, [thread.threadId]);
  going.resolve();
  await thread.settled();
  clock.pass(idleUnloadMs - 1);
  assert.deepEqual(threads.loaded, [thread.threadId]);
  clock.pass(1);
  assert.deepEqual(threads.loaded, []);
  await me.until("thread/closed");
});

Deno.test("Threads that are closed while a thread is let go of wait for it", async () => {
  const clock = new VirtualClock();
  const home = await Deno.makeTempDir();
  {
    await using world = await openWorld([], home, { idleUnloadMs, clock });
    await startThread(world.threads, {}, { name: "test" });
    clock.pass(idleUnloadMs);
    assert.deepEqual(world.threads.loaded, []);
  }
  assert.equal(clock.waiting, 0);
  const directory = Deno.readDir(`${home}/thread-writer-locks`);
  const locks = await Array.fromAsync(directory);
  assert.deepEqual(locks.map(({ name }) => name), [".coordination.lock"]);
  await Deno.remove(home, { recursive: true });
});
