import assert from "node:assert/strict";
import {
  openThreadWorld,
  type Person,
  refusal,
  start,
} from "../kit/thread_world.ts";

/** Names of what was told, the chatter of turns left out. */
function namesOf({ told }: Person, from = 0): string[] {
  return told.slice(from).map(({ method }) => method).filter((name) =>
    /^(turn\/|thread\/(goal|queue|readState|status))/.test(name)
  );
}

const text = (text: string) => [{ type: "text" as const, text }];
const usage = { input: 10, output: 5, total: 15 };

Deno.test("a turn that ended is something to read, told right before the thread is idle", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const threadId = await start(me);
  const first = await me.say(threadId, "hello");
  await me.say(threadId, "again");
  assert.deepEqual(namesOf(me), [
    "thread/status/changed",
    "turn/started",
    "thread/readState/changed",
    "thread/status/changed",
    "turn/completed",
    "thread/status/changed",
    "turn/started",
    "thread/readState/changed",
    "thread/status/changed",
    "turn/completed",
  ]);
  const { readState } = await me.client.request("thread/read", { threadId });
  assert.deepEqual(readState?.firstUnread, { type: "turn", turnId: first });

  const from = me.told.length;
  const { readState: read } = await me.client.request(
    "thread/readState/update",
    {
      threadId,
      operation: { type: "read" },
      expectedRevision: readState!.revision,
    },
  );
  assert.equal(read.firstUnread, null);
  assert.deepEqual(
    (await me.hear("thread/readState/changed", () => true, from)).readState,
    read,
  );
  assert.deepEqual(
    await refusal(me.client.request("thread/readState/update", {
      threadId,
      operation: { type: "unread" },
      expectedRevision: readState!.revision,
    })),
    [-32600, "read state changed"],
  );
});

Deno.test("a failed turn is something to read, too, once its error was told", async () => {
  await using world = await openThreadWorld([{ failure: { status: 400 } }]);
  const me = await world.connect();
  const threadId = await start(me);
  await me.say(threadId, "hello");
  assert.deepEqual(
    me.told.map(({ method }) => method).filter((name) =>
      /^(error|turn\/|thread\/(readState|status))/.test(name)
    ),
    [
      "thread/status/changed",
      "turn/started",
      "thread/status/changed",
      "error",
      "thread/readState/changed",
      "turn/completed",
    ],
  );
});

Deno.test("thread/queue: what is added while a turn runs comes next, in order", async () => {
  await using world = await openThreadWorld([
    {
      output: [{
        call: "exec_command",
        arguments: {
          cmd: "until [ -e go ]; do sleep 0.05; done",
          yield_time_ms: 30_000,
        },
      }],
    },
    { output: [{ say: "fine" }], repeat: true },
  ]);
  const me = await world.connect();
  const threadId = await start(me);
  const { turn } = await me.client.request("turn/start", {
    threadId,
    input: text("first"),
  });
  for (const [index, one] of ["second", "third"].entries()) {
    await me.client.request("thread/queue/add", {
      threadId,
      input: text(one),
      clientUserMessageId: `c${index}`,
    });
  }
  assert.deepEqual(
    await refusal(me.client.request("thread/queue/start", { threadId })),
    [-32600, "thread already has an active or pending turn"],
  );
  await Deno.writeTextFile(`${world.home}/go`, "");
  const third = await me.hear(
    "item/completed",
    ({ item }) => item.type === "userMessage" && item.clientId === "c1",
  );
  await me.hear("turn/completed", (params) => params.turn.id === third.turnId);
  const { thread } = await me.client.request("thread/read", {
    threadId,
    includeTurns: true,
  });
  assert.deepEqual(
    thread.turns.map(({ items }) =>
      items.flatMap((item) =>
        item.type === "userMessage"
          ? item.content.map((part) => part.type === "text" && part.text)
          : []
      )
    ),
    [["first"], ["second"], ["third"]],
  );
  assert.equal(thread.turns[0]?.id, turn.id);
  assert.deepEqual(
    await me.client.request("thread/queue/list", { threadId }),
    { data: [], nextCursor: null },
  );
});

Deno.test("thread/queue: added to an idle thread begins at once; after an interrupt it waits for the user", async () => {
  await using world = await openThreadWorld([
    { output: [{ say: "fine" }] },
    { output: [{ say: "half", deltas: ["h"] }, { hang: true }] },
    { output: [{ say: "fine" }], repeat: true },
  ]);
  const me = await world.connect();
  const threadId = await start(me);
  const add = (one: string) =>
    me.client.request("thread/queue/add", {
      threadId,
      input: text(one),
      clientUserMessageId: one,
    });
  await add("at once");
  await me.hear("turn/completed");

  const { turn } = await me.client.request("turn/start", {
    threadId,
    input: text("hangs"),
  });
  await me.hear(
    "item/agentMessage/delta",
    (params) => params.turnId === turn.id,
  );
  await add("later");
  await me.client.request("turn/interrupt", { threadId, turnId: turn.id });
  await me.hear("turn/completed", (params) => params.turn.id === turn.id);
  const { data } = await me.client.request("thread/queue/list", { threadId });
  assert.deepEqual(
    data.map(({ clientUserMessageId }) => clientUserMessageId),
    ["later"],
  );
  const started = await me.client.request("thread/queue/start", { threadId });
  await me.hear(
    "turn/completed",
    (params) => params.turn.id === started.turn.id,
  );
  assert.deepEqual(
    await refusal(me.client.request("thread/queue/start", { threadId })),
    [-32600, "queue is empty"],
  );
});

