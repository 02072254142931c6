import assert from "node:assert/strict";
import type { ModelEvent } from "../model/mod.ts";
import { Listener, openWorld, saying } from "./_scripted_world_test.ts";
import { startTurn } from "./start_turn.ts";
import { startThread } from "./start_thread.ts";

const huge = 2 ** 40;
const thought = { type: "reasoning", id: "r1", summary: [] } as const;

Deno.test("a turn survives a model that counts parts further than there is memory", async () => {
  const events: ModelEvent[] = [
    { type: "itemAdded", item: thought },
    { type: "reasoningPartAdded", itemId: "r1", summaryIndex: huge },
    {
      type: "reasoningSummaryDelta",
      itemId: "r1",
      delta: "a",
      summaryIndex: huge,
    },
    {
      type: "reasoningTextDelta",
      itemId: "r1",
      delta: "b",
      contentIndex: 1e308,
    },
    { type: "itemDone", item: thought },
  ];
  const saysHello = saying("Hello");
  await using world = await openWorld([async function* (request, signal) {
    yield* events;
    yield* saysHello(request, signal);
  }]);
  const { threads } = world;
  const me = new Listener();
  const thread = await startThread(threads, {}, { name: "test" });
  thread.followers.join(world.attend(me));
  startTurn(threads, thread, {
    threadId: thread.threadId,
    input: [{ type: "text", text: "hi", text_elements: [] }],
  });
  thread.play();
  const { params } = await me.until("turn/completed");
  assert.equal(
    (params as { turn: { status: string } }).turn.status,
    "completed",
  );
  assert.deepEqual(
    me.methods.filter((method) => method.startsWith("item/reasoning/")),
    [],
  );
});
