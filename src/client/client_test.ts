import assert from "node:assert/strict";
import fc from "fast-check";
import { ScriptedServer } from "./_scripted_server.ts";
import {
  Client,
  type ClientOptions,
  ConnectionClosedError,
  NotificationOverflowError,
  RpcError,
} from "./mod.ts";

const stat = { path: "/" };

async function connect(
  options?: ClientOptions,
  server: ScriptedServer = new ScriptedServer(),
): Promise<{ client: Client; server: ScriptedServer }> {
  const greeting = server.greet();
  const client = await Client.connect({ channel: server.channel }, options);
  await greeting;
  return { client, server };
}

/** What a promise is rejected with. */
function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => assert.fail(`Resolved with ${JSON.stringify(value)}`),
    (error) => error,
  );
}

/** Enough turns for whatever could go on to have gone on. */
async function atRest(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await new Promise((resolve) => setTimeout(resolve));
  }
}

async function until(look: () => boolean): Promise<void> {
  while (!look()) await new Promise((resolve) => setTimeout(resolve));
}

Deno.test("Client.connect() introduces itself and says initialized", async () => {
  const server = new ScriptedServer();
  const greeting = server.greet();
  await using client = await Client.connect({ channel: server.channel }, {
    clientInfo: { name: "n", version: "1" },
    capabilities: {
      experimentalApi: true,
      optOutNotificationMethods: ["fs/changed"],
      gangway: {},
    },
  });
  assert.deepEqual(await greeting, [{
    id: 0,
    method: "initialize",
    params: {
      clientInfo: { name: "n", version: "1" },
      capabilities: {
        experimentalApi: true,
        optOutNotificationMethods: ["fs/changed"],
        gangway: {},
      },
    },
  }, { method: "initialized" }]);
  assert.deepEqual(client.initialized, { userAgent: "scripted" });
});

Deno.test("Client.connect() names itself with the package's version", async () => {
  const server = new ScriptedServer();
  const greeting = server.greet();
  await using _client = await Client.connect({ channel: server.channel });
  const [{ params }] = await greeting;
  const { default: { version } } = await import("../../deno.json", {
    with: { type: "json" },
  });
  assert.deepEqual(params, {
    clientInfo: { name: "gangway-client", title: "Gangway client", version },
  });
});

Deno.test("Client.connect() rejects with the server's refusal and closes the channel", async () => {
  const server = new ScriptedServer({
    error: { code: -32600, message: "Invalid clientInfo.name" },
  });
  const asked = server.next();
  const error = await rejection(Client.connect({ channel: server.channel }));
  await asked;
  assert.ok(error instanceof RpcError);
  assert.deepEqual(
    { code: error.code, message: error.message },
    { code: -32600, message: "Invalid clientInfo.name" },
  );
  await server.channel.closed;
});

Deno.test("Client.connect() rejects when the server ends before it answers", async () => {
  const server = new ScriptedServer();
  const connecting = rejection(Client.connect({ channel: server.channel }));
  await server.close(1013, "too slow");
  const error = await connecting;
  assert.ok(error instanceof ConnectionClosedError);
  assert.deepEqual(
    { code: error.code, reason: error.reason, by: error.by },
    { code: 1013, reason: "too slow", by: "peer" },
  );
});

Deno.test("Client.connect() gives up with the signal's reason", async () => {
  const before = new ScriptedServer();
  const reason = new Error("no time");
  assert.equal(
    await rejection(
      Client.connect({ channel: before.channel }, {
        signal: AbortSignal.abort(reason),
      }),
    ),
    reason,
  );
  before.channel.terminate();
  const controller = new AbortController();
  const during = new ScriptedServer();
  const connecting = rejection(
    Client.connect({ channel: during.channel }, { signal: controller.signal }),
  );
  controller.abort(reason);
  assert.equal(await connecting, reason);
  await during.channel.closed;
});

Deno.test("Client.notifications() made right behind connect() misses nothing", async () => {
  const server = new ScriptedServer({ result: {} }, [
    { method: "configWarning", params: { summary: "1", details: null } },
    { method: "remoteControl/status/changed", params: { status: "disabled" } },
  ]);
  const greeting = server.greet();
  await using client = await Client.connect({ channel: server.channel });
  using all = client.notifications();
  await greeting;
  assert.deepEqual([await all.next(), await all.next()], [
    {
      done: false,
      value: {
        method: "configWarning",
        params: { summary: "1", details: null },
      },
    },
    {
      done: false,
      value: {
        method: "remoteControl/status/changed",
        params: { status: "disabled" },
      },
    },
  ]);
});

