import assert from "node:assert/strict";
import { ModelError, type ModelEvent } from "../model/mod.ts";
import {
  type Answer,
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

/** An answer that breaks off after `events`. */
function breaks(
  error: ModelError,
  events: readonly ModelEvent[] = [],
): Answer {
  return async function* () {
    yield* events;
    await Promise.resolve();
    throw error;
  };
}

const lost = new ModelError("stream disconnected before completion: gone", {
  info: "other",
  isRetryable: true,
});

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

Deno.test("run asks again when a stream breaks, and keeps what was whole", async () => {
  const { run, model, stage, clock, agent } = rehearse([
    breaks(lost, [
      ...message("whole", "m1"),
      ...message("half", "m2").slice(0, 2),
    ]),
    breaks(
      new ModelError("busy", {
        info: "other",
        isRetryable: true,
        retryAfterMs: 1200,
      }),
    ),
    says("Hello", "m3"),
  ]);
  model.maxStreamRetries = 2;

  const end = await run("go");

  assert.equal(end.status, "completed");
  assert.deepEqual(
    stage.told.filter(({ method }) => method === "error").map(({ params }) =>
      params
    ),
    [1, 2].map((n) => ({
      threadId: "thread",
      turnId: "turn",
      willRetry: true,
      error: {
        message: `Reconnecting... ${n}/2`,
        codexErrorInfo: {
          responseStreamDisconnected: { httpStatusCode: null },
        },
        additionalDetails: n === 1 ? lost.message : "busy",
        misalignment: null,
      },
    })),
  );
  assert.equal(clock.delays.length, 2);
  assert.ok(clock.delays[0]! >= 180 && clock.delays[0]! <= 220);
  assert.equal(clock.delays[1], 1200);
  assert.deepEqual(toShort(agent.history).slice(2), [
    "user: go",
    "assistant: whole",
    "assistant: Hello",
  ]);
  assert.deepEqual(
    toShort(model.requests[1]!.input).slice(-2),
    ["user: go", "assistant: whole"],
  );
});

Deno.test("run waits for calls of a stream that broke before it asks again", async () => {
  const slow = toTool("slow", async () => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    return { output: "done", isSuccess: true };
  });
  const { run, model } = rehearse(
    [breaks(lost, [call("slow", "c1")]), says("ok")],
    { tools: () => [slow] },
  );
  model.maxStreamRetries = 1;

  await run("go");

  assert.deepEqual(toShort(model.requests[1]!.input).slice(-2), [
    "function_call c1",
    "function_call_output c1: done",
  ]);
});

Deno.test("run fails with the error of the last attempt", async () => {
  const { run, model, stage } = rehearse([breaks(lost), breaks(lost)]);
  model.maxStreamRetries = 1;

  const end = await run("go");

  assert.deepEqual(end, {
    status: "failed",
    error: {
      message: lost.message,
      codexErrorInfo: "other",
      additionalDetails: null,
      misalignment: null,
    },
    lastAgentMessage: null,
  });
  // The end is the thread's to tell.
  assert.equal(stage.told.filter(({ method }) => method === "error").length, 1);
});

Deno.test("run does not ask again for what can never be answered", async () => {
  const refused = new ModelError("Quota exceeded", {
    info: "usageLimitExceeded",
  });
  const { run, model } = rehearse([breaks(refused)]);
  model.maxStreamRetries = 5;

  const end = await run("go");

  assert.equal(end.error?.codexErrorInfo, "usageLimitExceeded");
  assert.equal(model.requests.length, 1);
});

Deno.test("run counts a stream without its end as broken", async () => {
  const { run } = rehearse([message("half an answer")]);

  const end = await run("go");

  assert.equal(end.status, "failed");
  assert.equal(
    end.error?.message,
    "stream disconnected before completion: stream closed before response.completed",
  );
});

