import assert from "node:assert/strict";
import { findFreePort } from "../../tests/kit/free_port.ts";
import { Config } from "../config/mod.ts";
import { createLogger, LogFilter, silentLogger } from "../telemetry/mod.ts";
import {
  type Answer,
  ask,
  modelAt,
  plain,
  refuse,
  serveModel,
  sse,
  stillClock,
} from "./_model_server_test.ts";
import type { Clock } from "./clock.ts";
import { createModels } from "./models.ts";

const completed = { type: "response.completed", response: { id: "r" } };
const done = {
  type: "completed",
  responseId: "r",
  usage: undefined,
  endTurn: undefined,
};
const noLimits = {
  type: "rateLimits",
  rateLimits: {
    limitId: "codex",
    limitName: null,
    normalModelSlug: null,
    primary: null,
    secondary: null,
    credits: null,
    individualLimit: null,
    spendControlReached: null,
    planType: null,
    rateLimitReachedType: null,
  },
};
const ok = sse(completed);

/** An answer whose stream goes on for as long as the test wants. */
function openEnded(): {
  answer: Answer;
  send: (event: object | string) => void;
  ended: Promise<void>;
  break: () => void;
} {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
    },
    cancel: () => resolve(),
  });
  return {
    answer: () => new Response(body),
    send: (event) =>
      controller.enqueue(encoder.encode(
        typeof event === "string"
          ? event
          : `data: ${JSON.stringify(event)}\n\n`,
      )),
    ended,
    break: () => controller.error(new Error("broken")),
  };
}

Deno.test("Model.stream gives the events of an answer in order", async () => {
  const message = {
    type: "message",
    id: "m",
    role: "assistant",
    content: [{ type: "output_text", text: "añ🦕" }],
  };
  const reasoning = { type: "reasoning", id: "t", summary: [] };
  await using server = serveModel(sse(
    ": ping\r\n\r\n",
    { type: "response.created", response: { id: "r" } },
    { type: "response.in_progress", response: {} },
    { type: "response.output_item.added", item: reasoning },
    {
      type: "response.reasoning_summary_part.added",
      item_id: "t",
      summary_index: 1,
    },
    {
      type: "response.reasoning_summary_text.delta",
      item_id: "t",
      summary_index: 1,
      delta: "s",
    },
    {
      type: "response.reasoning_text.delta",
      item_id: "t",
      content_index: 2,
      delta: "x",
    },
    "event: junk\ndata: {bad\n\ndata: 5\n\ndata: null\n\n",
    'data: {"type":"toString"}\n\n',
    {
      type: "response.output_item.added",
      item: { ...message, content: [] },
    },
    'data: {"delta":"añ🦕",\ndata: "item_id":"m","type":"response.output_text.delta"}\n\n',
    { type: "response.output_item.done", item: message },
    { type: "response.output_item.done", item: { type: "message" } },
    { type: "response.output_item.done", item: { type: "brand_new", x: 1 } },
    {
      type: "response.custom_tool_call_input.delta",
      item_id: "c",
      call_id: "k",
      delta: "*",
    },
    "data: [DONE]\n\n",
    {
      type: "response.completed",
      response: {
        id: "r",
        end_turn: false,
        usage: {
          input_tokens: 10,
          input_tokens_details: { cached_tokens: 3, cache_write_tokens: 4 },
          output_tokens: 5,
          output_tokens_details: { reasoning_tokens: 2 },
          total_tokens: 15,
        },
      },
    },
    { type: "response.output_item.done", item: message },
  ));
  const { events, failure } = await ask(modelAt(server.url));
  assert.equal(failure, undefined);
  assert.deepEqual(events, [
    noLimits,
    { type: "created", responseId: "r" },
    { type: "itemAdded", item: reasoning },
    { type: "reasoningPartAdded", itemId: "t", summaryIndex: 1 },
    {
      type: "reasoningSummaryDelta",
      itemId: "t",
      delta: "s",
      summaryIndex: 1,
    },
    { type: "reasoningTextDelta", itemId: "t", delta: "x", contentIndex: 2 },
    { type: "itemAdded", item: { ...message, content: [] } },
    { type: "textDelta", itemId: "m", delta: "añ🦕" },
    { type: "itemDone", item: message },
    { type: "itemDone", item: { type: "brand_new", x: 1 } },
    { type: "toolInputDelta", itemId: "c", callId: "k", delta: "*" },
    {
      type: "completed",
      responseId: "r",
      endTurn: false,
      usage: {
        inputTokens: 10,
        cachedInputTokens: 3,
        cacheWriteInputTokens: 4,
        outputTokens: 5,
        reasoningOutputTokens: 2,
        totalTokens: 15,
      },
    },
  ]);
});

