import assert from "node:assert/strict";
import { ModelError } from "../model/mod.ts";
import {
  call,
  calls,
  completed,
  facts,
  message,
  rehearse,
  says,
  settings,
  toShort,
  toTool,
} from "./_rehearsal_test.ts";

const full = completed({
  usage: {
    inputTokens: 950,
    cachedInputTokens: 0,
    cacheWriteInputTokens: 0,
    outputTokens: 0,
    reasoningOutputTokens: 0,
    totalTokens: 950,
  },
});
const tooLong = new ModelError("No room", { info: "contextWindowExceeded" });

function compactNow({ agent, stage, controller }: ReturnType<typeof rehearse>) {
  return agent.compact(settings, stage, { signal: controller.signal });
}

Deno.test("compact keeps the user's words and a summary", async () => {
  const room = rehearse([says("A1"), says("NOTES"), says("A2")]);
  const { run, agent, stage, model } = room;
  await run("one");
  stage.seen.length = 0;

  const end = await compactNow(room);

  assert.equal(end.status, "completed");
  assert.equal(end.lastAgentMessage, null);
  assert.deepEqual(stage.seen, [
    "started contextCompaction",
    "record token_count",
    "thread/tokenUsage/updated",
    "account/rateLimits/updated",
    "record token_usage_record",
    "record token_count",
    "thread/tokenUsage/updated",
    "account/rateLimits/updated",
    "record compacted",
    "record turn_context",
    "record token_count",
    "thread/tokenUsage/updated",
    "account/rateLimits/updated",
    "completed contextCompaction",
  ]);
  assert.deepEqual(toShort(agent.history).slice(2), [
    "user: one",
    "user: Notes on the conversation so far, writte…",
  ]);
  assert.deepEqual(stage.storedItems, agent.history);
  const request = model.requests[1]!;
  assert.deepEqual([request.tools, request.parallelToolCalls], [[], false]);
  assert.match(
    toShort(request.input).at(-1)!,
    /^user: The conversation is about to be shor/,
  );
  const metadata = JSON.parse(request.headers["x-codex-turn-metadata"]!);
  assert.deepEqual(
    [metadata.request_kind, metadata.compaction, "model" in metadata],
    ["compaction", {
      trigger: "manual",
      reason: "user_requested",
      implementation: "responses",
      phase: "standalone_turn",
      strategy: "memento",
    }, false],
  );
  const { last, total } = agent.usage!;
  assert.ok(last.totalTokens > 0 && last.inputTokens === 0);
  assert.equal(total.totalTokens, 240);

  await run("two");
  assert.equal(model.requests[2]!.headers["x-codex-window-id"], "thread:1");
  assert.deepEqual(toShort(agent.history).slice(4), [
    "user: two",
    "assistant: A2",
  ]);
});

Deno.test("compact takes the place of an earlier summary", async () => {
  const room = rehearse([says("A1"), says("NOTES"), says("A2"), says("LATER")]);
  await room.run("one");
  await compactNow(room);
  await room.run("two");

  await compactNow(room);

  const text = JSON.stringify(room.agent.history);
  assert.ok(text.includes("LATER") && !text.includes("NOTES"));
  assert.equal(toShort(room.agent.history).length, 5);
});

Deno.test("compact puts what the model has to know before what the user said last", async () => {
  const room = rehearse([says("A1"), says("A2"), says("NOTES")]);
  await room.run("one");
  await room.run("two");

  await compactNow(room);

  assert.deepEqual(toShort(room.agent.history).map((one) => one.slice(0, 30)), [
    "user: one",
    "developer: <permissions instru",
    "user: <environment_context>\n  ",
    "user: two",
    "user: Notes on the conversatio",
  ]);
});

Deno.test("compact asks with the words of the configuration", async () => {
  const room = rehearse([says("NOTES")], {}, { compact_prompt: "Sum up" });

  await compactNow(room);

  assert.deepEqual(toShort(room.model.requests[0]!.input).slice(1), [
    "user: Sum up",
  ]);
});