Deno.test("Client.request() tells apart replies that come out of order", async () => {
  const { client, server } = await connect();
  await using _closing = client;
  const first = client.request("fs/readFile", { path: "/1" });
  const second = client.request("fs/getMetadata", { path: "/2" });
  const third = client.request("configRequirements/read");
  const seen = [await server.next(), await server.next(), await server.next()];
  assert.deepEqual(seen, [
    { id: 1, method: "fs/readFile", params: { path: "/1" } },
    { id: 2, method: "fs/getMetadata", params: { path: "/2" } },
    { id: 3, method: "configRequirements/read" },
  ]);
  await server.send(
    { id: 3, result: { requirements: null } },
    { id: 1, result: { dataBase64: "MQ==" } },
    { id: 2, error: { code: -32603, message: "no", data: { os: 2 } } },
  );
  assert.deepEqual(await third, { requirements: null });
  assert.deepEqual(await first, { dataBase64: "MQ==" });
  const error = await rejection(second);
  assert.ok(error instanceof RpcError);
  assert.deepEqual(
    { code: error.code, message: error.message, data: error.data },
    { code: -32603, message: "no", data: { os: 2 } },
  );
});

Deno.test("Client.request() with an aborted signal sends nothing", async () => {
  const { client, server } = await connect();
  await using _closing = client;
  const reason = new Error("before");
  const signal = AbortSignal.abort(reason);
  assert.equal(
    await rejection(client.request("fs/getMetadata", stat, { signal })),
    reason,
  );
  const later = client.request("fs/getMetadata", stat);
  assert.deepEqual(await server.next(), {
    id: 1,
    method: "fs/getMetadata",
    params: stat,
  });
  await server.send({ id: 1, result: {} });
  await later;
});

Deno.test("Client.request() aborted on its way rejects at once, cancels, and ignores the late reply", async () => {
  const { client, server } = await connect();
  await using _closing = client;
  const controller = new AbortController();
  const reason = new Error("enough");
  const request = client.request("fs/getMetadata", stat, {
    signal: controller.signal,
  });
  await server.next();
  controller.abort(reason);
  assert.equal(await rejection(request), reason);
  assert.deepEqual(await server.next(), {
    method: "$/cancelRequest",
    params: { id: 1 },
  });
  await server.send({ id: 1, result: { late: true } });
  const next = client.request("fs/getMetadata", stat);
  await server.next();
  await server.send({ id: 2, result: { isFile: true } });
  assert.deepEqual(await next, { isFile: true });
});

Deno.test("Client.request() aborted after its reply changes nothing", async () => {
  const { client, server } = await connect();
  await using _closing = client;
  const controller = new AbortController();
  const request = client.request("fs/getMetadata", stat, {
    signal: controller.signal,
  });
  await server.next();
  await server.send({ id: 1, result: {} });
  await request;
  controller.abort();
  client.notify("initialized");
  assert.deepEqual(await server.next(), { method: "initialized" });
});

Deno.test("Client.request() takes 10,000 requests at a time", async () => {
  const { client, server } = await connect();
  await using _closing = client;
  const count = 10_000;
  const serving = (async () => {
    for (let at = 0; at < count; at++) {
      const { id, params } = await server.next();
      await server.send({ id, result: params as object });
    }
  })();
  const results = await Promise.all(
    Array.from(
      { length: count },
      (_, at) => client.request("fs/getMetadata", { path: `/${at}` }),
    ),
  );
  await serving;
  assert.deepEqual(
    results as unknown,
    Array.from({ length: count }, (_, at) => ({ path: `/${at}` })),
  );
});

