import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Client } from "../../src/client/mod.ts";
import {
  type AppServer,
  type Channel,
  createAppServer,
  type Listener,
  listenWebSocket,
} from "../../mod.ts";
import { initialize, next, type Peer, replies, request } from "../kit/peer.ts";
import { atRest, peakRssBytes, rssBytes } from "../kit/process_facts.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { until } from "../kit/until.ts";
import { WebSocketPeer } from "../kit/websocket_peer.ts";

const MIB = 1024 * 1024;
/** Sizes of the files that are asked for, in MiB, and how often each is. */
const READS: readonly (readonly [sizeMib: number, times: number])[] = [
  [1, 140],
  [2, 40],
  [4, 12],
  [8, 8],
];
/** What 200 reads of which nothing is taken may cost the server. */
const BOUND_BYTES = 128 * MIB;

/** A file that is to be read, and the reply to that but for its id. */
interface Expected {
  readonly path: string;
  readonly result: Uint8Array;
}

async function createFiles(directory: string): Promise<Expected[]> {
  const files: Expected[] = [];
  for (const [sizeMib, times] of READS) {
    const path = `${directory}/${sizeMib}`;
    const bytes = new Uint8Array(sizeMib * MIB);
    for (let at = 0; at < bytes.length; at++) bytes[at] = at * 31 >> 3;
    await Deno.writeFile(path, bytes);
    const result = new TextEncoder().encode(
      `{"dataBase64":"${bytes.toBase64()}"}}`,
    );
    for (let at = 0; at < times; at++) files.push({ path, result });
  }
  return files;
}

