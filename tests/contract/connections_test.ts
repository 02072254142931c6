import assert from "node:assert/strict";
import { createAppServer, listenWebSocket } from "../../mod.ts";
import { Client, RpcError } from "../../src/client/mod.ts";
import { initialize, next, replies, request } from "../kit/peer.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { WebSocketPeer } from "../kit/websocket_peer.ts";

const ID_FORMS: readonly string[] = [
  "1",
  '"1"',
  "0",
  "-7",
  '""',
  "9223372036854775807",
  "-9223372036854775808",
  "9007199254740993",
  '"\\u00e9\\n"',
];

Deno.test("a request id belongs to its connection: the same ids at the same time get each its own answer", async () => {
  await using home = await createTempDir();
  await using server = await ServerProcess.start({
    home: home.path,
    listen: "ws://127.0.0.1:0",
  });
  await using stack = new AsyncDisposableStack();
  const peers: WebSocketPeer[] = [];
  for (let at = 0; at < 8; at++) {
    const peer = stack.use(await WebSocketPeer.connect(server.url));
    await initialize(peer, { experimentalApi: true });
    peers.push(peer);
  }
  const count = 200;
  await Promise.all(peers.map((peer, at) =>
    peer.send(
      ...Array.from(
        { length: count },
        (_, id) =>
          request(id, "mock/experimentalMethod", { value: `${at}/${id}` }),
      ),
    )
  ));
  for (const [at, peer] of peers.entries()) {
    for (const [id, reply] of await replies(peer, count)) {
      assert.deepEqual(reply, { id, result: { echoed: `${at}/${id}` } });
    }
  }
});

Deno.test("every form of id comes back digit for digit, also where it is in use already", async () => {
  await using home = await createTempDir();
  await using server = await ServerProcess.start({
    home: home.path,
    listen: "ws://127.0.0.1:0",
  });
  await using peer = await WebSocketPeer.connect(server.url);
  await initialize(peer, { experimentalApi: true });
  const expected: string[] = [];
  for (const id of [...ID_FORMS, ...ID_FORMS]) {
    await peer.send(
      `{"id":${id},"method":"mock/experimentalMethod","params":{"value":"v"}}`,
    );
    const canonical = id.startsWith('"') ? JSON.stringify(JSON.parse(id)) : id;
    expected.push(`{"id":${canonical},"result":{"echoed":"v"}}`);
  }
  const found: string[] = [];
  while (found.length < expected.length) {
    found.push(new TextDecoder().decode(await peer.message()));
  }
  assert.deepEqual(found.toSorted(), expected.toSorted());
});

Deno.test("notifications go to whom they concern: watches and their ids belong to one connection", async () => {
  await using home = await createTempDir();
  await using directory = await createTempDir();
  await using server = await createAppServer({ home: home.path });
  const open = (): Promise<Client> =>
    Client.connect({ channel: server.connect() });
  await using first = await open();
  await using second = await open();
  await using bystander = await open();
  const paths = { first: `${directory.path}/1`, second: `${directory.path}/2` };
  for (const path of Object.values(paths)) await Deno.mkdir(path);
  using firstChanges = first.notifications();
  using secondChanges = second.notifications();
  using strange = bystander.notifications("fs/changed");
  await first.request("fs/watch", { watchId: "w", path: paths.first });
  await second.request("fs/watch", { watchId: "w", path: paths.second });
  // Another connection's watch cannot be ended.
  await bystander.request("fs/unwatch", { watchId: "w" });

  await Deno.writeTextFile(`${paths.first}/a`, "");
  await Deno.writeTextFile(`${paths.second}/b`, "");
  const changed = async (
    changes: typeof firstChanges,
  ): Promise<unknown> => {
    while (true) {
      const { value } = await changes.next();
      if (value?.method === "fs/changed") return value.params;
    }
  };
  assert.deepEqual(await changed(firstChanges), {
    watchId: "w",
    changedPaths: [`${paths.first}/a`],
  });
  assert.deepEqual(await changed(secondChanges), {
    watchId: "w",
    changedPaths: [`${paths.second}/b`],
  });
  // Its own watch is the first thing it hears of.
  await bystander.request("fs/watch", { watchId: "x", path: paths.first });
  await Deno.writeTextFile(`${paths.first}/c`, "");
  const { value } = await strange.next();
  assert.equal(value?.params.watchId, "x");
});

Deno.test("optOutNotificationMethods silences exactly what it names, on that connection only", async () => {
  await using home = await createTempDir();
  await using directory = await createTempDir();
  await using server = await createAppServer({ home: home.path });
  await using door = await listenWebSocket({ hostname: "127.0.0.1", port: 0 });
  const served = server.listen(door);
  await using deaf = await WebSocketPeer.connect(door.address);
  await deaf.send(request(0, "initialize", {
    clientInfo: { name: "deaf", version: "1" },
    capabilities: {
      optOutNotificationMethods: [
        "fs/changed",
        "remoteControl/status/changed",
        "no/such",
      ],
    },
  }));
  await using listening = await WebSocketPeer.connect(door.address);
  await initialize(listening, { optOutNotificationMethods: ["fs/chang"] });
  for (const peer of [deaf, listening]) {
    await peer.send(
      request(1, "fs/watch", { watchId: "w", path: directory.path }),
    );
  }
  assert.equal((await next(deaf)).id, 0);
  assert.equal((await next(deaf)).id, 1);
  assert.equal((await next(listening)).id, 1);
  await Deno.writeTextFile(`${directory.path}/file`, "");
  const { method, params } = await next(listening);
  assert.deepEqual([method, params], ["fs/changed", {
    watchId: "w",
    changedPaths: [`${directory.path}/file`],
  }]);
  // Told at the same time, it would have come before this.
  await deaf.send(request(2, "fs/getMetadata", { path: "/" }));
  assert.equal((await next(deaf)).id, 2);
  for (const peer of [deaf, listening]) await peer[Symbol.asyncDispose]();
  await server.close();
  await served;
});

Deno.test("handshake and capabilities belong to the connection", async () => {
  await using home = await createTempDir();
  await using server = await createAppServer({ home: home.path });
  const open = (
    capabilities: Parameters<typeof Client.connect>[1],
  ): Promise<Client> =>
    Client.connect({ channel: server.connect() }, capabilities);
  await using stable = await open({});
  await using experimental = await open({
    capabilities: { experimentalApi: true },
  });
  await using gangway = await open({ capabilities: { gangway: {} } });
  assert.deepEqual(
    await experimental.request("mock/experimentalMethod", { value: "v" }),
    { echoed: "v" },
  );
  for (const client of [stable, gangway]) {
    await assert.rejects(
      client.request("mock/experimentalMethod", { value: "v" }),
      (error) =>
        error instanceof RpcError && error.code === -32600 &&
        error.message ===
          "mock/experimentalMethod requires experimentalApi capability",
    );
  }
  const path = home.path;
  const plain = ["createdAtMs", "isDirectory", "isFile", "isSymlink"];
  for (const client of [stable, experimental]) {
    const keys = Object.keys(await client.request("fs/getMetadata", { path }));
    assert.deepEqual(keys.toSorted(), [...plain, "modifiedAtMs"].toSorted());
    assert.equal("gangway" in client.initialized, false);
  }
  assert.ok("size" in await gangway.request("fs/getMetadata", { path }));
  assert.ok(gangway.initialized.gangway);
});
