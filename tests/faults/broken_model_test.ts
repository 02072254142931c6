/**
 * A model server that does everything wrong: the turn ends with words for it,
 * and the thread and the connection go on.
 */
import assert from "node:assert/strict";
import { openThreadWorld, type Person } from "../kit/thread_world.ts";

const encoder = new TextEncoder();

/** How a model server answers a request. */
type Answer = (test: { end: Promise<void> }) => Response;

/** Events of a stream as they stand on the wire. */
function toEvents(...events: { readonly type: string }[]): string {
  return events.map((event) =>
    `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
  ).join("");
}

function toStream(...pieces: (string | Uint8Array<ArrayBuffer>)[]): Response {
  return new Response(
    ReadableStream.from(
      pieces.map((one) => typeof one === "string" ? encoder.encode(one) : one),
    ),
    { headers: { "content-type": "text/event-stream" } },
  );
}

/** A stream that does not end before the test does. */
function toOpenStream(text: string, { end }: { end: Promise<void> }): Response {
  const body = async function* () {
    yield encoder.encode(text);
    await end;
  };
  return new Response(ReadableStream.from(body()), {
    headers: { "content-type": "text/event-stream" },
  });
}

const created = { type: "response.created", response: { id: "r" } };
const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
const completed = {
  type: "response.completed",
  response: { id: "r", usage },
};

function done(item: object): { type: string; item: object } {
  return { type: "response.output_item.done", item };
}

function message(text: string): object {
  return {
    type: "message",
    role: "assistant",
    id: `m-${text}`,
    content: [{ type: "output_text", text }],
  };
}

const fine: Answer = () =>
  toStream(toEvents(created, done(message("fine")), completed));

function call(name: string, args: string): Answer {
  const item = { type: "function_call", call_id: "c", name, arguments: args };
  return () => toStream(toEvents(created, done(item), completed));
}

/** A server, and a thread with a model that answers like this, then fine. */
async function withModel(
  answers: Answer[],
  work: (
    around: { me: Person; threadId: string; requests: unknown[] },
  ) => Promise<void>,
  /** How long a model may say nothing: longer than a busy machine does. */
  { idleMs = 120_000 } = {},
): Promise<void> {
  const requests: unknown[] = [];
  const { promise: end, resolve: finish } = Promise.withResolvers<void>();
  await using model = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      requests.push(await request.json());
      return (answers.shift() ?? fine)({ end });
    },
  );
  await using world = await openThreadWorld();
  await Deno.writeTextFile(
    `${world.home}/config.toml`,
    `model = "demo"
model_provider = "mock"
approval_policy = "never"
sandbox_mode = "danger-full-access"
[model_providers.mock]
name = "Mock"
base_url = "http://127.0.0.1:${model.addr.port}/v1"
request_max_retries = 1
stream_max_retries = 1
stream_idle_timeout_ms = ${idleMs}
`,
  );
  const me = await world.connect();
  const { thread } = await me.client.request("thread/start", {});
  try {
    await work({ me, threadId: thread.id, requests });
  } finally {
    finish();
  }
}

/** The status and error of the turn that these words begin. */
async function play(
  me: Person,
  threadId: string,
): Promise<{ status: string; error: string | null }> {
  const from = me.told.length;
  await me.say(threadId, "go");
  const { turn } = await me.hear("turn/completed", () => true, from);
  return { status: turn.status, error: turn.error?.message ?? null };
}

const garbage = crypto.getRandomValues(new Uint8Array(4096));
const half = toEvents(created, done(message("half"))).slice(0, -40);

/** What is wrong, answered twice, for it is tried twice; and what is said. */
const failures: readonly (readonly [
  what: string,
  answer: Answer,
  words: RegExp,
  settings?: { readonly idleMs: number },
])[] = [
  ["sends garbage", () => toStream(garbage), /stream disconnected/],
  [
    "sends events that are no JSON",
    () => toStream("event: response.created\ndata: {nothing\n\n"),
    /stream disconnected/,
  ],
  [
    "sends events of the wrong shape",
    () =>
      toStream(
        `data: 7\n\ndata: null\n\ndata: []\n\ndata: {"type":1}\n\n` +
          `data: {"type":"response.output_item.done"}\n\n` +
          `data: {"type":"response.output_item.done","item":{"type":7}}\n\n`,
      ),
    /stream disconnected/,
  ],
  ["ends in the middle of an event", () => toStream(half), /disconnected/],
  ["says nothing at all", () => toStream(), /disconnected/],
  [
    "begins an event and never ends it",
    (test) => toOpenStream(toEvents(created) + "data: {", test),
    /idle timeout/,
    { idleMs: 1_000 },
  ],
  [
    "answers 500",
    () => new Response("boom", { status: 500 }),
    /500|high demand/i,
  ],
  ["answers HTML", () => new Response("<html>"), /disconnected/],
];

for (const [what, answer, words, settings] of failures) {
  Deno.test(`a turn whose model ${what} fails with words for it, and the next one is fine`, async () => {
    await withModel(
      [answer, answer, answer, answer],
      async ({ me, threadId, requests }) => {
        const { status, error } = await play(me, threadId);
        assert.equal(status, "failed");
        assert.match(error ?? "", words);
        const tries = requests.length;
        assert.ok(tries >= 2 && tries <= 4, `it was tried ${tries} times`);
        const { thread } = await me.client.request("thread/read", {
          threadId,
          includeTurns: true,
        });
        assert.deepEqual(thread.status, { type: "systemError" });
        assert.equal(thread.turns[0]?.error?.message, error);
        while ((await play(me, threadId)).status === "failed");
        assert.deepEqual(await play(me, threadId), {
          status: "completed",
          error: null,
        });
      },
      settings,
    );
  });
}

Deno.test("a turn outlives a short storm of 503 and of streams that break off", async () => {
  const storm: Answer = () => new Response("later", { status: 503 });
  const cut: Answer = () => toStream(half);
  await withModel([storm, cut], async ({ me, threadId }) => {
    assert.deepEqual(await play(me, threadId), {
      status: "completed",
      error: null,
    });
  });
});

Deno.test("a turn whose model hangs can be interrupted at once", async () => {
  const asked = Promise.withResolvers<void>();
  await withModel([
    (test) => {
      asked.resolve();
      return toOpenStream("", test);
    },
  ], async ({ me, threadId }) => {
    const { turn } = await me.client.request("turn/start", {
      threadId,
      input: [{ type: "text", text: "go" }],
    });
    await asked.promise;
    await me.client.request("turn/interrupt", { threadId, turnId: turn.id });
    const { turn: { status, error } } = await me.hear("turn/completed");
    assert.deepEqual({ status, error }, { status: "interrupted", error: null });
    assert.equal((await play(me, threadId)).status, "completed");
  });
});

const calls: readonly (readonly [string, Answer, RegExp])[] = [
  ["a tool that there is not", call("no_such_tool", "{}"), /unsupported call/],
  ["no JSON as arguments", call("exec_command", "{nothing"), /parse|JSON/i],
  ["arguments of another shape", call("exec_command", `{"cmd":7}`), /cmd/],
  ["a session that there is not", call("write_stdin", `{"session_id":9}`), /9/],
  ["an empty name", call("", "{}"), /unsupported|call/],
];

for (const [what, answer, words] of calls) {
  Deno.test(`a model that calls with ${what} is told so, and the turn goes on`, async () => {
    await withModel([answer], async ({ me, threadId, requests }) => {
      assert.equal((await play(me, threadId)).status, "completed");
      const { input } = requests[1] as { input: { type: string }[] };
      const output = input.findLast(({ type }) =>
        type === "function_call_output"
      );
      assert.match(JSON.stringify(output), words);
    });
  });
}

Deno.test("turn/start and turn/steer refuse more than 1,048,576 characters, and take as many", async () => {
  await withModel([], async ({ me, threadId }) => {
    const toInput = (length: number) => [{
      type: "text" as const,
      text: "é".repeat(length),
    }];
    const limit = 1 << 20;
    for (const method of ["turn/start", "turn/steer"] as const) {
      await assert.rejects(
        me.client.request(method, {
          threadId,
          input: toInput(limit + 1),
          expectedTurnId: "x",
        }),
        {
          code: -32602,
          message: `Input exceeds the maximum length of ${limit} characters.`,
          data: {
            input_error_code: "input_too_large",
            max_chars: limit,
            actual_chars: limit + 1,
          },
        },
      );
    }
    const from = me.told.length;
    await me.client.request("turn/start", { threadId, input: toInput(limit) });
    const { turn } = await me.hear("turn/completed", () => true, from);
    assert.equal(turn.status, "completed");
  });
});