Deno.test("Client.closed: every pending request is rejected, and every later one", async () => {
  const { client, server } = await connect();
  const pending = [1, 2, 3].map(() =>
    rejection(client.request("fs/getMetadata", stat))
  );
  for (const _ of pending) await server.next();
  await server.close(1001, "the server is shutting down");
  for (const error of await Promise.all(pending)) {
    assert.ok(error instanceof ConnectionClosedError);
    assert.deepEqual(
      [error.message, error.code, error.reason],
      [
        "Connection closed (1001): the server is shutting down",
        1001,
        "the server is shutting down",
      ],
    );
  }
  assert.deepEqual(await client.closed, {
    by: "peer",
    code: 1001,
    reason: "the server is shutting down",
  });
  assert.ok(
    await rejection(client.request("fs/getMetadata", stat)) instanceof
      ConnectionClosedError,
  );
  assert.ok(
    await rejection(client.notify("initialized")) instanceof
      ConnectionClosedError,
  );
});

Deno.test("Client.close() rejects what is pending, is idempotent, and ends loops quietly", async () => {
  const { client } = await connect();
  const pending = rejection(client.request("fs/getMetadata", stat));
  using changes = client.notifications("fs/changed");
  const waiting = changes.next();
  await Promise.all([client.close(), client.close()]);
  const error = await pending;
  assert.ok(error instanceof ConnectionClosedError);
  assert.equal(error.by, "us");
  assert.deepEqual(await waiting, { done: true, value: undefined });
  assert.deepEqual(await client.notifications().next(), {
    done: true,
    value: undefined,
  });
});

Deno.test("Client ends the connection when the server sends no message", async () => {
  for (const frame of ["hello", "[]", '{"id":1.5,"result":0}']) {
    const { client, server } = await connect();
    const pending = rejection(client.request("fs/getMetadata", stat));
    await server.next();
    await server.send(frame);
    const error = await pending;
    assert.ok(error instanceof ConnectionClosedError);
    assert.equal(error.by, "error");
    assert.match(error.reason, /^Server sent something that is no message: /);
  }
});

Deno.test("Client ignores replies that nobody waits for", async () => {
  const { client, server } = await connect();
  await using _closing = client;
  const request = client.request("fs/getMetadata", stat);
  await server.next();
  await server.send(
    { id: 99, result: 1 },
    { id: "1", result: 2 },
    { id: 98, error: { code: 1, message: "x" } },
    { id: 1, result: { mine: true } },
  );
  assert.deepEqual(await request as unknown, { mine: true });
});

Deno.test("Client.handle() answers with results and errors, echoing ids digit for digit", async () => {
  const { client, server } = await connect();
  await using _closing = client;
  client.handle("item/tool/call", ({ tool }) => ({
    contentItems: [{ type: "inputText", text: `ran ${tool}` }],
    success: true,
  }));
  client.handle("applyPatchApproval", () => {
    throw new RpcError(-32001, "busy", { data: { again: true } });
  });
  client.handle("execCommandApproval", () => Promise.reject(new Error("bug")));
  await server.send(
    '{"id":9007199254740993,"method":"item/tool/call","params":{"tool":"t"}}',
    { id: "p", method: "applyPatchApproval" },
    { id: 2, method: "execCommandApproval" },
    { id: 3, method: "attestation/generate" },
  );
  const answers = [];
  for (let at = 0; at < 4; at++) answers.push(await server.nextFrame());
  assert.deepEqual(answers.toSorted(), [
    '{"error":{"code":-32001,"message":"busy","data":{"again":true}},"id":"p"}',
    '{"error":{"code":-32601,"message":"Method \\"attestation/generate\\" has no handler"},"id":3}',
    '{"error":{"code":-32603,"message":"bug"},"id":2}',
    '{"id":9007199254740993,"result":{"contentItems":[{"type":"inputText","text":"ran t"}],"success":true}}',
  ]);
});

Deno.test("Client.handle() refuses a second handler until the first is disposed", async () => {
  const { client } = await connect();
  await using _closing = client;
  const tell = () => ({ currentTimeAt: 1 });
  const first = client.handle("currentTime/read", tell);
  assert.throws(
    () => client.handle("currentTime/read", tell),
    new TypeError('Method "currentTime/read" has a handler already'),
  );
  first[Symbol.dispose]();
  client.handle("currentTime/read", tell)[Symbol.dispose]();
});

