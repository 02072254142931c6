import assert from "node:assert/strict";
import { createServer } from "node:net";
import { createBearerPolicy } from "./bearer.ts";
import { sha256Hex } from "./capability_token.ts";
import type { Channel, Listener } from "./channel.ts";
import { dial } from "./dial.ts";
import { DialError } from "./dial_error.ts";
import { listenUnix } from "./listen_unix.ts";
import { listenWebSocket } from "./listen_websocket.ts";

const LOCAL = { hostname: "127.0.0.1", port: 0 };

async function accept(listener: Listener): Promise<Channel> {
  const { value } = await listener.channels[Symbol.asyncIterator]().next();
  return value;
}

async function talk(listener: Listener, client: Channel): Promise<void> {
  const server = await accept(listener);
  const big = "é".repeat(2_000_000);
  const sending = client.send(["hello", big]);
  const frames = server.frames[Symbol.asyncIterator]();
  assert.equal((await frames.next()).value, "hello");
  assert.equal((await frames.next()).value, big);
  await sending;
  const chunks = (async function* () {
    yield new TextEncoder().encode("in ");
    yield new TextEncoder().encode("parts");
  })();
  await server.send(["whole", chunks]);
  const heard = client.frames[Symbol.asyncIterator]();
  assert.equal((await heard.next()).value, "whole");
  assert.equal((await heard.next()).value, "in parts");
  await client.close(1000, "done");
  assert.deepEqual(await client.closed, {
    by: "us",
    code: 1000,
    reason: "done",
  });
  assert.deepEqual(await server.closed, {
    by: "peer",
    code: 1000,
    reason: "done",
  });
}

Deno.test("dial() talks to a websocket listener", async () => {
  await using listener = await listenWebSocket(LOCAL);
  const client = await dial(listener.address);
  assert.equal(client.origin, "websocket");
  assert.equal(client.peer, listener.address);
  await talk(listener, client);
});

Deno.test("dial() talks to a unix socket, also at a path with colons or a long one", async () => {
  const home = await Deno.makeTempDir();
  const long = `${home}/${"d".repeat(150)}`;
  await Deno.mkdir(long, { mode: 0o700 });
  for (
    const path of [`${home}/s.sock`, `${home}/a:b?c#d.sock`, `${long}/s.sock`]
  ) {
    await using listener = await listenUnix({ home, path });
    const client = await dial(listener.address);
    assert.equal(client.origin, "unix");
    await talk(listener, client);
  }
  await Deno.remove(home, { recursive: true });
});

Deno.test("dial() misses no message that comes right behind the handshake", async () => {
  for (let i = 0; i < 20; i++) {
    await using listener = await listenWebSocket(LOCAL);
    const serving = accept(listener).then(async (server) => {
      await server.send(["first", "second"]);
      return server;
    });
    await using client = await dial(listener.address);
    const frames = client.frames[Symbol.asyncIterator]();
    assert.equal((await frames.next()).value, "first");
    assert.equal((await frames.next()).value, "second");
    (await serving).terminate();
  }
});

Deno.test("dial() tells what a server answered instead", async () => {
  const auth = await createBearerPolicy({
    mode: "capability-token",
    tokenSha256: sha256Hex("good-token"),
  });
  await using listener = await listenWebSocket({ ...LOCAL, auth });
  const url = listener.address;
  const cases: [Parameters<typeof dial>[1], number, string][] = [
    [{}, 401, "missing websocket bearer token"],
    [{ token: "bad-token" }, 401, "invalid websocket bearer token"],
    [
      { headers: { authorization: "Basic bad-token" } },
      401,
      "invalid authorization header",
    ],
    [{ token: "good-token", headers: { origin: "http://x" } }, 403, ""],
  ];
  for (const [options, status, body] of cases) {
    await assert.rejects(dial(url, options), (error) => {
      assert.ok(error instanceof DialError);
      assert.deepEqual(error.refusal, { status, body });
      const words = body === "" ? "" : `: ${body}`;
      assert.equal(
        error.message,
        `Cannot connect to "${url}": server answered ${status}${words}`,
      );
      return true;
    });
  }
  await talk(listener, await dial(url, { token: "good-token" }));
});

Deno.test("dial() says why nobody answered, and keeps the token to itself", async () => {
  const refused = "Connection refused (os error 111)";
  const missing = "No such file or directory (os error 2)";
  const long = `unix:///no/such/${"d".repeat(200)}`;
  const listener = await listenWebSocket(LOCAL);
  const url = listener.address;
  await listener[Symbol.asyncDispose]();
  const cases: [string, string][] = [
    [url, refused],
    ["unix:///no/such.sock", missing],
    [long, missing],
    ["http://[", "not a websocket URL"],
    ["ftp://127.0.0.1", "not a websocket URL"],
    ["", "not a websocket URL"],
  ];
  for (const [target, words] of cases) {
    await assert.rejects(dial(target, { token: "secret-token" }), (error) => {
      assert.ok(error instanceof DialError);
      assert.equal(error.message, `Cannot connect to "${target}": ${words}`);
      assert.equal(error.refusal, undefined);
      return true;
    });
  }
});

Deno.test("dial() gives up when it is told to", async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const address = silent.address();
  assert.ok(typeof address === "object" && address);
  const controller = new AbortController();
  silent.once("connection", () => controller.abort(new Error("enough")));
  await assert.rejects(
    dial(`ws://127.0.0.1:${address.port}`, { signal: controller.signal }),
    { message: "enough" },
  );
  await assert.rejects(
    dial("ws://127.0.0.1:1", { signal: controller.signal }),
    {
      message: "enough",
    },
  );
  await new Promise((resolve) => silent.close(resolve));
});

Deno.test("dial() refuses a longer message than it takes, with a reason", async () => {
  await using listener = await listenWebSocket(LOCAL);
  await using client = await dial(listener.address, { maxMessageBytes: 1000 });
  const server = await accept(listener);
  const reading = Array.fromAsync(client.frames);
  await server.send(["x".repeat(1001)]);
  assert.deepEqual(await reading, []);
  assert.deepEqual(await server.closed, {
    by: "peer",
    code: 1009,
    reason: "Message is longer than 1000 bytes",
  });
});