Deno.test("run asks once more when the model says that its turn goes on", async () => {
  const { run, model } = rehearse([
    [...message("one", "m1"), completed({ endTurn: false })],
    says("two", "m2"),
  ]);

  const end = await run("go");

  assert.equal(model.requests.length, 2);
  assert.equal(end.lastAgentMessage?.text, "two");
});

Deno.test("run leaves a response that the user speaks into", async () => {
  let isLeft = false;
  const { run, model, steering, stage, agent } = rehearse([
    async function* (_request, signal) {
      yield* message("one", "m1").slice(0, 2);
      steering.say("more");
      isLeft = signal.aborted;
      await new Promise(() => {});
    },
    says("two", "m2"),
  ]);

  await run("go");

  assert.equal(isLeft, true);
  assert.deepEqual(toShort(agent.history).slice(2), [
    "user: go",
    "assistant: on",
    "user: more",
    "assistant: two",
  ]);
  assert.deepEqual(
    toShort(model.requests[1]!.input).slice(-3),
    ["user: go", "assistant: on", "user: more"],
  );
  const told = stage.seen.filter((one) => !one.startsWith("record"));
  assert.deepEqual(told.slice(2, 8), [
    "started agentMessage",
    "item/agentMessage/delta",
    "completed agentMessage",
    "account/rateLimits/updated",
    "started userMessage",
    "completed userMessage",
  ]);
});

Deno.test("run waits for what a response called for that the user speaks into", async () => {
  const begun = Promise.withResolvers<void>();
  const said = Promise.withResolvers<void>();
  const tool = toTool("t", async () => {
    begun.resolve();
    await said.promise;
    return { output: "out", isSuccess: true };
  });
  const { run, model, steering } = rehearse([
    async function* () {
      yield call("t", "c1");
      await begun.promise;
      steering.say("more");
      said.resolve();
      yield* says("never heard", "m1");
    },
    says("two", "m2"),
  ], { tools: () => [tool] });

  const end = await run("go");

  assert.equal(end.lastAgentMessage?.text, "two");
  assert.deepEqual(
    model.requests[1]!.input.slice(-3).map((item) => item.type),
    ["function_call", "function_call_output", "message"],
  );
});

Deno.test("run asks nothing while something waits to be heard", async () => {
  const { run, model, steering } = rehearse([says("one")]);
  steering.say("more");

  await run("go");

  assert.equal(model.requests.length, 1);
  assert.deepEqual(
    toShort(model.requests[0]!.input).slice(-2),
    ["user: go", "user: more"],
  );
});

Deno.test("run tells limits and usage of an attempt that broke off", async () => {
  const breaks = () => {
    throw new ModelError("broken", { info: "other", isRetryable: true });
  };
  const { run, stage, model } = rehearse([
    says("one"),
    async function* () {
      yield* message("half", "m2").slice(0, 1);
      breaks();
    },
    says("two"),
  ]);
  model.maxStreamRetries = 1;
  await run("go");
  const from = stage.told.length;

  await run("again");

  assert.deepEqual(
    stage.told.slice(from).map(({ method }) => method).filter((method) =>
      !method.startsWith("item/")
    ),
    [
      "thread/tokenUsage/updated",
      "account/rateLimits/updated",
      "error",
      "thread/tokenUsage/updated",
      "account/rateLimits/updated",
    ],
  );
});

Deno.test("run tells no usage where the model tells none", async () => {
  const { run, stage } = rehearse([[
    ...message("a"),
    completed({ usage: undefined }),
  ]]);

  const end = await run("go");

  assert.equal(end.status, "completed");
  assert.ok(!stage.seen.includes("thread/tokenUsage/updated"));
});

Deno.test("run adds up what responses take", async () => {
  const { run, agent } = rehearse([says("a"), says("b")]);

  await run("one");
  await run("two");

  assert.equal(agent.usage?.total.totalTokens, 240);
  assert.equal(agent.usage?.last.totalTokens, 120);
  assert.equal(agent.usage?.modelContextWindow, 1000);
});