Deno.test("Model.stream gives what came before a failure first", async () => {
  await using server = serveModel(sse(
    { type: "response.output_text.delta", delta: "half" },
    { type: "response.failed", response: { error: { message: "m" } } },
    { type: "response.output_text.delta", delta: "late" },
  ));
  const { events, failure } = await ask(modelAt(server.url));
  assert.deepEqual(events, [
    noLimits,
    { type: "textDelta", itemId: undefined, delta: "half" },
  ]);
  assert.equal(failure?.message, "stream disconnected before completion: m");
});

Deno.test("Model.stream tells of the limits of every name", async () => {
  await using server = serveModel(() =>
    new Response(`data: ${JSON.stringify(completed)}\n\n`, {
      headers: {
        "x-codex-primary-used-percent": "12.5",
        "x-codex-primary-window-minutes": "300",
        "x-codex-credits-has-credits": "true",
        "x-codex-credits-unlimited": "false",
        "x-codex-credits-balance": "9.5",
        "x-codex-fox-secondary-used-percent": "0",
        "x-codex-fox-limit-name": "Fox",
        "x-codex-bad-primary-used-percent": "abc",
      },
    })
  );
  const { events } = await ask(modelAt(server.url));
  const limits = events.flatMap((event) =>
    event.type === "rateLimits" ? [event.rateLimits] : []
  );
  assert.deepEqual(limits, [
    {
      ...noLimits.rateLimits,
      primary: { usedPercent: 13, windowDurationMins: 300, resetsAt: null },
      credits: { hasCredits: true, unlimited: false, balance: "9.5" },
    },
    { ...noLimits.rateLimits, limitId: "codex_bad" },
    {
      ...noLimits.rateLimits,
      limitId: "codex_fox",
      limitName: "Fox",
      secondary: { usedPercent: 0, windowDurationMins: null, resetsAt: null },
    },
  ]);
});

Deno.test("Model.stream repeats a request that got no stream, in silence", async () => {
  await using server = serveModel(
    refuse(500, ""),
    refuse(503, ""),
    refuse(502, "", { "retry-after": "7" }),
    ok,
  );
  const clock = stillClock();
  const model = modelAt(server.url, { request_max_retries: 3 }, { clock });
  const { events, failure } = await ask(model);
  assert.equal(failure, undefined);
  assert.deepEqual(events.at(-1), done);
  assert.equal(server.seen.length, 4);
  assert.deepEqual(
    clock.waits.map((ms) => Math.round(ms / 100)),
    [2, 4, 70],
  );
});

Deno.test("Model.stream repeats no request that would fail again", async () => {
  for (const status of [400, 401, 403, 404, 408, 429]) {
    await using server = serveModel(refuse(status, "", { "retry-after": "1" }));
    const clock = stillClock();
    const model = modelAt(server.url, { request_max_retries: 3 }, { clock });
    assert.ok((await ask(model)).failure);
    assert.equal(server.seen.length, 1);
    assert.deepEqual(clock.waits, []);
  }
});

Deno.test("Model.stream says that a provider can't be reached", async () => {
  const clock = stillClock();
  const model = modelAt(
    `http://127.0.0.1:${findFreePort()}/v1`,
    { request_max_retries: 2, query_params: { key: "secret" } },
    { clock },
  );
  const { failure } = await ask(model);
  assert.equal(failure?.message, "Connection failed: error sending request");
  assert.deepEqual(failure.info, {
    httpConnectionFailed: { httpStatusCode: null },
  });
  assert.equal(failure.isOffline, true);
  assert.equal(failure.isRetryable, true);
  assert.equal(failure.cause, undefined);
  assert.equal(clock.waits.length, 2);
});

Deno.test("Model.stream survives a server that hangs up at once", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const hangUp = (async () => {
    for await (const connection of listener) connection.close();
  })();
  const { failure } = await ask(modelAt(`http://127.0.0.1:${port}`));
  listener.close();
  await hangUp;
  assert.equal(
    failure?.message,
    "stream disconnected before completion: error sending request",
  );
  assert.equal(failure.isOffline, false);
  assert.equal(failure.isRetryable, true);
});

Deno.test("Model.stream gives up on a stream that falls silent", async () => {
  const stream = openEnded();
  await using server = serveModel(stream.answer);
  stream.send({ type: "response.output_text.delta", delta: "a" });
  const model = modelAt(server.url, { stream_idle_timeout_ms: 3000 });
  const { events, failure } = await ask(model);
  assert.equal(events.at(-1)?.type, "textDelta");
  assert.equal(
    failure?.message,
    "stream disconnected before completion: idle timeout waiting for SSE",
  );
  assert.equal(failure.isRetryable, true);
  await stream.ended;
});

