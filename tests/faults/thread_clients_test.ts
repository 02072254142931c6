/** Clients, servers and clocks that come, go and disagree, and threads between them. */
import assert from "node:assert/strict";
import { createAppServer } from "../../mod.ts";
import { Client, RpcError } from "../../src/client/mod.ts";
import { findCodex } from "../kit/find_codex.ts";
import { createMark } from "../kit/marked_processes.ts";
import { openThreadWorld, type Person } from "../kit/thread_world.ts";
import { until } from "../kit/until.ts";

const QUESTION = "item/commandExecution/requestApproval";
const asking = [
  { when: { output: "Wall time" }, output: [{ say: "It ran" }], repeat: true },
  {
    when: { output: "ejected" },
    output: [{ say: "It did not" }],
    repeat: true,
  },
  {
    when: { user: "#ask" },
    output: [{
      call: "exec_command",
      arguments: { cmd: "echo granted >> granted.txt" },
    }],
    repeat: true,
  },
  { output: [{ say: "fine" }], repeat: true },
];

/** Begins a turn that asks, and is sure that somebody was asked. */
async function ask(me: Person, cwd: string): Promise<string> {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  me.client.handle(QUESTION, () => (resolve(), new Promise<never>(() => {})));
  const { thread } = await me.client.request("thread/start", {
    cwd,
    approvalPolicy: "untrusted",
  });
  await me.client.request("turn/start", {
    threadId: thread.id,
    input: [{ type: "text", text: "#ask" }],
  });
  await asked;
  return thread.id;
}

function granted(directory: string): Promise<string> {
  return Deno.readTextFile(`${directory}/granted.txt`).catch(() => "");
}

Deno.test("a question survives all clients; one who comes later is asked, and the answer counts", async () => {
  await using world = await openThreadWorld(asking);
  const first = await world.connect("first");
  const threadId = await ask(first, world.home);
  await first.client.close();
  const later = await world.connect("later");
  const asked = Promise.withResolvers<unknown>();
  later.client.handle(QUESTION, (params) => {
    asked.resolve(params);
    return { decision: "accept" };
  });
  const { thread } = await later.client.request("thread/resume", { threadId });
  assert.deepEqual(thread.status, {
    type: "active",
    activeFlags: ["waitingOnApproval"],
  });
  assert.equal(thread.turns[0]?.status, "inProgress");
  const params = await asked.promise as { threadId: string; turnId: string };
  assert.deepEqual(
    [params.threadId, params.turnId],
    [threadId, thread.turns[0]?.id],
  );
  const { turn } = await later.hear("turn/completed");
  assert.equal(turn.status, "completed");
  assert.equal(await granted(world.home), "granted\n");
});

Deno.test("a question that nobody answered before a restart is on record, is not asked again, and nothing was granted", async () => {
  await using world = await openThreadWorld(asking);
  const threadId = await ask(await world.connect(), world.home);
  await world.restart();
  const me = await world.connect();
  let questions = 0;
  me.client.handle(QUESTION, () => (questions++, { decision: "accept" }));
  const { thread } = await me.client.request("thread/resume", { threadId });
  assert.deepEqual(thread.status, { type: "idle" });
  assert.equal(thread.turns[0]?.status, "interrupted");
  const records = await Deno.readTextFile(thread.path!);
  assert.match(records, /"gangway_request".*requestApproval/);
  await me.say(threadId, "and now");
  assert.equal(questions, 0);
  assert.equal(await granted(world.home), "");
});

Deno.test("turn/start on an archived thread is refused; taken back, the thread goes on", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const { thread: { id: threadId } } = await me.client.request(
    "thread/start",
    {},
  );
  await me.say(threadId, "hi");
  await me.client.request("thread/archive", { threadId });
  const input = [{ type: "text" as const, text: "more" }];
  await assert.rejects(me.client.request("turn/start", { threadId, input }), {
    code: -32600,
    message: `thread not found: ${threadId}`,
  });
  await assert.rejects(me.client.request("thread/archive", { threadId }), {
    code: -32600,
    message: `no rollout found for thread id ${threadId}`,
  });
  await me.client.request("thread/unarchive", { threadId });
  await me.client.request("thread/resume", { threadId });
  await me.say(threadId, "more");
  const { thread } = await me.client.request("thread/read", {
    threadId,
    includeTurns: true,
  });
  assert.deepEqual(
    thread.turns.map(({ status }) => status),
    ["completed", "completed"],
  );
});

Deno.test("of two servers on one home, the second is told who has the thread, and has it when it is free", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const { thread: { id: threadId } } = await me.client.request(
    "thread/start",
    {},
  );
  await me.say(threadId, "hi");
  await using other = await createAppServer({ home: world.home });
  await using client = await Client.connect({ channel: other.connect() }, {
    clientInfo: { name: "other", version: "1" },
    capabilities: { experimentalApi: true },
  });
  const { data } = await client.request("thread/list", {});
  assert.deepEqual(data.map(({ id }) => id), [threadId]);
  const read = await client.request("thread/read", {
    threadId,
    includeTurns: true,
  });
  assert.equal(read.thread.turns.length, 1);
  const taken = {
    code: -32600,
    message: `thread ${threadId} already has an active writer`,
  };
  for (const method of ["thread/resume", "thread/archive"] as const) {
    await assert.rejects(client.request(method, { threadId }), taken);
  }
  await me.client.request("thread/archive", { threadId });
  await client.request("thread/unarchive", { threadId });
  await client.request("thread/resume", { threadId });
  using ends = client.notifications("turn/completed");
  const input = [{ type: "text" as const, text: "there" }];
  await client.request("turn/start", { threadId, input });
  assert.equal((await ends.next()).value?.params.turn.status, "completed");
});

