import assert from "node:assert/strict";
import { initialize, next, type Received, request } from "../kit/peer.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { isReply } from "../kit/server_world.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import {
  openThreadWorld,
  type Person,
  refusal,
  start,
} from "../kit/thread_world.ts";

/** Answers only if the model is shown a text. */
const ifShown = (body: string, say: string) => ({
  when: { body },
  output: [{ say }],
});

Deno.test("thread/inject_items: the model sees them, before and after the first turn, and after a restart", async () => {
  await using world = await openThreadWorld([
    ifShown("an early secret", "one"),
    ifShown("a late secret", "two"),
  ]);
  const me = await world.connect();
  const threadId = await start(me);
  const inject = (text: string) =>
    me.client.request("thread/inject_items", {
      threadId,
      items: [
        {
          type: "message",
          role: "user",
          content: [{ type: "input_text", text }],
        },
        { type: "of_the_future", text },
      ],
    });
  await inject("an early secret");
  await me.say(threadId, "hello");
  await inject("a late secret");
  await me.say(threadId, "again");
  await world.restart(); // the script begins anew, too
  const other = await world.connect();
  await other.client.request("thread/resume", { threadId, excludeTurns: true });
  await other.say(threadId, "and again");
  const { thread } = await other.client.request("thread/read", {
    threadId,
    includeTurns: true,
  });
  assert.deepEqual(
    thread.turns.map(({ status, items }) => [
      status,
      items.map((item) => item.type === "agentMessage" ? item.text : item.type),
    ]),
    ["one", "two", "one"].map((said) => ["completed", ["userMessage", said]]),
  );
});

Deno.test("thread/settings/update: told to those who follow, and only a change", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const you = await world.connect("you");
  const threadId = await start(me);
  await me.client.request("thread/settings/update", { threadId });
  await me.client.request("thread/settings/update", {
    threadId,
    model: "other",
  });
  await me.client.request("thread/settings/update", {
    threadId,
    model: "other",
  });
  await me.client.request("thread/settings/update", {
    threadId,
    effort: "high",
  });
  await me.hear(
    "thread/settings/updated",
    (params) => params.threadSettings.effort === "high",
  );
  const told = ({ told }: Person) =>
    told.filter(({ method }) => method === "thread/settings/updated").map(
      ({ params }) => [
        params.threadSettings.model,
        params.threadSettings.effort,
      ],
    );
  assert.deepEqual(told(me), [["other", null], ["other", "high"]]);
  assert.deepEqual(told(you), []);
});

Deno.test("thread/prepareApprovedPlan: the model knows the plan when it is told to begin", async () => {
  await using world = await openThreadWorld([
    ifShown("# Build a boat", "aye"),
  ]);
  const me = await world.connect();
  const threadId = await start(me);
  const { prompt } = await me.client.request("thread/prepareApprovedPlan", {
    threadId,
    markdown: "# Build a boat",
  });
  await me.say(threadId, prompt);
  assert.equal(
    me.told.findLast(({ method }) => method === "turn/completed")!.params.turn
      .status,
    "completed",
  );
  assert.deepEqual(
    [
      await refusal(me.client.request("thread/prepareApprovedPlan", {
        threadId,
        markdown: " ",
      })),
      await refusal(me.client.request("thread/prepareApprovedPlan", {
        threadId,
        markdown: "# x",
        attachmentPath: "relative.md",
      })),
    ],
    [
      [-32600, "The approved plan is empty."],
      [-32602, "`attachmentPath` must be absolute on the app server"],
    ],
  );
});

Deno.test("thread/sample: asks on the side, and leaves the thread as it was", async () => {
  await using world = await openThreadWorld([
    { output: [{ say: "hi" }] },
    {
      when: { user: "what is my name" },
      output: [{ say: "Ada" }],
      usage: { input: 7, cached: 2, output: 3 },
    },
  ]);
  const me = await world.connect();
  const threadId = await start(me);
  const expectedTurnId = await me.say(threadId, "I am Ada");
  const answer = await me.client.request("thread/sample", {
    threadId,
    expectedTurnId,
    prompt: "what is my name?",
  });
  assert.deepEqual({ ...answer, responseId: "" }, {
    sourceTurnId: expectedTurnId,
    responseId: "",
    text: "Ada",
    inputTokens: 7,
    cachedInputTokens: 2,
    outputTokens: 3,
  });
  const { data } = await me.client.request("thread/items/list", { threadId });
  assert.equal(data.length, 2);
  assert.deepEqual(
    await refusal(me.client.request("thread/sample", {
      threadId,
      expectedTurnId: threadId,
      prompt: "p",
    })),
    [-32600, "sample source turn must be the latest finished turn"],
  );
});

Deno.test("thread/increment_elicitation and thread/decrement_elicitation count, and never below zero", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const threadId = await start(me);
  const more = () =>
    me.client.request("thread/increment_elicitation", { threadId });
  const less = () =>
    me.client.request("thread/decrement_elicitation", { threadId });
  assert.deepEqual(await more(), { count: 1, paused: true });
  assert.deepEqual(await more(), { count: 2, paused: true });
  assert.deepEqual(await less(), { count: 1, paused: true });
  assert.deepEqual(await less(), { count: 0, paused: false });
  assert.deepEqual(
    await refusal(less()),
    [-32600, "out-of-band elicitation count is already zero"],
  );
});

