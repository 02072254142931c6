import assert from "node:assert/strict";
import { Listener, openWorld, saying } from "./_scripted_world_test.ts";
import { startTurn } from "./start_turn.ts";

Deno.test("Threads plays a turn, in the order that clients know", async () => {
  await using world = await openWorld([saying("Hello")]);
  const { threads } = world;
  const me = new Listener();
  const thread = await threads.start({}, { name: "test" });
  thread.join(world.attend(me));
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
    "thread/status/changed",
    "turn/completed",
  ]);
  const { turn } = params as { turn: { id: string; status: string } };
  assert.deepEqual([turn.id, turn.status], [id, "completed"]);
  assert.deepEqual(
    me.heard.map(({ seq }) => seq),
    me.heard.map((_, index) => index + 1),
  );
  const [stored] = await thread.readTurns();
  assert.deepEqual(stored?.items.map(({ type }) => type), [
    "userMessage",
    "agentMessage",
  ]);
});
