import assert from "node:assert/strict";
import type { CollabAgentState, UserInput } from "../protocol/mod.ts";
import { createGround, model } from "./_tool_ground_test.ts";
import { toToolSpecs } from "./create_toolbox.ts";
import {
  type AgentOrder,
  AgentRefusal,
  isAtEnd,
  type Subagents,
  toAgentStatus,
} from "./subagents.ts";

const id = "01a20079-7ac3-7eb0-a323-30779a915b5e";
const other = "01a20079-7ac3-7eb0-a323-30779a915b5f";
const namespace = "multi_agent_v1";

/** Agents that write down what is wanted of them. */
class FakeAgents implements Subagents {
  isOffered = true;
  roles: Subagents["roles"] = [];
  readonly states = new Map<string, CollabAgentState>();
  readonly wanted: unknown[] = [];
  failure: Error | undefined;

  start(order: AgentOrder) {
    this.#want("start", order);
    this.states.set(id, { status: "pendingInit", message: null });
    return Promise.resolve({
      threadId: id,
      nickname: "Fern",
      model: order.model ?? "model",
      effort: order.effort,
      begin: () => this.wanted.push("begin"),
    });
  }

  stateOf(threadId: string): CollabAgentState {
    return this.states.get(threadId) ?? { status: "notFound", message: null };
  }

  send(
    threadId: string,
    input: UserInput[],
    _stage: unknown,
    options: { readonly isUrgent: boolean },
  ) {
    this.#want("send", threadId, input, options);
    return Promise.resolve({
      submissionId: "submission",
      begin: () => this.wanted.push("begin"),
    });
  }

  resume(threadId: string) {
    this.#want("resume", threadId);
    return Promise.resolve(this.stateOf(threadId));
  }

  close(threadId: string) {
    this.#want("close", threadId);
    return Promise.resolve(this.stateOf(threadId));
  }

  wait(
    threadIds: readonly string[],
    { timeoutMs, signal }: {
      readonly timeoutMs: number;
      readonly signal: AbortSignal;
    },
  ) {
    this.#want("wait", threadIds, timeoutMs);
    signal.throwIfAborted();
    return Promise.resolve(
      new Map(
        threadIds.map((id) => [id, this.stateOf(id)] as const)
          .filter(([, state]) => isAtEnd(state)),
      ),
    );
  }

  #want(...what: unknown[]): void {
    if (this.failure !== undefined) throw this.failure;
    this.wanted.push(what);
  }
}

async function groundWith(agents: Subagents) {
  return await createGround({ toolbox: { agents } });
}

const input = (text: string) => [{ type: "text", text, text_elements: [] }];

/** Items as they began and ended, without what all of them have. */
function told(
  { stage }: { readonly stage: { readonly told: readonly unknown[] } },
): unknown[] {
  return stage.told.map((one) => {
    const [what, item] = one as [string, Record<string, unknown>];
    const { type, senderThreadId, ...rest } = item;
    assert.deepEqual([type, senderThreadId], ["collabAgentToolCall", "thread"]);
    return [what, rest];
  });
}

/** What clients see where there is nothing to see. */
const nothing = {
  receiverThreadIds: [],
  prompt: null,
  model: null,
  reasoningEffort: null,
  agentsStates: {},
};

Deno.test("spawn_agent shows an agent, and has it begin once it was shown", async () => {
  const agents = new FakeAgents();
  await using ground = await groundWith(agents);
  const { output, isSuccess } = await ground.call("spawn_agent", {
    message: "do it",
    agent_type: " worker ",
    fork_context: true,
    model: "other",
    reasoning_effort: "low",
  }, { namespace, callId: "c" });
  assert.deepEqual([JSON.parse(String(output)), isSuccess], [
    { agent_id: id, nickname: "Fern" },
    true,
  ]);
  assert.deepEqual(agents.wanted, [
    ["start", {
      input: input("do it"),
      model: "other",
      effort: "low",
      role: "worker",
      knowsHistory: true,
    }],
    "begin",
  ]);
  const item = {
    id: "c",
    tool: "spawnAgent",
    prompt: "do it",
    model: "other",
    reasoningEffort: "low",
  };
  assert.deepEqual(told(ground), [
    ["started", { ...nothing, ...item, status: "inProgress" }],
    ["completed", {
      ...item,
      status: "completed",
      receiverThreadIds: [id],
      agentsStates: { [id]: { status: "pendingInit", message: null } },
    }],
  ]);
});

Deno.test("spawn_agent shows what is usual where nothing else is said", async () => {
  await using ground = await groundWith(new FakeAgents());
  await ground.call("spawn_agent", { message: "x" }, { namespace });
  const shown = (told(ground) as [string, Record<string, unknown>][])
    .map(([what, item]) => [what, item.model, item.reasoningEffort]);
  assert.deepEqual(shown, [
    ["started", "", "medium"],
    ["completed", "model", "medium"],
  ]);
});

