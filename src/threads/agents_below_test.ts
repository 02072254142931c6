import assert from "node:assert/strict";
import { Config } from "../config/mod.ts";
import type { ThreadItem } from "../protocol/mod.ts";
import { readRollout } from "../rollout/mod.ts";
import {
  type AgentOrder,
  AgentRefusal,
  type Stage,
  type Subagents,
} from "../tools/mod.ts";
import {
  emptyToolbox,
  Listener,
  openWorld,
  saying,
  type Scripted,
} from "./_scripted_world_test.ts";
import { VirtualClock } from "./_virtual_clock_test.ts";
import { startThread } from "./start_thread.ts";
import { startTurn } from "./start_turn.ts";
import type { Thread } from "./thread.ts";
import type { ThreadsOptions } from "./threads_options.ts";

const client = { name: "test" };
const stage = { threadId: "t", turnId: "above" } as Stage;
const order: AgentOrder = {
  input: [{ type: "text", text: "do it", text_elements: [] }],
  model: null,
  effort: null,
  role: null,
  knowsHistory: false,
};
const nobody = "01a20079-7ac3-7eb0-a323-30779a915b5e";

/** A thread that somebody follows, and the agents of all threads. */
async function open(
  script: Scripted[],
  agents: Record<string, unknown> = {},
  options: Partial<ThreadsOptions> = {},
) {
  const below = new Map<string, Subagents>();
  const world = await openWorld(script, undefined, {
    configFor: () =>
      Promise.resolve(new Config({ effective: { agents } as never })),
    createToolbox: ({ threadId, agents }) => {
      below.set(threadId, agents);
      return emptyToolbox;
    },
    ...options,
  });
  const me = new Listener();
  const attendance = world.attend(me);
  const { threads } = world;
  const thread = await startThread(threads, {}, client);
  thread.followers.join(attendance);
  return {
    ...world,
    me,
    attendance,
    thread,
    agents: below.get(thread.threadId)!,
    below: (id: string) => below.get(id)!,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

/** An answer that comes when it is let. */
function held(
  text: string,
): { answer: Scripted; let: () => void; asked: Promise<void> } {
  const going = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  return {
    let: going.resolve,
    asked: asked.promise,
    async *answer(request, signal) {
      asked.resolve();
      const aborted = new Promise<void>((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      );
      await Promise.race([going.promise, aborted]);
      yield* saying(text)(request, signal);
    },
  };
}

async function start(
  agents: Subagents,
  changes: Partial<AgentOrder> = {},
): Promise<string> {
  const started = await agents.start({ ...order, ...changes }, stage);
  started.begin();
  return started.threadId;
}

function say(
  threads: Parameters<typeof startTurn>[0],
  thread: Thread,
  text: string,
): Promise<void> {
  startTurn(threads, thread, {
    threadId: thread.threadId,
    input: [{ type: "text", text, text_elements: [] }],
  });
  thread.play();
  return thread.settled();
}

const signal = new AbortController().signal;
const patience = { timeoutMs: 60_000, signal };

/** What a model was told by people, oldest first. */
function heard({ input }: { readonly input: readonly unknown[] }): string[] {
  return (input as { role?: string; content?: { text?: string }[] }[])
    .filter(({ role }) => role === "user")
    .map(({ content }) => content?.[0]?.text ?? "");
}

Deno.test("an agent is a thread of its own, with what is said of it, that all follow who follow the one above", async () => {
  await using world = await open([saying("hello"), saying("found it")]);
  const { threads, thread, agents, me } = world;
  await say(threads, thread, "hi");
  const from = me.heard.length;
  const started = await agents.start(order, stage);
  const { threadId } = started;
  assert.deepEqual(agents.stateOf(threadId), {
    status: "pendingInit",
    message: null,
  });
  started.begin();
  const states = await agents.wait([threadId], patience);
  assert.deepEqual([...states], [
    [threadId, { status: "completed", message: "found it" }],
  ]);
  const agent = threads.get(threadId);
  await agent.settled();
  const { sessionId, parentThreadId, source, threadSource, preview } =
    agent.view;
  assert.deepEqual(
    { sessionId, parentThreadId, source, threadSource, preview },
    {
      sessionId: thread.threadId,
      parentThreadId: thread.threadId,
      source: {
        subAgent: {
          thread_spawn: {
            parent_thread_id: thread.threadId,
            depth: 1,
            agent_path: null,
            agent_nickname: started.nickname,
            agent_role: null,
          },
        },
      },
      threadSource: "subagent",
      preview: "do it",
    },
  );
  const told = me.heard.slice(from).filter(({ params }) =>
    (params as { threadId?: string }).threadId === threadId
  ).map(({ method, params }) => {
    const { item } = params as { item?: ThreadItem };
    return item === undefined ? method : `${method} ${item.type}`;
  });
  assert.deepEqual(told, [
    "thread/status/changed",
    "thread/status/changed",
    "turn/started",
    "item/started userMessage",
    "item/completed userMessage",
    "item/started agentMessage",
    "item/agentMessage/delta",
    "item/completed agentMessage",
    "thread/tokenUsage/updated",
    "thread/status/changed",
    "turn/completed",
  ]);
  const { meta } = await readRollout(agent.view.path!, {
    home: threads.home,
  });
  assert.deepEqual(
    [
      meta["session_id"],
      meta["parent_thread_id"],
      meta["thread_source"],
      meta["agent_nickname"],
      meta.source,
    ],
    [
      thread.threadId,
      thread.threadId,
      "subagent",
      started.nickname,
      {
        subagent: (source as { subAgent: unknown }).subAgent,
      },
    ],
  );
  const [row] = (await (await threads.catalog()).threads.list({
    parentThreadId: thread.threadId,
  })).data;
  assert.deepEqual(
    [row?.id, row?.agentNickname, row?.parentThreadId],
    [threadId, started.nickname, thread.threadId],
  );
});

Deno.test("requests of an agent name the thread above it, and share its cache", async () => {
  await using world = await open([saying("found it")]);
  const { thread, agents, requests } = world;
  const threadId = await start(agents);
  await agents.wait([threadId], patience);
  const [{ headers = {}, promptCacheKey, clientMetadata }] = requests as [
    typeof requests[number],
  ];
  const metadata = JSON.parse(headers["x-codex-turn-metadata"]!);
  assert.deepEqual({
    cache: promptCacheKey,
    session: headers["session-id"],
    thread: headers["thread-id"],
    parent: headers["x-codex-parent-thread-id"],
    kind: headers["x-openai-subagent"],
    turnAbove: clientMetadata?.["parent_turn_id"],
    metadata: [
      metadata.parent_thread_id,
      metadata.parent_turn_id,
      metadata.subagent_kind,
      metadata.thread_source,
    ],
  }, {
    cache: thread.threadId,
    session: thread.threadId,
    thread: threadId,
    parent: thread.threadId,
    kind: "collab_spawn",
    turnAbove: "above",
    metadata: [thread.threadId, "above", "thread_spawn", "subagent"],
  });
});

Deno.test("the model above hears once of the end of an agent, before what is said next", async () => {
  await using world = await open([
    saying("hello"),
    saying("first"),
    saying("second"),
    saying("I see"),
  ]);
  const { threads, thread, agents, requests } = world;
  await say(threads, thread, "hi");
  const threadId = await start(agents);
  await agents.wait([threadId], patience);
  const more = await agents.send(threadId, order.input, stage, {
    isUrgent: false,
  });
  more.begin();
  await threads.get(threadId).settled();
  await say(threads, thread, "well?");
  const news = "<subagent_notification>\n" +
    JSON.stringify({ agent_path: threadId, status: { completed: "first" } }) +
    "\n</subagent_notification>";
  assert.deepEqual(heard(requests.at(-1)!).slice(1), ["hi", news, "well?"]);
  // It is part of the history, whoever reads that next.
  await thread.journal.sync();
  const stored = await Deno.readTextFile(thread.view.path!);
  assert.equal(stored.split("subagent_notification>\\n{").length, 2);
});

Deno.test("an agent that fails says why, and can be told more", async () => {
  await using world = await open([
    () => {
      throw new TypeError("no answer");
    },
    saying("better"),
  ]);
  const { agents } = world;
  const threadId = await start(agents);
  const states = await agents.wait([threadId], patience);
  assert.equal(states.get(threadId)?.status, "errored");
  assert.match(states.get(threadId)?.message ?? "", /no answer/);
  const sent = await agents.send(threadId, order.input, stage, {
    isUrgent: false,
  });
  assert.equal(agents.stateOf(threadId).status, "errored");
  sent.begin();
  assert.equal(agents.stateOf(threadId).status, "running");
  await world.threads.get(threadId).settled();
  assert.deepEqual(agents.stateOf(threadId), {
    status: "completed",
    message: "better",
  });
});

Deno.test("what is said to an agent that works is heard in its turn, or breaks that off", async () => {
  const first = held("too late");
  await using world = await open([first.answer, saying("redirected")]);
  const { agents, threads, requests } = world;
  const threadId = await start(agents);
  const agent = threads.get(threadId);
  const { turnId } = agent.turn!;
  await first.asked;
  const more = await agents.send(threadId, order.input, stage, {
    isUrgent: false,
  });
  assert.equal(agent.turn!.turnId, turnId);
  assert.notEqual(more.submissionId, turnId);
  const urgent = await agents.send(
    threadId,
    [{ type: "text", text: "stop that", text_elements: [] }],
    stage,
    { isUrgent: true },
  );
  assert.deepEqual(agents.stateOf(threadId), {
    status: "interrupted",
    message: null,
  });
  urgent.begin();
  assert.equal(agent.turn!.turnId, urgent.submissionId);
  const states = await agents.wait([threadId], patience);
  assert.deepEqual([...states.values()], [
    { status: "completed", message: "redirected" },
  ]);
  assert.deepEqual(
    heard(requests.at(-1)!).filter((text) => !text.startsWith("<")),
    ["do it", "do it", "stop that"],
  );
});

Deno.test("waiting ends with the first agent that is done, with the time, and with the turn", async () => {
  const slow = held("slow");
  await using world = await open([slow.answer, saying("quick")]);
  const { agents } = world;
  const one = await start(agents);
  await slow.asked;
  const two = await start(agents);
  const states = await agents.wait([one, two], patience);
  assert.deepEqual([...states.keys()], [two]);
  assert.deepEqual(
    await agents.wait([one], { timeoutMs: 1, signal }),
    new Map(),
  );
  const turn = new AbortController();
  const waiting = agents.wait([one], {
    timeoutMs: 60_000,
    signal: turn.signal,
  });
  turn.abort(new Error("interrupted"));
  await assert.rejects(waiting, { message: "interrupted" });
  assert.deepEqual(
    await agents.wait([one, nobody], patience),
    new Map([[nobody, { status: "notFound", message: null }]]),
  );
  slow.let();
});

Deno.test("closing an agent ends what it does and those below it; it can be taken back", async () => {
  const deep = held("never");
  const script = [deep.answer, saying("again")];
  await using world = await open(
    [saying("hello"), saying("one"), ...script],
    { max_depth: 2 },
  );
  const { threads, thread, agents, me, below } = world;
  await say(threads, thread, "hi");
  const one = await start(agents);
  await agents.wait([one], patience);
  const two = await start(below(one));
  await deep.asked;
  assert.equal(agents.stateOf(two).status, "running");
  const from = me.heard.length;
  assert.deepEqual(await agents.close(one), {
    status: "completed",
    message: "one",
  });
  assert.deepEqual(threads.loaded, [thread.threadId]);
  const unloaded = me.heard.slice(from).flatMap(({ method, params }) => {
    const { threadId, status } = params as {
      threadId: string;
      status?: { type: string };
    };
    return method === "thread/status/changed" && status?.type === "notLoaded"
      ? threadId
      : [];
  });
  assert.deepEqual(new Set(unloaded), new Set([one, two]));
  assert.equal(agents.stateOf(one).status, "notFound");
  await assert.rejects(agents.close(one), AgentRefusal);
  await assert.rejects(
    agents.send(one, order.input, stage, { isUrgent: false }),
    AgentRefusal,
  );
  assert.deepEqual(await agents.resume(one), {
    status: "pendingInit",
    message: null,
  });
  const sent = await agents.send(one, order.input, stage, { isUrgent: false });
  sent.begin();
  const states = await agents.wait([one], patience);
  assert.deepEqual([...states.values()], [
    { status: "completed", message: "again" },
  ]);
  assert.equal(threads.get(one).view.parentThreadId, thread.threadId);
  await assert.rejects(agents.resume(nobody), AgentRefusal);
  await assert.rejects(agents.resume(two), AgentRefusal, "not its own");
});

Deno.test("an agent reaches those below it alone", async () => {
  await using world = await open([saying("one"), saying("two")]);
  const { threads, thread, agents, below } = world;
  const one = await start(agents);
  await agents.wait([one], patience);
  const two = await start(agents);
  await agents.wait([two], patience);
  const stranger = await startThread(threads, {}, client);
  for (const id of [two, one, thread.threadId, stranger.threadId]) {
    assert.equal(below(one).stateOf(id).status, "notFound");
    await assert.rejects(below(one).close(id), AgentRefusal);
  }
  for (const id of [thread.threadId, stranger.threadId]) {
    assert.equal(agents.stateOf(id).status, "notFound");
    await assert.rejects(agents.close(id), AgentRefusal);
    await assert.rejects(agents.resume(id), AgentRefusal);
  }
});

Deno.test("agents are as many and as deep as the configuration lets them", async () => {
  await using world = await open([], { max_depth: 2, max_threads: 2 });
  const { agents, below, threads } = world;
  const one = await start(agents);
  const two = await start(below(one));
  assert.deepEqual(
    [agents, below(one), below(two)].map(({ isOffered }) => isOffered),
    [true, true, false],
  );
  for (const all of [agents, below(one)]) {
    await assert.rejects(all.start(order, stage), AgentRefusal);
  }
  await threads.get(two).settled();
  await below(one).close(two);
  await assert.rejects(
    Promise.all([agents.start(order, stage), agents.start(order, stage)]),
    AgentRefusal,
    "of two at a time one has to go",
  );
  assert.equal(threads.loaded.length, 3);
});

Deno.test("there are no agents where the configuration says so", async () => {
  for (
    const agents of [{ enabled: false }, { max_depth: 0 }, { max_threads: 0 }]
  ) {
    await using world = await open([], agents);
    assert.equal(world.agents.isOffered, false);
  }
  await using world = await open([], {}, {
    configFor: () =>
      Promise.resolve(
        new Config({ effective: { features: { multi_agent: false } } }),
      ),
  });
  assert.equal(world.agents.isOffered, false);
});

Deno.test("an agent is set up as the thread above it, or as its role says", async () => {
  await using world = await open([saying("a"), saying("b"), saying("c")], {
    reviewer: {
      description: "Reviews",
      config_file: "/roles/reviewer.toml",
      nickname_candidates: ["Rex"],
    },
    broken: { config_file: "/roles/broken.toml" },
  }, {
    readRoleFile: (path) =>
      path === "/roles/reviewer.toml"
        ? Promise.resolve({
          model: "small",
          model_reasoning_effort: "low",
          developer_instructions: "Find flaws",
          sandbox_mode: "danger-full-access",
        })
        : Promise.reject(new Error("not TOML")),
  });
  const { threads, thread, agents, requests } = world;
  assert.deepEqual(
    agents.roles.map(({ name, description }) => [
      name,
      description,
    ]),
    [["reviewer", "Reviews"], ["broken", null]],
  );
  thread.set({
    ...thread.settings,
    approvalPolicy: "never",
    sandboxPolicy: { type: "readOnly", networkAccess: false },
  });
  const plain = threads.get(await start(agents));
  assert.deepEqual(plain.settings, thread.settings);
  await plain.settled();
  const started = await agents.start({ ...order, role: "reviewer" }, stage);
  started.begin();
  const reviewer = threads.get(started.threadId);
  await reviewer.settled();
  const { approvalPolicy, sandboxPolicy, model, effort } = reviewer.settings;
  assert.deepEqual(
    [approvalPolicy, sandboxPolicy.type, model, effort, started.nickname],
    ["never", "readOnly", "small", "low", "Rex"],
  );
  assert.equal(reviewer.view.agentRole, "reviewer");
  assert.match(JSON.stringify(requests.at(-1)!.input), /Find flaws/);
  for (
    const wrong of [
      { role: "nobody" },
      { role: "broken" },
      { effort: "extreme" },
    ]
  ) {
    await assert.rejects(
      agents.start({ ...order, ...wrong }, stage),
      AgentRefusal,
    );
  }
  const worker = threads.get(await start(agents, { role: "worker" }));
  assert.equal(worker.view.agentRole, "worker");
});

Deno.test("an agent knows what was said above, if it is to, but not what was done", async () => {
  await using world = await open([
    saying("hello"),
    saying("I know"),
    saying("and still do"),
  ]);
  const { threads, thread, agents, requests } = world;
  await say(threads, thread, "hi");
  const threadId = await start(agents, { knowsHistory: true });
  await agents.wait([threadId], patience);
  const texts = heard(requests.at(-1)!);
  assert.deepEqual(texts.filter((text) => !text.startsWith("<")), [
    "hi",
    "do it",
  ]);
  // It is its own history: taken back, it knows that, too.
  await threads.get(threadId).settled();
  await agents.close(threadId);
  await agents.resume(threadId);
  const sent = await agents.send(threadId, order.input, stage, {
    isUrgent: false,
  });
  sent.begin();
  await agents.wait([threadId], patience);
  assert.deepEqual(
    heard(requests.at(-1)!).filter((text) => !text.startsWith("<")),
    ["hi", "do it", "do it"],
  );
});

Deno.test("an agent stays as long as the thread above it, and goes with it", async () => {
  const clock = new VirtualClock();
  const idleUnloadMs = 1000;
  const slow = held("done");
  await using world = await open([saying("hello"), slow.answer], {}, {
    clock,
    idleUnloadMs,
  });
  const { threads, thread, agents, me, attendance } = world;
  await say(threads, thread, "hi");
  const threadId = await start(agents);
  const agent = threads.get(threadId);
  agent.followers.leave(attendance);
  thread.followers.leave(attendance);
  clock.pass(10 * idleUnloadMs);
  assert.equal(threads.loaded.length, 2, "it works");
  thread.followers.join(attendance);
  slow.let();
  await agent.settled();
  clock.pass(10 * idleUnloadMs);
  assert.equal(threads.loaded.length, 2, "the one above it is there");
  const from = me.heard.length;
  thread.followers.leave(attendance);
  clock.pass(10 * idleUnloadMs);
  assert.deepEqual(threads.loaded, [thread.threadId].slice(1));
  await me.until("thread/closed", from);
  await threads.closed(thread.threadId);
  assert.deepEqual(threads.loaded, []);
});

Deno.test("agents of a thread that is not kept are not kept either", async () => {
  await using world = await open([saying("a")]);
  const { threads } = world;
  const thread = await startThread(threads, { ephemeral: true }, client);
  const threadId = await start(world.below(thread.threadId));
  const { ephemeral, path } = threads.get(threadId).view;
  assert.deepEqual([ephemeral, path], [true, null]);
  await threads.get(threadId).settled();
});

Deno.test("an agent that was wanted while its thread was closed is not started", async () => {
  await using world = await open([]);
  const { threads, thread, agents } = world;
  const starting = agents.start(order, stage);
  const closing = threads.unload(thread);
  await assert.rejects(starting, AgentRefusal);
  await closing;
  assert.deepEqual(threads.loaded, []);
});
