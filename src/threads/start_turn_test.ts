import assert from "node:assert/strict";
import { Listener, openWorld, saying } from "./_scripted_world_test.ts";
import { startThread } from "./start_thread.ts";
import { startTurn } from "./start_turn.ts";

Deno.test("startTurn says more in the turn that runs, and tells its id: that is the one that ends", async () => {
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  await using world = await openWorld([
    async function* (request, signal) {
      asked.resolve();
      await gate.promise;
      yield* saying("One")(request, signal);
    },
    saying("Two"),
  ]);
  const { threads } = world;
  const me = new Listener();
  const thread = await startThread(threads, {}, { name: "test" });
  thread.followers.join(world.attend(me));
  const say = (text: string) => {
    const turn = startTurn(threads, thread, {
      threadId: thread.threadId,
      input: [{ type: "text", text, text_elements: [] }],
    });
    thread.play();
    return turn;
  };
  const first = say("one");
  await asked.promise;
  assert.deepEqual(say("two"), first);
  gate.resolve();
  const { params } = await me.until("turn/completed");
  assert.equal((params as { turn: { id: string } }).turn.id, first.id);
});