Deno.test("spawn_agent takes a task in parts", async () => {
  const agents = new FakeAgents();
  await using ground = await groundWith(agents);
  await ground.call("spawn_agent", {
    items: [
      { text: "look" },
      { type: "image", image_url: "data:," },
      { type: "local_image", path: "/a.png" },
      { type: "audio", audio_url: "data:," },
      { type: "local_audio", path: "/a.wav" },
      { type: "skill", name: "s", path: "/s" },
      { type: "mention", name: "m", path: "app://m" },
    ],
  }, { namespace });
  const [[, { input: parts }]] = agents.wanted as [[string, AgentOrder]];
  assert.deepEqual(parts, [
    ...input("look"),
    { type: "image", url: "data:," },
    { type: "localImage", path: "/a.png" },
    { type: "audio", url: "data:," },
    { type: "localAudio", path: "/a.wav" },
    { type: "skill", name: "s", path: "/s" },
    { type: "mention", name: "m", path: "app://m" },
  ]);
  const [[, { prompt }]] = told(ground) as [[string, { prompt: string }]];
  assert.equal(
    prompt,
    "look\n[image]\n[local_image:/a.png]\n[audio]\n[local_audio:/a.wav]\n" +
      "[skill:$s](/s)\n[mention:$m](app://m)",
  );
});

Deno.test("tools for agents refuse what is no call, and show nothing", async () => {
  const agents = new FakeAgents();
  await using ground = await groundWith(agents);
  const refused: [string, unknown][] = [
    ["spawn_agent", {}],
    ["spawn_agent", { message: "  " }],
    ["spawn_agent", { items: [] }],
    ["spawn_agent", { message: "x", items: [{ text: "y" }] }],
    ["spawn_agent", { items: [{ type: "bogus" }] }],
    ["send_input", { message: "x" }],
    ["send_input", { target: "bad", message: "x" }],
    ["send_input", { target: id }],
    ["wait_agent", {}],
    ["wait_agent", { targets: [] }],
    ["wait_agent", { targets: ["bad"] }],
    ["wait_agent", { targets: [id], timeout_ms: 0 }],
    ["wait_agent", { targets: [id], timeout_ms: -1 }],
    ["resume_agent", {}],
    ["close_agent", { target: 1 }],
  ];
  for (const [name, args] of refused) {
    const { isSuccess } = await ground.call(name, args, { namespace });
    assert.equal(isSuccess, false, `${name} ${JSON.stringify(args)}`);
  }
  assert.deepEqual([agents.wanted, ground.stage.told], [[], []]);
});

Deno.test("a tool for agents ends its item as failed, and says why", async () => {
  const agents = new FakeAgents();
  agents.failure = new AgentRefusal("no room");
  await using ground = await groundWith(agents);
  const text = await ground.text("spawn_agent", { message: "x" }, {
    namespace,
    callId: "c",
  });
  assert.equal(text, "no room");
  const item = {
    ...nothing,
    id: "c",
    tool: "spawnAgent",
    prompt: "x",
    model: "",
    reasoningEffort: "medium",
  };
  assert.deepEqual(told(ground), [
    ["started", { ...item, status: "inProgress" }],
    ["completed", { ...item, status: "failed" }],
  ]);
});

Deno.test("send_input says it, with how the agent was doing", async () => {
  const agents = new FakeAgents();
  agents.states.set(id, { status: "completed", message: "done" });
  await using ground = await groundWith(agents);
  const text = await ground.text("send_input", {
    target: id.toUpperCase(),
    message: "more",
    interrupt: true,
  }, { namespace, callId: "c" });
  assert.deepEqual(JSON.parse(text), { submission_id: "submission" });
  assert.deepEqual(agents.wanted, [
    ["send", id, input("more"), { isUrgent: true }],
    "begin",
  ]);
  const item = {
    ...nothing,
    id: "c",
    tool: "sendInput",
    receiverThreadIds: [id],
    prompt: "more",
  };
  assert.deepEqual(told(ground), [
    ["started", { ...item, status: "inProgress" }],
    ["completed", {
      ...item,
      status: "completed",
      agentsStates: { [id]: { status: "completed", message: "done" } },
    }],
  ]);
});

Deno.test("wait_agent gives those that are done", async () => {
  const agents = new FakeAgents();
  agents.states.set(id, { status: "completed", message: "done" });
  agents.states.set(other, { status: "running", message: null });
  await using ground = await groundWith(agents);
  const text = await ground.text("wait_agent", {
    targets: [id, other, id],
  }, { namespace, callId: "c" });
  assert.deepEqual(JSON.parse(text), {
    status: { [id]: { completed: "done" } },
    timed_out: false,
  });
  assert.deepEqual(agents.wanted, [["wait", [id, other], 30_000]]);
  const item = { ...nothing, id: "c", tool: "wait" };
  assert.deepEqual(told(ground), [
    ["started", {
      ...item,
      status: "inProgress",
      receiverThreadIds: [id, other],
    }],
    ["completed", {
      ...item,
      status: "completed",
      receiverThreadIds: [id],
      agentsStates: { [id]: { status: "completed", message: "done" } },
    }],
  ]);
});

