import assert from "node:assert/strict";
import type { ResponseItem } from "../model/mod.ts";
import type { Past } from "./agent.ts";
import { Conversation } from "./_conversation.ts";

const says = (text: string): ResponseItem => ({
  type: "message",
  role: "user",
  content: [{ type: "input_text", text }],
});

function toConversation(history: Past["history"]): Conversation {
  return new Conversation({
    history,
    usage: null,
    compactions: 0,
    lastContext: null,
  });
}

Deno.test("Conversation.recall() reads the past once, however many need it", async () => {
  let reads = 0;
  const conversation = toConversation(() => {
    reads++;
    return Promise.resolve([says("before")]);
  });
  assert.deepEqual({ reads, items: conversation.items }, {
    reads: 0,
    items: [],
  });
  assert.equal(conversation.isResumed, false);
  await Promise.all([conversation.recall(), conversation.recall()]);
  await conversation.recall();
  assert.deepEqual({ reads, items: conversation.items }, {
    reads: 1,
    items: [says("before")],
  });
  assert.equal(conversation.isResumed, true);
});

Deno.test("Conversation.recall() puts the past in front of what was added before it", async () => {
  const conversation = toConversation(() => Promise.resolve([says("before")]));
  conversation.add(says("after"));
  const recalled = conversation.recall();
  conversation.add(says("at last"));
  await recalled;
  assert.deepEqual(conversation.items, [
    says("before"),
    says("after"),
    says("at last"),
  ]);
});

Deno.test("Conversation.recall() pairs the calls of the past with their answers", async () => {
  const call = {
    type: "function_call",
    name: "f",
    arguments: "{}",
    call_id: "c",
  } satisfies ResponseItem;
  const conversation = toConversation(() => Promise.resolve([call]));
  await conversation.recall();
  assert.deepEqual(conversation.items.map(({ type }) => type), [
    "function_call",
    "function_call_output",
  ]);
});

Deno.test("Conversation.replace() makes the past needless, also while it is read", async () => {
  const reading = Promise.withResolvers<ResponseItem[]>();
  const conversation = toConversation(() => reading.promise);
  const recalled = conversation.recall();
  conversation.replace([says("instead")]);
  reading.resolve([says("before")]);
  await recalled;
  await conversation.recall();
  assert.deepEqual(conversation.items, [says("instead")]);
});

Deno.test("Conversation.recall() tries again after a failure", async () => {
  let reads = 0;
  const conversation = toConversation(() =>
    reads++ === 0
      ? Promise.reject(new Error("The file is gone"))
      : Promise.resolve([says("before")])
  );
  await assert.rejects(conversation.recall(), /The file is gone/);
  await conversation.recall();
  assert.deepEqual(conversation.items, [says("before")]);
});