Deno.test("Model.stream gives up on a server that never answers", async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  await using server = serveModel(() => promise);
  const model = modelAt(server.url, { stream_idle_timeout_ms: 30 });
  const { failure } = await ask(model);
  resolve(new Response(null));
  assert.equal(
    failure?.message,
    "stream disconnected before completion: idle timeout waiting for SSE",
  );
});

Deno.test("Model.stream is quiet for no longer than it is told, whatever comes", async () => {
  const stream = openEnded();
  await using server = serveModel(stream.answer);
  const model = modelAt(server.url, { stream_idle_timeout_ms: 10_000 });
  const { signal } = new AbortController();
  const events = model.stream(plain, { signal })[Symbol.asyncIterator]();
  await events.next();
  for (let index = 0; index < 5; index++) {
    stream.send({ type: "response.output_text.delta", delta: String(index) });
    assert.deepEqual((await events.next()).value, {
      type: "textDelta",
      itemId: undefined,
      delta: String(index),
    });
  }
  await events.return?.();
  await stream.ended;
});

Deno.test("Model.stream ends with the reason of its signal, whenever that comes", async (t) => {
  const reason = new Error("enough");

  await t.step("before it began", async () => {
    await using server = serveModel(ok);
    await assert.rejects(
      ask(modelAt(server.url), plain, AbortSignal.abort(reason)),
      reason,
    );
    assert.equal(server.seen.length, 0);
  });

  await t.step("while the server thinks", async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Response>();
    await using server = serveModel(() => {
      asked.resolve();
      return answer.promise;
    });
    const controller = new AbortController();
    const asking = ask(modelAt(server.url), plain, controller.signal);
    await asked.promise;
    controller.abort(reason);
    await assert.rejects(asking, reason);
    answer.resolve(new Response(null));
  });

  await t.step("while it waits for another attempt", async () => {
    await using server = serveModel(refuse(500, ""));
    const controller = new AbortController();
    const clock: Clock = {
      now: () => 0,
      delay: (_, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          controller.abort(reason);
        }),
    };
    const model = modelAt(server.url, { request_max_retries: 3 }, { clock });
    await assert.rejects(ask(model, plain, controller.signal), reason);
    assert.equal(server.seen.length, 1);
  });

  await t.step("between two events", async () => {
    const stream = openEnded();
    await using server = serveModel(stream.answer);
    stream.send({ type: "response.created", response: { id: "r" } });
    const controller = new AbortController();
    const model = modelAt(server.url);
    const events = model.stream(plain, { signal: controller.signal })
      [Symbol.asyncIterator]();
    await events.next();
    await events.next();
    const next = events.next();
    controller.abort(reason);
    await assert.rejects(next, reason);
    await stream.ended;
  });
});

Deno.test("Model.stream lets go of a stream that nobody reads on", async () => {
  const stream = openEnded();
  await using server = serveModel(stream.answer);
  stream.send({ type: "response.created", response: { id: "r" } });
  const { signal } = new AbortController();
  for await (const event of modelAt(server.url).stream(plain, { signal })) {
    if (event.type === "created") break;
  }
  await stream.ended;
});

Deno.test("Model.stream lets go of a server that goes on after the end", async () => {
  const stream = openEnded();
  await using server = serveModel(stream.answer);
  stream.send(completed);
  const { events } = await ask(modelAt(server.url));
  assert.deepEqual(events, [noLimits, done]);
  await stream.ended;
});

Deno.test("Model.stream sends what a provider is to get", async () => {
  await using server = serveModel(ok);
  const model = modelAt(`${server.url}/?v=1`, {
    query_params: { "api-version": "1 2" },
    env_key: "KEY",
    http_headers: { "X-Static": "s", "User-Agent": "mine" },
    env_http_headers: { "X-Env": "VALUE", "X-None": "NOTHING" },
  }, { env: new Map([["KEY", " k1 "], ["VALUE", "v"]]) });
  assert.equal((await ask(model)).failure, undefined);
  const { path, headers, body } = server.seen[0]!;
  assert.equal(path, "/v1/responses?v=1&api-version=1+2");
  const { host: _, "content-length": length, ...rest } = Object.fromEntries(
    headers,
  );
  assert.deepEqual(rest, {
    accept: "text/event-stream",
    "accept-encoding": "identity",
    "accept-language": "*",
    authorization: "Bearer k1",
    "content-type": "application/json",
    originator: "test",
    "thread-id": "thread-1",
    "user-agent": "mine",
    "x-codex-beta-features": "remote_compaction_v2",
    "x-env": "v",
    "x-static": "s",
  });
  assert.equal(length, String(body.length));
  assert.equal(
    body,
    '{"model":"mock","stream":true,"input":[{"type":"message","role":"user",' +
      '"content":[{"type":"input_text","text":"hi"}]}],"tools":[],' +
      '"tool_choice":"auto","parallel_tool_calls":true,' +
      '"reasoning":{"summary":"auto"},"store":false,' +
      '"include":["reasoning.encrypted_content"],' +
      '"prompt_cache_key":"thread-1","client_metadata":{"turn_id":"turn-1"}}',
  );
});