Deno.test("run compacts in the middle of a turn, before it asks again", async () => {
  const tool = toTool("t", async () => {
    // The response is over by then; what is said into it would cut it short.
    await new Promise((resolve) => setTimeout(resolve));
    room.steering.say("more");
    return { output: "out", isSuccess: true };
  });
  const room = rehearse(
    [[call("t", "c1"), full], says("NOTES"), says("end")],
    { tools: () => [tool] },
  );

  const end = await room.run("one");

  assert.equal(end.status, "completed");
  assert.deepEqual(toShort(room.agent.history).slice(2), [
    "user: one",
    "user: Notes on the conversation so far, writte…",
    "user: more",
    "assistant: end",
  ]);
  const { compaction } = JSON.parse(
    room.model.requests[1]!.headers["x-codex-turn-metadata"]!,
  );
  assert.deepEqual([compaction.trigger, compaction.reason, compaction.phase], [
    "auto",
    "context_limit",
    "mid_turn",
  ]);
});

Deno.test("run compacts before it hears the user if the last turn left no room", async () => {
  const room = rehearse([[...message("A1"), full], says("NOTES"), says("A2")]);
  await room.run("one");

  await room.run("two");

  assert.deepEqual(toShort(room.agent.history).map((one) => one.slice(0, 30)), [
    "developer: <permissions instru",
    "user: <environment_context>\n  ",
    "user: one",
    "user: Notes on the conversatio",
    "user: two",
    "assistant: A2",
  ]);
});

Deno.test("run compacts once the limit of the model is reached", async () => {
  const room = rehearse([says("A1"), says("NOTES"), says("A2")], {
    facts: () => ({ ...facts, autoCompactTokens: 120 }),
  });
  await room.run("one");

  await room.run("two");

  assert.equal(room.model.requests.length, 3);
});

Deno.test("run that outgrew the window fails, and the next one compacts first", async () => {
  // deno-lint-ignore require-yield -- it throws before there is anything
  const refuse = async function* () {
    await Promise.resolve();
    throw tooLong;
  };
  const room = rehearse([says("A1"), refuse, says("NOTES"), says("A2")]);
  await room.run("one");

  const end = await room.run("two");
  assert.equal(end.error?.codexErrorInfo, "contextWindowExceeded");
  assert.equal(room.agent.usage?.last.totalTokens, 1000);

  assert.equal((await room.run("three")).status, "completed");
  assert.deepEqual(
    toShort(room.agent.history).filter((one) =>
      one.startsWith("user: ") && !one.includes("<")
    ),
    [
      "user: one",
      "user: two",
      "user: Notes on the conversation so far, writte…",
      "user: three",
    ],
  );
});

Deno.test("compact leaves out the oldest where all is too long", async () => {
  // deno-lint-ignore require-yield -- it throws before there is anything
  const refuse = async function* () {
    await Promise.resolve();
    throw tooLong;
  };
  const room = rehearse([calls(), calls(), refuse, refuse, says("NOTES")]);
  await room.run("one");
  await room.run("two");

  const end = await compactNow(room);

  assert.equal(end.status, "completed");
  const lengths = room.model.requests.slice(2).map(({ input }) => input.length);
  assert.ok(
    lengths[0]! > lengths[1]! && lengths[1]! > lengths[2]!,
    String(lengths),
  );
});

Deno.test("compact goes on without notes where the model wrote none", async () => {
  const room = rehearse([says("A1"), [completed()]]);
  await room.run("one");

  const end = await compactNow(room);

  assert.equal(end.status, "completed");
  assert.match(JSON.stringify(room.agent.history.at(-1)), /\(no notes\)"/);
});

Deno.test("compact that fails leaves the conversation as it was, and is never told to be complete", async () => {
  const room = rehearse([says("A1"), [], []]);
  await room.run("one");
  const before = [...room.agent.history];

  const end = await compactNow(room);

  assert.equal(end.status, "failed");
  assert.equal(
    end.error?.message,
    "stream disconnected before completion: stream closed before response.completed",
  );
  assert.deepEqual(room.agent.history, before);
  assert.ok(room.stage.seen.includes("started contextCompaction"));
  assert.ok(!room.stage.seen.includes("completed contextCompaction"));
});