Deno.test("thread/queue: what waits in a stored thread begins when the thread is opened", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const threadId = await start(me);
  await me.say(threadId, "hello");
  await world.restart();
  const other = await world.connect();
  await other.client.request("thread/queue/add", {
    threadId,
    input: text("stored"),
    clientUserMessageId: "c",
  });
  assert.deepEqual(
    await refusal(other.client.request("thread/queue/start", { threadId })),
    [-32600, "resume the thread before starting a queued message"],
  );
  await other.client.request("thread/resume", { threadId, excludeTurns: true });
  const { item } = await other.hear(
    "item/completed",
    (params) => params.item.type === "userMessage",
  );
  assert.equal(item.type === "userMessage" && item.clientId, "c");
  await other.hear("turn/completed");
});

Deno.test("thread/goal: an active goal begins its own turns until the model is done with it", async () => {
  await using world = await openThreadWorld([
    { output: [{ say: "hello" }], usage },
    { output: [{ say: "some of it" }], usage },
    {
      output: [{
        call: "update_goal",
        callId: "g1",
        arguments: { status: "complete" },
      }],
      usage,
    },
    { output: [{ say: "all of it" }], usage },
  ]);
  const me = await world.connect();
  const threadId = await start(me);
  await me.say(threadId, "hello");
  const from = me.told.length;
  const { goal } = await me.client.request("thread/goal/set", {
    threadId,
    objective: " reach it ",
  });
  assert.deepEqual(
    [goal.objective, goal.status, goal.tokensUsed],
    ["reach it", "active", 0],
  );
  const done = await me.hear(
    "thread/goal/updated",
    (params) => params.goal.status === "complete",
  );
  await me.hear("turn/completed", (params) => params.turn.id === done.turnId);
  assert.deepEqual(namesOf(me, from), [
    "thread/goal/updated",
    "thread/status/changed",
    "turn/started",
    "thread/goal/updated", // what the first turn took
    "thread/status/changed", // nothing to read: another turn follows
    "turn/completed",
    "thread/status/changed",
    "turn/started",
    "thread/goal/updated", // what the second took before the model said so
    "thread/goal/updated",
    "thread/goal/updated", // and what it took in all
    "thread/readState/changed",
    "thread/status/changed",
    "turn/completed",
  ]);
  const now = await me.client.request("thread/goal/get", { threadId });
  assert.deepEqual(
    [now.goal?.status, now.goal?.tokensUsed],
    ["complete", 45],
  );
});

Deno.test("thread/goal: a used up budget, a failure and an interrupt end it by itself", async () => {
  await using world = await openThreadWorld([
    { output: [{ say: "expensive" }], usage: { total: 600 } },
    { failure: { status: 400 } },
    { output: [{ say: "half", deltas: ["h"] }, { hang: true }] },
  ]);
  const me = await world.connect();
  const threadId = await start(me);
  const set = (params: Record<string, unknown>) =>
    me.client.request("thread/goal/set", { threadId, ...params });
  const until = (status: string) =>
    me.hear("thread/goal/updated", ({ goal }) => goal.status === status);

  await set({ objective: "cheap", tokenBudget: 50 });
  const limited = await until("budgetLimited");
  await me.hear(
    "turn/completed",
    (params) => params.turn.id === limited.turnId,
  );

  await me.client.request("thread/goal/clear", { threadId });
  await set({ objective: "broken" });
  const blocked = await until("blocked");
  await me.hear(
    "turn/completed",
    (params) => params.turn.id === blocked.turnId,
  );

  await set({ status: "active" });
  const { turnId } = await me.hear(
    "item/agentMessage/delta",
    (params) => params.delta === "h",
  );
  await me.client.request("turn/interrupt", { threadId, turnId });
  await me.hear("turn/completed", (params) => params.turn.id === turnId);
  const { goal } = await me.client.request("thread/goal/get", { threadId });
  assert.equal(goal?.status, "active");
  // Had another turn begun, the script would have had nothing left for it.
  const { thread } = await me.client.request("thread/read", { threadId });
  assert.deepEqual(thread.status, { type: "idle" });
});

Deno.test("thread/goal: who joins is told the goal, or that there is none", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const threadId = await start(me);
  await me.say(threadId, "hello");
  const you = await world.connect("you");
  const resume = () =>
    you.client.request("thread/resume", { threadId, excludeTurns: true });
  await resume();
  await you.hear("thread/goal/cleared");
  await me.client.request("thread/goal/set", {
    threadId,
    objective: "rest",
    status: "paused",
  });
  await you.hear("thread/goal/updated");
  const from = you.told.length;
  await resume();
  const { goal } = await you.hear("thread/goal/updated", () => true, from);
  assert.deepEqual([goal.objective, goal.status], ["rest", "paused"]);
  assert.deepEqual(
    await refusal(me.client.request("thread/goal/get", {
      threadId: await start(me, { ephemeral: true }),
    })).then(([, message]) => message.split(": ")[0]),
    "ephemeral thread does not support goals",
  );
});

Deno.test("a server that is closed ends the turns of a goal", async () => {
  const world = await openThreadWorld();
  const me = await world.connect();
  const threadId = await start(me);
  await me.client.request("thread/goal/set", { threadId, objective: "never" });
  const first = await me.hear("turn/completed");
  await me.hear(
    "turn/completed",
    ({ turn }) => turn.id !== first.turn.id, // it goes on and on
  );
  await world[Symbol.asyncDispose]();
});
