import assert from "node:assert/strict";
import { Listener, openWorld, saying } from "./_scripted_world_test.ts";
import { findStored, loadStored } from "./resume_thread.ts";
import { startTurn } from "./start_turn.ts";
import { startThread } from "./start_thread.ts";
import type { Thread } from "./thread.ts";

Deno.test("Threads plays a turn, in the order that clients know", async () => {
  await using world = await openWorld([saying("Hello")]);
  const { threads } = world;
  const me = new Listener();
  const thread = await startThread(threads, {}, { name: "test" });
  thread.followers.join(world.attend(me));
  const { id } = startTurn(threads, thread, {
    threadId: thread.threadId,
    input: [{ type: "text", text: "hi", text_elements: [] }],
  });
  thread.play();
  const { params } = await me.until("turn/completed");
  assert.deepEqual(me.methods, [
    "thread/status/changed",
    "turn/started",
    "item/started",
    "item/completed",
    "item/started",
    "item/agentMessage/delta",
    "item/completed",
    "thread/tokenUsage/updated",
    "account/rateLimits/updated",
    "thread/readState/changed",
    "thread/status/changed",
    "turn/completed",
  ]);
  const { turn } = params as { turn: { id: string; status: string } };
  assert.deepEqual([turn.id, turn.status], [id, "completed"]);
  const numbered = me.heard.filter(({ method }) =>
    method !== "account/rateLimits/updated" // of the account, not the thread
  );
  assert.deepEqual(
    numbered.map(({ seq }) => seq),
    numbered.map((_, index) => index + 1),
  );
  const [stored] = await thread.readTurns();
  assert.deepEqual(stored?.items.map(({ type }) => type), [
    "userMessage",
    "agentMessage",
  ]);
});

Deno.test("Threads opens a stored thread again, with all that was said", async () => {
  const home = await Deno.makeTempDir();
  let id: string;
  {
    await using world = await openWorld([saying("Hello")], home);
    const { threads } = world;
    const me = new Listener();
    const thread = await startThread(threads, {}, { name: "test" });
    thread.followers.join(world.attend(me));
    id = thread.threadId;
    startTurn(threads, thread, {
      threadId: id,
      input: [{ type: "text", text: "hi", text_elements: [] }],
    });
    thread.play();
    await me.until("turn/completed");
  }
  await using world = await openWorld([saying("Again")], home);
  const { threads } = world;
  const found = await findStored(threads, { threadId: id });
  const thread = await loadStored(threads, found, {}, { name: "test" });
  assert.equal(thread.view.preview, "hi");
  assert.deepEqual(
    (await thread.readTurns()).map(({ status, items }) => [
      status,
      items.map(({ type }) => type),
    ]),
    [["completed", ["userMessage", "agentMessage"]]],
  );
  const me = new Listener();
  thread.followers.join(world.attend(me));
  startTurn(threads, thread, {
    threadId: id,
    input: [{ type: "text", text: "more", text_elements: [] }],
  });
  thread.play();
  await me.until("turn/completed");
  const said =
    world.requests[0]?.input.flatMap((item) =>
      item.type === "message" ? JSON.stringify(item) : []
    ).join("\n") ?? "";
  assert.match(said, /"hi"[^]*"Hello"[^]*"more"/);
  assert.equal((await thread.readTurns()).length, 2);
  await Deno.remove(home, { recursive: true });
});

Deno.test("Threads bounds what waits in a turn, and behind it", async () => {
  const asked = Promise.withResolvers<void>();
  await using world = await openWorld([
    async function* (_, signal) {
      asked.resolve();
      await new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      );
      yield* [];
    },
  ]);
  const { threads } = world;
  const thread = await startThread(threads, {}, { name: "test" });
  const say = () =>
    startTurn(threads, thread, {
      threadId: thread.threadId,
      input: [{ type: "text", text: "hi", text_elements: [] }],
    });
  say();
  thread.play();
  await asked.promise;
  for (let count = 0; count < 256; count++) say();
  assert.throws(say, { code: -32001, message: /^too many messages: 256 / });
  thread.toInterrupt("")();
  await thread.settled();
});

Deno.test("Threads closes a thread behind what is being read to introduce it, which its followers hear", async () => {
  type Notices = { deprecations: []; warning: string | null };
  const reading = Promise.withResolvers<Notices>();
  let read = reading.promise;
  await using world = await openWorld([], undefined, {
    findFeatureNotices: () => read,
  });
  const { threads } = world;
  const me = new Listener();
  const order: string[] = [];
  const open = async () => {
    const thread = await startThread(threads, {}, { name: "test" });
    thread.followers.join(world.attend(me));
    void thread.introduce();
    return thread;
  };
  const close = async (thread: Thread, name: string) => {
    await threads.unload(thread);
    order.push(name);
  };
  const slow = await open();
  read = Promise.resolve({ deprecations: [], warning: null });
  const quick = await open();
  const closing = close(slow, "slow");
  // Begun later, and over with all that there is to close.
  await close(quick, "quick");
  order.push("read");
  reading.resolve({ deprecations: [], warning: "unfinished" });
  await closing;

  assert.deepEqual(order, ["quick", "read", "slow"]);
  assert.deepEqual(
    me.heard.flatMap(({ method, params }) =>
      method === "warning" ? (params as { message: string }).message : []
    ),
    ["unfinished"],
  );
});