Deno.test("wait_agent waits neither too short nor too long, and says if nobody was done", async () => {
  const agents = new FakeAgents();
  agents.states.set(id, { status: "running", message: null });
  await using ground = await groundWith(agents);
  for (const timeout_ms of [1, 20_000, 1e9]) {
    const text = await ground.text("wait_agent", {
      targets: [id],
      timeout_ms,
    }, { namespace });
    assert.deepEqual(JSON.parse(text), { status: {}, timed_out: true });
  }
  assert.deepEqual(
    agents.wanted.map((one) => (one as unknown[])[2]),
    [10_000, 20_000, 3_600_000],
  );
});

Deno.test("wait_agent that is interrupted ends its item as interrupted", async () => {
  const turn = new AbortController();
  const agents = new FakeAgents();
  agents.wait = () => {
    turn.abort();
    return Promise.reject(turn.signal.reason);
  };
  await using ground = await groundWith(agents);
  const { isSuccess } = await ground.call("wait_agent", { targets: [id] }, {
    namespace,
    signal: turn.signal,
  });
  const [, [, item]] = told(ground) as [unknown, [string, { status: string }]];
  assert.deepEqual([isSuccess, item.status], [false, "interrupted"]);
});

Deno.test("spawn_agent that is interrupted leaves no agent behind", async () => {
  const agents = new FakeAgents();
  await using ground = await groundWith(agents);
  const turn = new AbortController();
  const { start } = agents;
  agents.start = (order) => {
    turn.abort();
    return start.call(agents, order);
  };
  const { isSuccess } = await ground.call("spawn_agent", { message: "x" }, {
    namespace,
    signal: turn.signal,
  });
  const [, [, item]] = told(ground) as [unknown, [string, { status: string }]];
  assert.deepEqual([isSuccess, item.status], [false, "interrupted"]);
  assert.deepEqual(agents.wanted.slice(1), [["close", id]]);
});

Deno.test("resume_agent and close_agent give how the agent is doing", async () => {
  const agents = new FakeAgents();
  agents.states.set(id, { status: "errored", message: "boom" });
  await using ground = await groundWith(agents);
  const resumed = await ground.text("resume_agent", { id }, { namespace });
  assert.deepEqual(JSON.parse(resumed), { status: { errored: "boom" } });
  agents.states.set(id, { status: "running", message: null });
  const closed = await ground.text("close_agent", { target: id }, {
    namespace,
  });
  assert.deepEqual(JSON.parse(closed), { previous_status: "running" });
  assert.deepEqual(agents.wanted, [["resume", id], ["close", id]]);
  const shown = (told(ground) as [string, Record<string, unknown>][])
    .map(([, item]) => [item.tool, item.status]);
  assert.deepEqual(shown, [
    ["resumeAgent", "inProgress"],
    ["resumeAgent", "failed"],
    ["closeAgent", "inProgress"],
    ["closeAgent", "completed"],
  ]);
});

Deno.test("models are told of tools for agents, where there may be any", async () => {
  const agents = new FakeAgents();
  await using ground = await groundWith(agents);
  const unknown = { ...model, isKnown: false, findsTools: false };
  const offered = (facts: typeof model) =>
    toToolSpecs(ground.toolbox.tools(), {
      settings: ground.settings,
      model: facts,
    }).flatMap((spec) =>
      "tools" in spec && Array.isArray(spec.tools) && spec.name === namespace
        ? spec.tools
        : []
    ) as { name: string; parameters: { properties: object } }[];
  assert.deepEqual(offered(unknown).map(({ name }) => name), [
    "close_agent",
    "resume_agent",
    "send_input",
    "spawn_agent",
    "wait_agent",
  ]);
  const spawnFields = () =>
    Object.keys(offered(unknown)[3]!.parameters.properties);
  assert.deepEqual(spawnFields(), [
    "message",
    "items",
    "fork_context",
    "model",
    "reasoning_effort",
  ]);
  agents.roles = [{ name: "reviewer", description: "Reviews" }];
  assert.equal(spawnFields().includes("agent_type"), true);
  assert.deepEqual(offered(model), [], "a known model searches for them");
  agents.isOffered = false;
  assert.deepEqual(offered(unknown), []);
});

Deno.test("toAgentStatus tells models how agents are doing", () => {
  const statuses = [
    "pendingInit",
    "running",
    "interrupted",
    "completed",
    "errored",
    "shutdown",
    "notFound",
  ] as const;
  const told = statuses.map((status) =>
    toAgentStatus({ status, message: null })
  );
  assert.deepEqual(told, [
    "pending_init",
    "running",
    "interrupted",
    { completed: null },
    { errored: null },
    "shutdown",
    "not_found",
  ]);
  assert.deepEqual(
    statuses.filter((status) => isAtEnd({ status, message: null })),
    ["completed", "errored", "shutdown", "notFound"],
  );
});
