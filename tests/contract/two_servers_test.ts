import assert from "node:assert/strict";
import { createAppServer, listenWebSocket, type Logger } from "../../mod.ts";
import { Client, RpcError } from "../../src/client/mod.ts";
import { createTempDir } from "../kit/temp_dir.ts";

/** A log that keeps what it is told. */
function createMemoryLog(): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  const write = (message: string): void => void lines.push(message);
  const log: Logger = {
    error: write,
    warn: write,
    info: write,
    debug: write,
    trace: write,
    enabled: () => true,
    child: () => log,
  };
  return { log, lines };
}

Deno.test("two servers in one process do not notice each other", async () => {
  await using home1 = await createTempDir();
  await using home2 = await createTempDir();
  await using directory = await createTempDir();
  await Deno.writeTextFile(`${home2.path}/config.toml`, "model = 5\n");
  const memory1 = createMemoryLog();
  const memory2 = createMemoryLog();
  const server1 = await createAppServer({
    home: home1.path,
    log: memory1.log,
    limits: { maxInFlight: 1 },
  });
  await using server2 = await createAppServer({
    home: home2.path,
    log: memory2.log,
    access: { denyWrite: [directory.path] },
  });
  const connect = (server: typeof server1, name: string): Promise<Client> =>
    Client.connect({ channel: server.connect() }, {
      clientInfo: { name, version: "1" },
      capabilities: { gangway: {} },
    });
  const client1 = await connect(server1, "first");
  await using client2 = await connect(server2, "second");

  // Home, warnings, limits and the name in the user agent are each one's own.
  using greetings = client2.notifications("configWarning");
  const { value: warning } = await greetings.next();
  assert.match(warning!.params.details!, /config\.toml:1:9/);
  assert.deepEqual(
    [client1, client2].map(({ initialized }) => [
      initialized.codexHome,
      initialized.userAgent.slice(0, initialized.userAgent.indexOf("/")),
      initialized.gangway?.limits.maxInFlightRequests,
    ]),
    [[home1.path, "first", 1], [home2.path, "second", 128]],
  );

  // So are the rules, ...
  const path = `${directory.path}/file`;
  const write = { path, dataBase64: btoa("x") };
  await client1.request("fs/writeFile", write);
  await assert.rejects(
    client2.request("fs/writeFile", write),
    (error) =>
      error instanceof RpcError && error.message.includes("--deny-write"),
  );
  // ... the ids of watches, ...
  for (const client of [client1, client2]) {
    const watch = { watchId: "w", path: directory.path };
    assert.deepEqual(await client.request("fs/watch", watch), {
      path: directory.path,
    });
  }
  // ... the numbers of connections, and the logs.
  assert.deepEqual([server1.connections, server2.connections], [1, 1]);
  const refusals = (lines: readonly string[]): number =>
    lines.filter((line) => line === "request refused").length;
  assert.deepEqual([refusals(memory1.lines), refusals(memory2.lines)], [0, 1]);

  // The end of one is not the end of the other, nor of its watches.
  using changes = client2.notifications("fs/changed");
  await server1.close();
  assert.equal((await client1.closed).by, "peer");
  await Deno.writeTextFile(`${directory.path}/later`, "");
  const { value: change } = await changes.next();
  assert.deepEqual(change?.params.changedPaths, [`${directory.path}/later`]);
});

Deno.test("two servers in one process listen side by side, and one closes alone", async () => {
  await using home = await createTempDir();
  const address = { hostname: "127.0.0.1", port: 0 };
  const server1 = await createAppServer({ home: home.path });
  const server2 = await createAppServer({ home: home.path });
  const door1 = await listenWebSocket(address);
  const door2 = await listenWebSocket(address);
  const served = [server1.listen(door1), server2.listen(door2)];
  {
    await using client1 = await Client.connect({ url: door1.address });
    await using client2 = await Client.connect({ url: door2.address });
    const closing = server1.close();
    assert.deepEqual(await client1.closed, {
      by: "peer",
      code: 1001,
      reason: "the server is shutting down",
    });
    await closing;
    await client2.request("fs/getMetadata", { path: "/" });
    await assert.rejects(Client.connect({ url: door1.address }));
    await using another = await Client.connect({ url: door2.address });
    await another.request("fs/getMetadata", { path: "/" });
  }
  await server2.close();
  await Promise.all(served);
});
