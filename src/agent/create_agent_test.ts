import assert from "node:assert/strict";
import {
  call,
  calls,
  rehearse,
  says,
  toShort,
  toTool,
} from "./_rehearsal_test.ts";

Deno.test("run plays a message in the order of the wire", async () => {
  const { run, stage, agent, model } = rehearse([says("Hello")]);

  const end = await run("hi");

  assert.equal(end.status, "completed");
  assert.equal(end.lastAgentMessage?.text, "Hello");
  assert.deepEqual(stage.seen, [
    "record message",
    "record message",
    "record turn_context",
    "record message",
    "started userMessage",
    "completed userMessage",
    "started agentMessage",
    "item/agentMessage/delta",
    "item/agentMessage/delta",
    "completed agentMessage",
    "record message",
    "record token_usage_record",
    "record token_count",
    "thread/tokenUsage/updated",
    "account/rateLimits/updated",
  ]);
  assert.deepEqual(toShort(agent.history), [
    "developer: <permissions instructions>\nThe sandbox m…",
    "user: <environment_context>\n  <cwd>/nowhere</c…",
    "user: hi",
    "assistant: Hello",
  ]);
  assert.deepEqual(stage.storedItems, agent.history);
  assert.equal(model.requests.length, 1);
});

Deno.test("run does what the model calls for and asks again", async () => {
  const echo = toTool(
    "echo",
    ({ input }) => Promise.resolve({ output: `got ${input}`, isSuccess: true }),
  );
  const { run, model, agent } = rehearse(
    [
      calls(
        call("echo", "c1", "1"),
        call("nope", "c2"),
        call("echo", "c3", "3"),
      ),
      says("ok"),
    ],
    { tools: () => [echo] },
  );

  const end = await run("go");

  assert.equal(end.status, "completed");
  assert.deepEqual(toShort(agent.history).slice(3), [
    "function_call c1",
    "function_call c2",
    "function_call c3",
    "function_call_output c1: got 1",
    "function_call_output c2: unsupported call: nope",
    "function_call_output c3: got 3",
    "assistant: ok",
  ]);
  assert.deepEqual(
    model.requests[1]?.input.slice(1),
    agent.history.slice(0, -1),
  );
});