Deno.test("Client.handle() aborts its signal when nobody waits for the answer", async () => {
  const { client, server } = await connect();
  const started = [0, 1, 2].map(() => Promise.withResolvers<AbortSignal>());
  let at = 0;
  client.handle("item/tool/call", (_, { signal }) => {
    started[at++]!.resolve(signal);
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  });
  for (const id of [1, 2, 3]) {
    await server.send({ id, method: "item/tool/call" });
  }
  const [one, two, three] = await Promise.all(
    started.map(({ promise }) => promise),
  );
  await server.send(
    { method: "$/cancelRequest", params: { id: 1 } },
    {
      method: "serverRequest/resolved",
      params: { threadId: "t", requestId: 2 },
    },
  );
  const aborted = (signal: AbortSignal): Promise<unknown> =>
    signal.aborted
      ? Promise.resolve()
      : new Promise((resolve) => signal.addEventListener("abort", resolve));
  await Promise.all([aborted(one!), aborted(two!)]);
  assert.equal(three!.aborted, false);
  await client.close();
  assert.ok(three!.reason instanceof ConnectionClosedError);
});

Deno.test("Client.notifications() gives each consumer its own, filtered by name", async () => {
  const { client, server } = await connect();
  await using _closing = client;
  using all = client.notifications();
  using changed = client.notifications("fs/changed");
  using two = client.notifications(["warning", "fs/changed"]);
  await server.send(
    { method: "warning", params: 1 },
    { method: "fs/changed", params: 2 },
    { method: "error", params: 3 },
  );
  await server.close();
  const take = async (loop: AsyncIterable<{ params: unknown }>) => {
    const got: unknown[] = [];
    const error = await rejection((async () => {
      for await (const { params } of loop) got.push(params);
    })());
    assert.ok(error instanceof ConnectionClosedError);
    return got;
  };
  assert.deepEqual(await take(all), [1, 2, 3]);
  assert.deepEqual(await take(changed), [2]);
  assert.deepEqual(await take(two), [1, 2]);
});

Deno.test("Client.notifications() cuts off a consumer that does not keep up, and only it", async () => {
  const { client, server } = await connect();
  await using _closing = client;
  using slow = client.notifications("warning", { maxQueued: 2 });
  using other = client.notifications("warning");
  for (const params of [1, 2, 3, 4]) {
    await server.send({ method: "warning", params });
  }
  const request = client.request("fs/getMetadata", stat);
  await server.next();
  await server.send({ id: 1, result: {} });
  await request;
  assert.equal((await slow.next()).value.params, 1);
  assert.equal((await slow.next()).value.params, 2);
  const error = await rejection(slow.next());
  assert.ok(error instanceof NotificationOverflowError);
  assert.deepEqual([error.limit, error.message], [
    2,
    "Notifications came faster than they were read: 2 were waiting",
  ]);
  assert.deepEqual(await slow.next(), { done: true, value: undefined });
  const got = [];
  for (let at = 0; at < 4; at++) got.push((await other.next()).value.params);
  assert.deepEqual(got, [1, 2, 3, 4]);
});

Deno.test("Client.notifications() with whenFull: pause reads nothing more until one is taken", async () => {
  const { client, server } = await connect();
  await using _closing = client;
  using slow = client.notifications("warning", {
    maxQueued: 2,
    whenFull: "pause",
  });
  using other = client.notifications("warning");
  const all = Array.from({ length: 500 }, (_, at) => at);
  let sent = 0;
  const sending = (async () => {
    for (const params of all) {
      await server.send({ method: "warning", params });
      sent++;
    }
  })();
  for (let at = 0; at < 2; at++) await other.next();
  // The rest stands in the channel, and when that is full, with the sender.
  const third = other.next();
  await until(() => sent > 2);
  const settled = await Promise.race([third, atRest().then(() => "waiting")]);
  assert.equal(settled, "waiting");
  assert.ok(sent < 100, `${sent} were sent`);

  const got = [];
  for (const _ of all) got.push((await slow.next()).value.params);
  assert.deepEqual(got, all);
  assert.equal((await third).value.params, 2);
  await sending;
});

for (const way of ["dispose", "signal"] as const) {
  Deno.test(`Client.notifications() that holds the connection up lets go of it by ${way}`, async () => {
    const { client, server } = await connect();
    await using _closing = client;
    const leaving = new AbortController();
    const slow = client.notifications("warning", {
      maxQueued: 1,
      whenFull: "pause",
      signal: leaving.signal,
    });
    await server.send(
      { method: "warning", params: 1 },
      { method: "warning", params: 2 },
    );
    const request = client.request("fs/getMetadata", stat);
    await server.next();
    await server.send({ id: 1, result: {} });
    if (way === "dispose") slow[Symbol.dispose]();
    else leaving.abort();
    assert.deepEqual(await request, {});
  });
}