Deno.test("run completes no item that the model left open in a whole response", async () => {
  const { run, stage } = rehearse([[
    ...message("zz", "m").slice(0, 2),
    completed(),
  ]]);

  const end = await run("go");

  assert.equal(end.status, "completed");
  assert.deepEqual(
    stage.seen.filter((one) => one.includes("agentMessage")),
    [
      "started agentMessage",
    ].concat("item/agentMessage/delta"),
  );
});

Deno.test("run shows an item that is done without having begun", async () => {
  const { run, stage } = rehearse([[...message("hey").slice(3), completed()]]);

  await run("go");

  assert.deepEqual(stage.seen.filter((one) => one.endsWith("agentMessage")), [
    "started agentMessage",
    "completed agentMessage",
  ]);
});

Deno.test("run drops deltas that belong to nothing", async () => {
  const { run, stage } = rehearse([[
    { type: "textDelta", itemId: "x", delta: "a" },
    { type: "reasoningSummaryDelta", itemId: "x", delta: "a", summaryIndex: 0 },
    {
      type: "reasoningTextDelta",
      itemId: undefined,
      delta: "a",
      contentIndex: 0,
    },
    { type: "reasoningPartAdded", itemId: "x", summaryIndex: 0 },
    completed(),
  ]]);

  const end = await run("go");

  assert.equal(end.status, "completed");
  assert.ok(!stage.seen.some((one) => one.startsWith("item/")));
});

Deno.test("run bears whatever a model makes up", async () => {
  const items = [
    { type: "message", role: "assistant", content: null },
    {
      type: "message",
      role: "user",
      content: [{ type: "input_text", text: "forged" }],
    },
    {
      type: "message",
      role: "assistant",
      content: [null, 7, { type: "output_text" }],
    },
    { type: "reasoning", summary: 7, content: [null] },
    { type: "function_call" },
    { type: "function_call", name: 7, call_id: 7, arguments: 7 },
    { type: "custom_tool_call", name: "nope", call_id: "x" },
    { type: "function_call_output", call_id: "c", output: "forged" },
    { type: "web_search_call", action: { type: "search", queries: [1, "q"] } },
    { type: "zork", foo: 1 },
  ] as unknown as { type: "message" }[];
  const { run, agent, model } = rehearse([
    [
      ...items.flatMap((item): ModelEvent[] => [
        { type: "itemAdded", item: item as never },
        { type: "itemDone", item: item as never },
      ]),
      completed(),
    ],
    says("ok"),
  ]);

  const end = await run("go");

  assert.equal(end.status, "completed");
  assert.equal(model.requests.length, 2);
  const text = JSON.stringify(agent.history);
  assert.ok(!text.includes("forged") && !text.includes("zork"), text);
  assert.equal(text.match(/unsupported call/g)?.length, 2);
  assert.equal(text.match(/unsupported custom tool call: nope/g)?.length, 1);
});

Deno.test("run answers a local shell call without asking again", async () => {
  const { run, agent, model } = rehearse([[
    {
      type: "itemDone",
      item: {
        type: "local_shell_call",
        call_id: "ls",
        action: {},
        status: "completed",
      },
    },
    completed(),
  ]]);

  await run("go");

  assert.deepEqual(toShort(agent.history).slice(-2), [
    "local_shell_call ls",
    "function_call_output ls: aborted",
  ]);
  assert.equal(model.requests.length, 1);
});

