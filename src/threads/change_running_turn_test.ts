import assert from "node:assert/strict";
import { Listener, openWorld, saying } from "./_scripted_world_test.ts";
import { startThread } from "./start_thread.ts";
import { changeRunningTurn, startTurn } from "./start_turn.ts";

Deno.test("changeRunningTurn() changes what the turn asks next, and no other turn", async () => {
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  await using world = await openWorld([
    async function* (request, signal) {
      asked.resolve();
      await gate.promise;
      // Asks for more in the same turn, so that there is a next request.
      for await (const event of saying("One")(request, signal)) {
        yield event.type === "completed" ? { ...event, endTurn: false } : event;
      }
    },
    saying("Two"),
    saying("Three"),
  ]);
  const { threads } = world;
  const me = new Listener();
  const thread = await startThread(threads, {}, { name: "test" });
  thread.followers.join(world.attend(me));
  const say = () => {
    const { id } = startTurn(threads, thread, {
      threadId: thread.threadId,
      input: [{ type: "text", text: "hi", text_elements: [] }],
    });
    thread.play();
    return id;
  };
  const turnId = say();
  await asked.promise;
  assert.equal(changeRunningTurn(thread, { turnId: "other" }), false);
  assert.ok(changeRunningTurn(thread, { turnId, model: "b", effort: "high" }));
  gate.resolve();
  await me.until("turn/completed");
  const heard = me.heard.length;
  assert.equal(changeRunningTurn(thread, { turnId, model: "c" }), false);
  say();
  await me.until("turn/completed", heard);
  assert.deepEqual(world.requests.map(({ model }) => model), ["m", "b", "m"]);
  assert.equal(thread.settings.model, "m");
});