Deno.test("thread/backgroundTerminals: listed, ended one by one or all together", async () => {
  await using world = await openThreadWorld([
    {
      output: [{
        call: "exec_command",
        callId: "c1",
        arguments: { cmd: "sleep 600", yield_time_ms: 250 },
      }],
    },
    { output: [{ say: "it runs" }] },
  ]);
  const me = await world.connect();
  const threadId = await start(me);
  await me.say(threadId, "sleep");
  const { client } = me;
  const list = () =>
    client.request("thread/backgroundTerminals/list", { threadId });
  const { data: [terminal] } = await list();
  assert.deepEqual(
    [terminal?.itemId, terminal?.command],
    ["c1", "sleep 600"],
  );
  const { processId } = terminal!;
  const end = (processId: string) =>
    client.request("thread/backgroundTerminals/terminate", {
      threadId,
      processId,
    });
  assert.deepEqual(await end(processId), { terminated: true });
  const { item } = await me.hear(
    "item/completed",
    ({ item }) => item.id === "c1",
  );
  assert.equal(item.type === "commandExecution" && item.status, "failed");
  assert.deepEqual((await list()).data, []);
  assert.deepEqual(await end(processId), { terminated: false });
  assert.deepEqual(
    await refusal(end("abc")),
    [
      -32600,
      "invalid background terminal process id: invalid digit found in string",
    ],
  );
  assert.deepEqual(
    await client.request("thread/backgroundTerminals/clean", { threadId }),
    {},
  );
});

Deno.test("memory/reset: forgets what lies in the home, and nothing else", async () => {
  await using world = await openThreadWorld();
  const { client } = await world.connect();
  await Deno.mkdir(`${world.home}/memories/deep`, { recursive: true });
  await Deno.writeTextFile(`${world.home}/memories/deep/a.md`, "secret");
  await client.request("memory/reset", undefined);
  assert.deepEqual(
    await Array.fromAsync(Deno.readDir(`${world.home}/memories`)),
    [],
  );
  await Deno.stat(`${world.home}/config.toml`);
  assert.deepEqual(await client.request("memory/status", {}), {
    v2ConsolidatedThreads: 0,
    v2Ready: true,
  });
  assert.deepEqual(
    await refusal(client.request("memory/status", {
      minConsolidatedThreads: 0,
    })),
    [-32602, "minConsolidatedThreads must be between 1 and 4096"],
  );
});

Deno.test("what needs the vendor's services says so", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const threadId = await start(me);
  const { client } = me;
  assert.deepEqual(
    [
      await refusal(client.request("thread/prediction/request", {
        threadId,
        sourceTurnId: threadId,
      })),
      await refusal(client.request("turn/settings/update", {
        threadId,
        turnId: threadId,
      })),
      (await refusal(client.request("thread/guardianReview", { threadId })))[0],
    ],
    [
      [-32601, "thread/prediction/request is not implemented yet"],
      [
        -32600,
        "turn settings updates require the step_model_switching feature",
      ],
      -32600,
    ],
  );
});

Deno.test("thread/sample/cancel: gives up the question of that request", async () => {
  await using home = await createTempDir();
  const script = `${home.path}/script.json`;
  await Deno.writeTextFile(
    script,
    JSON.stringify({
      scope: "server",
      responses: [{ output: [{ say: "hi" }] }, { output: [{ hang: true }] }],
    }),
  );
  await Deno.writeTextFile(
    `${home.path}/config.toml`,
    `model_provider = "script"
[model_providers.script]
name = "Script"
base_url = "script://${script}"
`,
  );
  await using server = await ServerProcess.start({ home: home.path });
  await using peer = await server.connect();
  await initialize(peer, { experimentalApi: true });
  const reply = async (id: unknown): Promise<Received> => {
    for (;;) {
      const message = await next(peer);
      if (isReply(id)(message)) return message;
    }
  };
  await peer.send(request(1, "thread/start", {}));
  const threadId = (await reply(1)).result.thread.id;
  const input = [{ type: "text", text: "hello" }];
  await peer.send(request(2, "turn/start", { threadId, input }));
  const expectedTurnId = (await reply(2)).result.turn.id;
  for (let message = await next(peer);; message = await next(peer)) {
    if (message.method === "turn/completed") break;
  }
  const prompt = "and?";
  await peer.send(
    request("s", "thread/sample", { threadId, expectedTurnId, prompt }),
    request(3, "thread/sample/cancel", { requestId: "s" }),
  );
  const answers = [await next(peer), await next(peer)];
  assert.deepEqual(
    new Map(answers.map(({ id, result, error }) => [id, result ?? error])),
    new Map<unknown, unknown>([
      [3, {}],
      ["s", { code: -32800, message: "Request cancelled" }],
    ]),
  );
});
