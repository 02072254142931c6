import assert from "node:assert/strict";
import { createAppServer, listenWebSocket } from "../../mod.ts";
import { initialize, nextReply, request, rest } from "../kit/peer.ts";
import { atRest } from "../kit/process_facts.ts";
import { type Exit, ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { WebSocketPeer } from "../kit/websocket_peer.ts";

const MIB = 1024 * 1024;
const GOING_AWAY = { code: 1001, reason: "the server is shutting down" };

type Listen = "stdio" | "ws" | "unix";

async function start(listen: Listen, home: string): Promise<ServerProcess> {
  return await ServerProcess.start({
    home,
    listen: {
      stdio: undefined,
      ws: "ws://127.0.0.1:0",
      unix: `unix://${home}/socket`,
    }[listen],
  });
}

/** Requests of which each leaves a file named after its id. */
function writes(directory: string, count: number): string[] {
  return Array.from({ length: count }, (_, id) =>
    request(id, "fs/writeFile", {
      path: `${directory}/${id}`,
      dataBase64: "AAAA",
    }));
}

async function namesIn(directory: string): Promise<number[]> {
  const entries = await Array.fromAsync(Deno.readDir(directory));
  return entries.map(({ name }) => Number(name)).toSorted((a, b) => a - b);
}

const upTo = (count: number): number[] =>
  Array.from({ length: count }, (_, id) => id);

Deno.test("every request before the end of stdin is carried out and answered, and the exit code is 0", async () => {
  await using home = await createTempDir();
  await using directory = await createTempDir();
  await using server = await start("stdio", home.path);
  await initialize(server.stdio);
  await server.stdio.send(...writes(directory.path, 1_000));
  await server.stdio.end();
  const ids = (await rest(server.stdio)).map(({ id }) => Number(id));
  assert.deepEqual(await server.exit(), { code: 0, signal: null });
  assert.deepEqual(ids.toSorted((a, b) => a - b), upTo(1_000));
  assert.deepEqual(await namesIn(directory.path), upTo(1_000));
});

const signals: readonly (readonly [signal: Deno.Signal, onStdio: Exit])[] = [
  ["SIGTERM", { code: 0, signal: null }],
  ["SIGINT", { code: 130, signal: "SIGINT" }],
  ["SIGHUP", { code: 129, signal: "SIGHUP" }],
];

for (const listen of ["stdio", "ws", "unix"] as const) {
  for (const [signal, onStdio] of signals) {
    Deno.test(`${signal} on ${listen}: what was carried out was answered, and nothing else was done`, async () => {
      await using home = await createTempDir();
      await using directory = await createTempDir();
      await using server = await start(listen, home.path);
      await using peer = await server.connect();
      await initialize(peer);
      const sent = peer.send(...writes(directory.path, 3_000)).catch(() => {});
      const first = await nextReply(peer);
      server.kill(signal);
      const replies = [first, ...await rest(peer)];
      for (const reply of replies) {
        assert.deepEqual(reply, { id: reply.id, result: {} });
      }
      if (peer instanceof WebSocketPeer) {
        assert.deepEqual(peer.closeFrame, GOING_AWAY);
        await peer[Symbol.asyncDispose]();
      }
      assert.deepEqual(
        await server.exit(),
        listen === "stdio" ? onStdio : { code: 0, signal: null },
      );
      await server.stdio[Symbol.asyncDispose]();
      await sent;
      // Read in order: none is missing between others.
      const ids = replies.map(({ id }) => Number(id)).toSorted((a, b) => a - b);
      assert.deepEqual(ids, upTo(ids.length));
      assert.deepEqual(await namesIn(directory.path), ids);
      if (listen === "unix") {
        await assert.rejects(
          Deno.lstat(`${home.path}/socket`),
          Deno.errors.NotFound,
        );
      }
    });
  }

  Deno.test(`a second signal on ${listen} ends the server although a reader stalls`, async () => {
    await using home = await createTempDir();
    await using server = await start(listen, home.path);
    await using peer = await server.connect();
    await initialize(peer);
    const path = `${home.path}/large`;
    await Deno.writeFile(path, new Uint8Array(32 * MIB));
    await peer.send(request(1, "fs/readFile", { path }));
    await atRest(server.pid);
    const begunAt = performance.now();
    server.kill("SIGINT");
    server.kill("SIGTERM");
    // Which of the two comes first is the system's affair.
    const ended = JSON.stringify(await server.exit());
    const expected = [{ code: 0, signal: null }, {
      code: 130,
      signal: "SIGINT",
    }]
      .slice(0, listen === "stdio" ? 2 : 1);
    assert.ok(
      expected.map((one) => JSON.stringify(one)).includes(ended),
      ended,
    );
    // The first one alone would wait 5 s for the reader.
    const tookMs = performance.now() - begunAt;
    assert.ok(tookMs < 4_000, `Took ${tookMs} ms`);
  });
}

Deno.test("AppServer.close() waits flushMs for a reader that stalls, then says goodbye all the same", async () => {
  await using home = await createTempDir();
  const path = `${home.path}/large`;
  await Deno.writeFile(path, new Uint8Array(32 * MIB));
  await using server = await createAppServer({
    home: home.path,
    limits: { flushMs: 100 },
  });
  const door = await listenWebSocket({ hostname: "127.0.0.1", port: 0 });
  const served = server.listen(door);
  await using stalled = await WebSocketPeer.connect(door.address);
  await using quiet = await WebSocketPeer.connect(door.address);
  await initialize(stalled);
  await initialize(quiet);
  await stalled.send(request(1, "fs/readFile", { path }));
  const closed = server.close();
  assert.deepEqual(await quiet.closing(), GOING_AWAY);
  await closed;
  await served;
  assert.equal(server.connections, 0);
});

Deno.test("a server that shuts down does not wait for a peer that never finishes its handshake", async () => {
  await using home = await createTempDir();
  await using server = await start("ws", home.path);
  const { hostname, port } = new URL(server.url);
  const address = { hostname, port: Number(port) };
  using silent = await Deno.connect(address);
  using halfway = await Deno.connect(address);
  await halfway.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHo"));
  {
    await using peer = await server.connect();
    await initialize(peer); // Whoever came before it was taken in by now.
  }
  server.kill("SIGTERM");
  assert.deepEqual(await server.exit(), { code: 0, signal: null });
  const byte = new Uint8Array(1);
  for (const conn of [silent, halfway]) {
    assert.equal(await conn.read(byte).catch(() => null), null);
  }
});