Deno.test("Model.stream uses a connection again", async () => {
  const ports = new Set<number>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request, { remoteAddr }) => {
      ports.add(remoteAddr.port);
      await request.text();
      return new Response(`data: ${JSON.stringify(completed)}\n\n`);
    },
  );
  const model = modelAt(`http://127.0.0.1:${server.addr.port}/v1`);
  const rounds = 8;
  for (let round = 0; round < rounds; round++) await ask(model);
  await server.shutdown();
  // One that ends late, on a machine with much to do, is not waited for.
  assert.ok(ports.size < rounds, `${ports.size} connections`);
});

Deno.test("Model.stream tells nobody a secret", async () => {
  const lines: string[] = [];
  const log = createLogger({
    write: (line) => lines.push(line),
    filter: LogFilter.parse("trace"),
  });
  await using server = serveModel(refuse(503, "no"));
  const url = server.url.replace("http://", "http://me:hunter2@");
  const model = modelAt(url, {
    experimental_bearer_token: "hunter2",
    query_params: { key: "hunter2" },
    http_headers: { "x-key": "hunter2" },
    request_max_retries: 1,
  }, { log, clock: stillClock() });
  const { failure } = await ask(model);
  assert.ok(lines.length > 0);
  assert.ok(!lines.join("").includes("hunter2"));
  assert.ok(!Deno.inspect(failure).includes("hunter2"));
  assert.equal(
    failure?.message,
    `unexpected status 503 Service Unavailable: no, url: ${server.url}/responses`,
  );
});

Deno.test("Model.stream refuses headers that can't be sent, without their values", async () => {
  const model = modelAt("http://127.0.0.1:1/v1", {
    http_headers: { "x-key": "hun\nter2" },
  });
  const { failure } = await ask(model);
  assert.equal(
    failure?.message,
    'Header "x-key" can\'t be sent to model provider "p": its name or value is not valid',
  );
});

Deno.test("Model.stream refuses an address that is none", async () => {
  const { failure } = await ask(modelAt("not a url"));
  assert.equal(
    failure?.message,
    'Model provider "p" has no valid base_url: "not a url"',
  );
  assert.equal(failure.isRetryable, false);
});

Deno.test("Model.stream asks once more when a key was renewed", async () => {
  await using server = serveModel(refuse(401, "old"), ok);
  const keys = ["old", "new"];
  const renewals: string[] = [];
  const model = modelAt(server.url, {}, {
    credentials: {
      headers: () => Promise.resolve({ authorization: keys[renewals.length]! }),
      onUnauthorized: ({ id }) => {
        renewals.push(id);
        return Promise.resolve(true);
      },
    },
  });
  assert.equal((await ask(model)).failure, undefined);
  assert.deepEqual(renewals, ["p"]);
  assert.deepEqual(
    server.seen.map(({ headers }) => headers.get("authorization")),
    ["old", "new"],
  );
});

Deno.test("Model.stream fails with 401 when a renewed key is no better", async () => {
  await using server = serveModel(refuse(401, "no"));
  let renewals = 0;
  const model = modelAt(server.url, {}, {
    credentials: {
      headers: () => Promise.resolve({}),
      onUnauthorized: () => Promise.resolve(++renewals > 0),
    },
  });
  assert.equal((await ask(model)).failure?.status, 401);
  assert.equal(renewals, 1);
  assert.equal(server.seen.length, 2);
});

Deno.test("Models.model knows providers by their id alone", () => {
  const models = createModels({
    config: new Config({
      effective: { model_providers: { x: { stream_max_retries: 7 }, y: {} } },
    }),
    home: "/nonexistent",
    env: Deno.env,
    log: silentLogger,
    userAgent: "test/1.0",
    originator: "test",
  });
  assert.equal(models.has("x"), true);
  assert.equal(models.has("openai"), true);
  assert.equal(models.has("nosuch"), false);
  assert.equal(models.has("constructor"), false);
  assert.equal(models.model("x").maxStreamRetries, 7);
  assert.equal(models.model("y").maxStreamRetries, 5);
  assert.equal(models.model("x"), models.model("x"));
  assert.throws(() => models.model("nosuch"), {
    name: "RangeError",
    message: "Model provider `nosuch` not found",
  });
});