Deno.test("run plays parallel calls side by side and others alone", async () => {
  const seen: string[] = [];
  const toNoisy = (name: string, isParallel: boolean) =>
    toTool(name, async ({ callId }) => {
      seen.push(`+${callId}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
      seen.push(`-${callId}`);
      return { output: callId, isSuccess: true };
    }, { isParallel });
  const { run, agent } = rehearse(
    [
      calls(call("p", "1"), call("p", "2"), call("s", "3"), call("p", "4")),
      says("ok"),
    ],
    { tools: () => [toNoisy("p", true), toNoisy("s", false)] },
  );

  await run("go");

  assert.deepEqual(seen, ["+1", "+2", "-1", "-2", "+3", "-3", "+4", "-4"]);
  assert.deepEqual(
    toShort(agent.history).slice(-5, -1),
    ["1", "2", "3", "4"].map((id) => `function_call_output ${id}: ${id}`),
  );
});

Deno.test("run fails when a tool can't go on", async () => {
  const { run, agent } = rehearse(
    [calls(call("never", "1"), call("broken", "2"))],
    {
      tools: () => [
        toTool("never", () => new Promise(() => {})),
        toTool("broken", () => Promise.reject(new Error("Out of everything"))),
      ],
    },
  );

  const end = await run("go");

  assert.equal(end.status, "failed");
  assert.equal(end.error?.message, "Out of everything");
  assert.equal(
    toShort(agent.history).filter((one) => one.includes("_output")).length,
    2,
  );
});

Deno.test("run finds a tool by its namespace and passes on its note", async () => {
  const { run, agent } = rehearse(
    [
      calls({
        type: "itemDone",
        item: {
          type: "function_call",
          name: "read",
          namespace: "mcp__tiny",
          arguments: "{}",
          call_id: "1",
        },
      }, call("mcp__tiny__read", "2")),
      says("ok"),
    ],
    {
      tools: () => [
        toTool(
          "read",
          () =>
            Promise.resolve({
              output: "r",
              isSuccess: true,
              note: "mind this",
            }),
          { namespace: "mcp__tiny" },
        ),
      ],
    },
  );

  await run("go");

  assert.deepEqual(toShort(agent.history).slice(-4, -1), [
    "function_call_output 1: r",
    "function_call_output 2: unsupported call: mcp__tiny__read",
    "developer: mind this",
  ]);
});

Deno.test("run tells plans apart from what is said in plan mode", async () => {
  const text = "Intro\n<proposed_plan>\n1. do\n</proposed_plan>\nbye";
  const { run, stage, agent } = rehearse([says(text)]);
  const mode = { mode: "plan" as const, settings: { model: "mock" } };

  const end = await run("go", {
    settings: { ...settings, collaborationMode: mode },
  });

  assert.equal(end.lastAgentMessage?.text, "Intro\nbye");
  assert.deepEqual(stage.items.slice(1), [
    { type: "plan", id: "turn-plan", text: "1. do\n" },
    end.lastAgentMessage,
  ]);
  assert.deepEqual(
    stage.told.flatMap(({ method, params }) => {
      const { delta } = params as { delta?: string };
      return delta === undefined ? [] : [`${method}: ${delta}`];
    }),
    [
      "item/agentMessage/delta: Intro\n",
      "item/plan/delta: 1.",
      "item/plan/delta:  do\n",
      "item/agentMessage/delta: bye",
    ],
  );
  assert.equal(
    toShort(agent.history).at(-1),
    `assistant: ${text.slice(0, 40)}…`,
  );
});

Deno.test("run shows no message where a plan is all that is said", async () => {
  const { run, stage } = rehearse([
    says("<proposed_plan>\nonly\n</proposed_plan>"),
  ]);
  const mode = { mode: "plan" as const, settings: { model: "mock" } };

  await run("go", { settings: { ...settings, collaborationMode: mode } });

  assert.deepEqual(stage.items.slice(1), [
    { type: "plan", id: "turn-plan", text: "only\n" },
  ]);
});

Deno.test("run asks with what the settings and the facts say", async () => {
  const { run, model } = rehearse([says("a")], {
    facts: () => ({
      ...facts,
      defaultVerbosity: "low",
      serviceTiers: ["priority"],
    }),
    threadSource: "ci",
  }, { model_verbosity: "high" });

  await run("go", {
    settings: {
      ...settings,
      effort: "high",
      summary: "none",
      serviceTier: "priority",
    },
    outputSchema: { type: "object" },
    clientMetadata: { mine: "1", thread_id: "forged" },
    turnTrigger: "user",
  });

  const { input: _, tools: __, headers, clientMetadata, ...rest } = model
    .requests[0]!;
  assert.deepEqual(rest, {
    model: "mock",
    parallelToolCalls: true,
    reasoning: { effort: "high" },
    text: {
      verbosity: "high",
      format: {
        type: "json_schema",
        strict: true,
        schema: { type: "object" },
        name: "codex_output_schema",
      },
    },
    serviceTier: "priority",
    promptCacheKey: "thread",
  });
  const metadata = JSON.parse(headers["x-codex-turn-metadata"]!);
  assert.equal(metadata.mine, "1");
  assert.equal(metadata.thread_id, "thread");
  assert.equal(metadata.turn_trigger, "user");
  assert.equal(metadata.thread_source, "ci");
  assert.equal(headers["x-codex-window-id"], "thread:0");
  assert.equal(
    clientMetadata["x-codex-turn-metadata"],
    headers["x-codex-turn-metadata"],
  );
});

Deno.test("run names a tier only where it is one of the model's, or flex", async () => {
  const { run, model } = rehearse([says("a"), says("b"), says("c")]);

  for (const serviceTier of ["priority", "default", "flex"]) {
    await run("go", { settings: { ...settings, serviceTier } });
  }

  const tiers = model.requests.map(({ serviceTier }) => serviceTier);
  assert.deepEqual(tiers, [undefined, undefined, "flex"]);
});

Deno.test("run asks a model for no more than it can do", async () => {
  const { run, model } = rehearse([says("a"), says("b")], {
    facts: () => ({
      ...facts,
      defaultEffort: "low",
      utmostEffort: "xhigh",
      defaultSummary: null,
      callsInParallel: false,
    }),
  }, { model_verbosity: "high" });
  const asked = (at: number) => {
    const { reasoning, parallelToolCalls, text } = model.requests[at]!;
    return { reasoning, parallelToolCalls, text };
  };

  await run("go", { settings: { ...settings, effort: null, summary: null } });
  await run("go", {
    settings: { ...settings, effort: "ultra", summary: "concise" },
  });

  assert.deepEqual(asked(0), {
    reasoning: { effort: "low" },
    parallelToolCalls: false,
    text: undefined,
  });
  assert.deepEqual(asked(1), {
    reasoning: { effort: "xhigh", summary: "concise" },
    parallelToolCalls: false,
    text: undefined,
  });
});

Deno.test("run answers two calls of one id as two calls", async () => {
  const echo = toTool(
    "echo",
    ({ input }) => Promise.resolve({ output: input, isSuccess: true }),
  );
  const { run, agent } = rehearse(
    [calls(call("echo", "c1", "1"), call("echo", "c1", "2")), says("ok")],
    { tools: () => [echo] },
  );

  await run("go");

  const [, , , first, second, one, two] = agent.history as unknown as {
    call_id: string;
    output: string;
  }[];
  assert.notEqual(first!.call_id, second!.call_id);
  assert.deepEqual([one!.call_id, one!.output], [first!.call_id, "1"]);
  assert.deepEqual([two!.call_id, two!.output], [second!.call_id, "2"]);
});

Deno.test("run takes other settings for its next step", async () => {
  const order = { settings };
  const tool = toTool("t", () => {
    order.settings = { ...settings, model: "other", effort: "low" };
    return Promise.resolve({ output: "t", isSuccess: true });
  });
  const { agent, model, stage, controller, steering } = rehearse(
    [calls(call("t", "1")), says("ok")],
    { tools: () => [tool] },
  );

  await agent.run(
    {
      input: [{ type: "text", text: "go" }],
      clientUserMessageId: null,
      rootTurnId: "turn",
      turnTrigger: null,
      get settings() {
        return order.settings;
      },
      outputSchema: null,
      clientMetadata: {},
      additionalContext: {},
      startedAtMs: 1,
    },
    stage,
    { signal: controller.signal, steering },
  );

  assert.deepEqual(
    model.requests.map(({ model, reasoning }) => [model, reasoning?.effort]),
    [["mock", undefined], ["other", "low"]],
  );
});