/** Reads one reply for each file and compares every byte. */
async function expectAll(
  peer: Peer,
  files: readonly Expected[],
): Promise<void> {
  const left = new Set(files.keys());
  while (left.size > 0) {
    const bytes = await peer.message();
    assert.ok(bytes, `Ended with ${left.size} replies missing`);
    const head = new TextDecoder().decode(bytes.subarray(0, 40));
    const [start, digits] = /^\{"id":(\d+),"result":/.exec(head) ?? [];
    assert.ok(start, `Not a result: ${head}`);
    const id = Number(digits);
    assert.ok(left.delete(id), `Two replies to ${id}`);
    const rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      .subarray(start.length);
    assert.ok(rest.equals(files[id]!.result), `Reply to ${id} is not whole`);
  }
}

for (const listen of [undefined, "ws://127.0.0.1:0", "unix://"] as const) {
  Deno.test(`a reader on ${listen ?? "stdio"} that stops is waited for in bounded memory, and then gets everything whole`, async () => {
    await using directory = await createTempDir();
    const files = await createFiles(directory.path);
    await using home = await createTempDir();
    await using server = await ServerProcess.start({
      home: home.path,
      listen: listen === "unix://" ? `unix://${home.path}/socket` : listen,
    });
    await using peer = await server.connect();
    await initialize(peer);
    const idleBytes = await rssBytes(server.pid);

    const sent = peer.send(
      ...files.map(({ path }, id) => request(id, "fs/readFile", { path })),
    );
    await atRest(server.pid);
    const grownBytes = await peakRssBytes(server.pid) - idleBytes;
    assert.ok(grownBytes < BOUND_BYTES, `Grew by ${grownBytes} bytes`);
    if (listen !== undefined) {
      await using other = await Client.connect({ url: server.url });
      const [{ path }] = files as [Expected];
      const { dataBase64 } = await other.request("fs/readFile", { path });
      assert.equal(dataBase64.length, Math.ceil(MIB / 3) * 4);
    }

    await expectAll(peer, files);
    await sent;
  });
}

Deno.test("a server on stdio whose reader has gone ends, whatever is still asked of it", async () => {
  await using home = await createTempDir();
  const path = `${home.path}/file`;
  await Deno.writeFile(path, new Uint8Array(MIB));
  await using server = await ServerProcess.start({ home: home.path });
  const peer = server.stdio;
  await initialize(peer);
  const asking = peer.send(
    ...Array.from(
      { length: 2_000 },
      (_, id) => request(id, "fs/readFile", { path }),
    ),
  ).catch(() => {});
  await atRest(server.pid);
  await peer.leave();
  assert.deepEqual(await server.exit(), { code: 0, signal: null });
  await peer[Symbol.asyncDispose]();
  await asking;
});

/** A server in this process that listens, and what it does to its channels. */
interface Watched extends AsyncDisposable {
  readonly server: AppServer;
  readonly url: string;
  /** The first time that the server closes a channel: code and reason. */
  readonly cut: Promise<readonly [code: number, reason: string]>;
}

async function listenWatched(
  options: Parameters<typeof createAppServer>[0],
): Promise<Watched> {
  const server = await createAppServer(options);
  const door = await listenWebSocket({ hostname: "127.0.0.1", port: 0 });
  const { promise: cut, resolve } = Promise.withResolvers<
    readonly [number, string]
  >();
  const watch = (channel: Channel): Channel =>
    new Proxy(channel, {
      get(target, name) {
        if (name === "close") {
          return (code: number, reason: string, graceMs?: number) => {
            resolve([code, reason]);
            return target.close(code, reason, graceMs);
          };
        }
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  const listener: Listener = {
    address: door.address,
    channels: (async function* () {
      for await (const channel of door.channels) yield watch(channel);
    })(),
    close: () => door.close(),
    [Symbol.asyncDispose]: () => door[Symbol.asyncDispose](),
  };
  const served = server.listen(listener);
  return {
    server,
    url: door.address,
    cut,
    async [Symbol.asyncDispose]() {
      await server.close();
      await served;
    },
  };
}

/** A peer that takes nothing, although a reply and `fs/changed` wait for it. */
async function connectStalled(
  url: string,
  directory: string,
): Promise<WebSocketPeer> {
  const path = `${directory}/large`;
  await Deno.writeFile(path, new Uint8Array(32 * MIB));
  const peer = await WebSocketPeer.connect(url);
  await initialize(peer);
  const watch = { watchId: "w", path: directory };
  await peer.send(request(0, "fs/watch", watch));
  assert.equal((await next(peer)).id, 0);
  await peer.send(request(1, "fs/readFile", { path }));
  // The reply has begun once its first bytes are there.
  await peer.arrival();
  await Deno.writeTextFile(`${directory}/changed`, "");
  return peer;
}

Deno.test("a websocket that takes nothing for stallMs while fs/changed waits is closed 1013 with the reason, and others go on", async () => {
  await using home = await createTempDir();
  await using watched = await listenWatched({
    home: home.path,
    limits: { stallMs: 200 },
  });
  await using other = await Client.connect({ url: watched.url });
  await using stalled = await connectStalled(watched.url, home.path);

  const reason = "the peer took nothing for 200 ms";
  assert.deepEqual(await watched.cut, [1013, reason]);
  const path = `${home.path}/large`;
  const reading = other.request("fs/readFile", { path });
  // One that wakes up now still learns why.
  assert.deepEqual(await stalled.closing(), { code: 1013, reason });
  const { dataBase64 } = await reading;
  assert.equal(dataBase64.length, Math.ceil(32 * MIB / 3) * 4);
  await until("the connection is gone", () => watched.server.connections === 1);
});

Deno.test("a websocket that never reads again is dropped after the close frame's grace", async () => {
  await using home = await createTempDir();
  await using watched = await listenWatched({
    home: home.path,
    limits: { stallMs: 200 },
  });
  await using _stalled = await connectStalled(watched.url, home.path);
  await watched.cut;
  await until("the connection is gone", () => watched.server.connections === 0);
});

Deno.test("a websocket that takes nothing of a reply for much longer than stallMs gets all of it", async () => {
  await using home = await createTempDir();
  const path = `${home.path}/large`;
  await Deno.writeFile(path, new Uint8Array(32 * MIB));
  await using watched = await listenWatched({
    home: home.path,
    limits: { stallMs: 20 },
  });
  await using other = await Client.connect({ url: watched.url });
  await using stalled = await WebSocketPeer.connect(watched.url);
  await initialize(stalled);
  await stalled.send(request(1, "fs/readFile", { path }));
  const begun = performance.now();
  while (performance.now() - begun < 400) {
    await other.request("fs/getMetadata", { path });
  }
  assert.equal(watched.server.connections, 2);
  const { id, result } = await next(stalled) as {
    id: number;
    result: { dataBase64: string };
  };
  assert.equal(id, 1);
  assert.equal(result.dataBase64.length, Math.ceil(32 * MIB / 3) * 4);
});

Deno.test("a websocket is not closed for the replies that wait for it, and gets them all when it reads", async () => {
  await using home = await createTempDir();
  const path = `${home.path}/small`;
  await Deno.writeFile(path, new Uint8Array(256 * 1024));
  await using watched = await listenWatched({
    home: home.path,
    limits: { pauseAtQueuedBytes: MIB, maxQueuedBytes: 4 * MIB },
  });
  await using other = await Client.connect({ url: watched.url });
  await using stalled = await WebSocketPeer.connect(watched.url);
  await initialize(stalled);
  const count = 128;
  await stalled.send(
    ...Array.from(
      { length: count },
      (_, id) => request(id, "fs/readFile", { path }),
    ),
  );
  const { isFile } = await other.request("fs/getMetadata", { path });
  assert.equal(isFile, true);
  const answers = await replies(stalled, count);
  assert.equal(answers.size, count);
});

Deno.test("fs/changed of a flood of changes is one notification for who reads late, and costs little", async () => {
  const waves = 4;
  const filesInWave = 250;
  await using directory = await createTempDir();
  const watchedPath = `${directory.path}/watched`;
  await Deno.mkdir(watchedPath);
  const path = `${directory.path}/large`;
  await Deno.writeFile(path, new Uint8Array(32 * MIB));
  await using home = await createTempDir();
  await using server = await ServerProcess.start({
    home: home.path,
    listen: "ws://127.0.0.1:0",
  });
  await using other = await Client.connect({ url: server.url });
  using changes = other.notifications("fs/changed");
  await other.request("fs/watch", { watchId: "other", path: watchedPath });
  await using stalled = await server.connect();
  await initialize(stalled);
  await stalled.send(
    request(1, "fs/watch", { watchId: "late", path: watchedPath }),
  );
  assert.deepEqual(await next(stalled), {
    id: 1,
    result: { path: watchedPath },
  });
  await stalled.send(request(2, "fs/readFile", { path }));
  await atRest(server.pid);
  const idleBytes = await rssBytes(server.pid);

  const created: string[] = [];
  for (let wave = 0; wave < waves; wave++) {
    const missing = new Set<string>();
    for (let at = 0; at < filesInWave; at++) {
      const file = `${watchedPath}/${wave}-${at}`;
      await Deno.writeTextFile(file, "");
      missing.add(file);
      created.push(file);
    }
    // The next wave comes when this one was told: a notification each.
    while (missing.size > 0) {
      const { value, done } = await changes.next();
      assert.ok(!done, "The other client's changes ended");
      for (const changed of value.params.changedPaths) missing.delete(changed);
    }
  }
  await atRest(server.pid);
  const grownBytes = await peakRssBytes(server.pid) - idleBytes;
  assert.ok(grownBytes < 64 * MIB, `Grew by ${grownBytes} bytes`);

  const reply = await next(stalled);
  assert.equal(reply.id, 2);
  const { method, params } = await next(stalled);
  assert.deepEqual({ method, params }, {
    method: "fs/changed",
    params: { watchId: "late", changedPaths: created.toSorted() },
  });
});