const reference = await findCodex("0.169.0");
if (reference === undefined) {
  // deno-lint-ignore no-console -- the reader of the report has to know
  console.warn("Left out, for there is no codex to share a home with");
}

Deno.test({
  name:
    "a thread that the reference writes to is refused, and belongs to us when it has ended",
  ignore: reference === undefined,
  async fn() {
    await using world = await openThreadWorld();
    // The reference knows no scripts: a model of its own for it.
    const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
    const events = [
      { type: "response.created", response: { id: "r" } },
      {
        type: "response.output_item.done",
        item: {
          type: "message",
          role: "assistant",
          id: "m",
          content: [{ type: "output_text", text: "hello" }],
        },
      },
      { type: "response.completed", response: { id: "r", usage } },
    ];
    await using model = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      () =>
        new Response(
          events.map((one) =>
            `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`
          ).join(""),
          { headers: { "content-type": "text/event-stream" } },
        ),
    );
    const config = await Deno.readTextFile(`${world.home}/config.toml`);
    await Deno.writeTextFile(
      `${world.home}/config.toml`,
      config.replace(
        /base_url = .*/,
        `base_url = "http://127.0.0.1:${model.addr.port}/v1"`,
      ),
    );
    let threadId: string;
    const me = await world.connect();
    {
      await using theirs = await Client.connect({
        spawn: [reference!, "app-server"],
        env: { CODEX_HOME: world.home },
      }, {
        clientInfo: { name: "theirs", version: "1" },
        capabilities: { experimentalApi: true },
      });
      const { thread } = await theirs.request("thread/start", {});
      threadId = thread.id;
      using ends = theirs.notifications("turn/completed");
      await theirs.request("turn/start", {
        threadId,
        input: [{ type: "text", text: "hi" }],
      });
      await ends.next();
      await assert.rejects(
        me.client.request("thread/resume", { threadId }),
        (error: unknown) =>
          error instanceof RpcError &&
          error.message === `thread ${threadId} already has an active writer`,
      );
    }
    const { thread } = await until(
      "the lock is free",
      () =>
        me.client.request("thread/resume", { threadId }).catch(() => undefined),
    );
    assert.equal(thread.turns.length, 1);
    await me.say(threadId, "more");
  },
});

Deno.test("a clock that jumps back changes no order: ids, numbers and turns go on", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const now = Date.now;
  try {
    const { thread: { id: threadId } } = await me.client.request(
      "thread/start",
      {},
    );
    const turns = [await me.say(threadId, "before")];
    Date.now = () => now() - 24 * 60 * 60_000;
    turns.push(await me.say(threadId, "behind"));
    const { thread: later } = await me.client.request("thread/start", {});
    await me.say(later.id, "later");
    turns.push(await me.say(threadId, "again"));
    assert.deepEqual(turns, turns.toSorted());
    assert.ok(later.id > threadId);
    await world.restart();
    const again = await world.connect();
    const { thread } = await again.client.request("thread/resume", {
      threadId,
    });
    turns.push(await again.say(threadId, "on"));
    assert.deepEqual(thread.turns.map(({ id }) => id), turns.slice(0, 3));
    const read = await again.client.request("thread/turns/list", {
      threadId,
      sortDirection: "asc",
    });
    assert.deepEqual(read.data.map(({ id }) => id), turns);
    const { data } = await again.client.request("thread/list", {});
    assert.deepEqual(
      data.map(({ id }) => id).toSorted(),
      [threadId, later.id].toSorted(),
    );
    assert.ok(read.data.every(({ durationMs }) => durationMs! >= 0));
  } finally {
    Date.now = now;
  }
});

Deno.test("commands that go on behind a turn end with the server", async () => {
  const mark = createMark();
  await using world = await openThreadWorld([
    { when: { output: "Wall time" }, output: [{ say: "on" }], repeat: true },
    {
      output: [{
        call: "exec_command",
        arguments: {
          cmd: `export ${
            Object.entries(mark.env).map(([name, value]) => `${name}=${value}`)
          }; sleep 1000 & sleep 1000`,
          yield_time_ms: 250,
        },
      }],
      repeat: true,
    },
  ]);
  const me = await world.connect();
  const { thread } = await me.client.request("thread/start", {});
  await me.say(thread.id, "stay");
  const { data } = await me.client.request("thread/backgroundTerminals/list", {
    threadId: thread.id,
  });
  assert.equal(data.length, 1);
  await until("both run", async () => (await mark.pids()).length === 2);
  await world.restart();
  await until("both are gone", async () => (await mark.pids()).length === 0);
});