Deno.test("Client.close() does not wait for a consumer that holds the connection up", async () => {
  const { client, server } = await connect();
  using slow = client.notifications("warning", {
    maxQueued: 1,
    whenFull: "pause",
  });
  await server.send(
    { method: "warning", params: 1 },
    { method: "warning", params: 2 },
  );
  await atRest();
  await client.close();
  assert.deepEqual((await slow.next()).value.params, 1);
});

Deno.test("Client.notifications() ends with its signal's reason", async () => {
  const { client } = await connect();
  await using _closing = client;
  const controller = new AbortController();
  const reason = new Error("done");
  using changes = client.notifications("fs/changed", {
    signal: controller.signal,
  });
  const waiting = rejection(changes.next());
  controller.abort(reason);
  assert.equal(await waiting, reason);
  assert.equal(
    await rejection(
      client.notifications("fs/changed", { signal: controller.signal }).next(),
    ),
    reason,
  );
});

Deno.test("Client.notifications() left by break takes nothing more", async () => {
  const { client, server } = await connect();
  await using _closing = client;
  const warnings = client.notifications("warning");
  await server.send({ method: "warning", params: 1 });
  for await (const { params } of warnings) {
    assert.equal(params, 1);
    break;
  }
  await server.send({ method: "warning", params: 2 });
  assert.deepEqual(await warnings.next(), { done: true, value: undefined });
});

Deno.test("Client.request() gives every request its own end under any interleaving", async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("ask" as const), abortable: fc.boolean() }),
    fc.record({ kind: fc.constant("answer" as const), pick: fc.nat() }),
    fc.record({ kind: fc.constant("refuse" as const), pick: fc.nat() }),
    fc.record({ kind: fc.constant("abort" as const), pick: fc.nat() }),
    fc.record({ kind: fc.constant("notify" as const), pick: fc.nat() }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { client, server } = await connect();
      using warnings = client.notifications("warning");
      const seen = (async () => {
        try {
          for (;;) await server.next();
        } catch {
          // The client is gone: that is the end.
        }
      })();
      const ends = new Map<number, Promise<string>>();
      const expected = new Map<number, string>();
      const controllers = new Map<number, AbortController>();
      const open = new Set<number>();
      const sent: number[] = [];
      let id = 0;
      for (const { kind, ...step } of steps) {
        const pick = "pick" in step ? step.pick : 0;
        const target = [...open][pick % open.size];
        if (kind === "ask") {
          const controller = new AbortController();
          controllers.set(++id, controller);
          open.add(id);
          ends.set(
            id,
            client.request("fs/getMetadata", { path: `/${id}` }, {
              signal: controller.signal,
            }).then(
              (result) => `result ${JSON.stringify(result)}`,
              (error) => `${error.name}: ${error.message}`,
            ),
          );
        } else if (kind === "notify") {
          sent.push(pick);
          await server.send({ method: "warning", params: pick });
        } else if (target !== undefined) {
          open.delete(target);
          if (kind === "abort") {
            controllers.get(target)!.abort(new Error(`abort ${target}`));
            expected.set(target, `Error: abort ${target}`);
            await server.send({ id: target, result: "late" });
          } else if (kind === "answer") {
            await server.send({ id: target, result: target });
            expected.set(target, `result ${target}`);
            // Until the reply was read, an abort would still win.
            await ends.get(target);
          } else {
            await server.send({
              id: target,
              error: { code: -1, message: `no ${target}` },
            });
            expected.set(target, `RpcError: no ${target}`);
            await ends.get(target);
          }
        }
      }
      for (const id of open) {
        expected.set(
          id,
          "ConnectionClosedError: Connection closed (1001): going away",
        );
      }
      await server.close();
      const got = new Map<number, string>();
      for (const [id, end] of ends) got.set(id, await end);
      assert.deepEqual(
        [...got].sort(([a], [b]) => a - b),
        [...expected].sort(([a], [b]) => a - b),
      );
      const received: unknown[] = [];
      await rejection((async () => {
        for await (const { params } of warnings) received.push(params);
      })());
      assert.deepEqual(received, sent);
      await client.close();
      await seen;
    }),
    { numRuns: 100 },
  );
});
