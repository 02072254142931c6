import assert from "node:assert/strict";
import { OPCODE } from "../bench/frames.ts";
import { Client } from "../../src/client/mod.ts";
import { initialize, next, nextReply, request, rest } from "../kit/peer.ts";
import {
  descriptorCount,
  peakRssBytes,
  rssBytes,
} from "../kit/process_facts.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { until } from "../kit/until.ts";
import { connectTo, toFrame, WebSocketPeer } from "../kit/websocket_peer.ts";

const MIB = 1024 * 1024;
const encoder = new TextEncoder();
const metadata = (id: unknown): string =>
  request(id, "fs/getMetadata", { path: "/" });

/** Runs `work` on a server, with another client that must not notice. */
async function withBystander(
  listen: "ws" | "unix",
  work: (server: ServerProcess) => Promise<void>,
): Promise<void> {
  await using home = await createTempDir();
  await using server = await ServerProcess.start({
    home: home.path,
    listen: listen === "ws" ? "ws://127.0.0.1:0" : `unix://${home.path}/socket`,
  });
  await using bystander = await Client.connect({ url: server.url });
  const before = await bystander.request("fs/getMetadata", { path: "/etc" });
  const descriptors = await descriptorCount(server.pid);
  await work(server);
  assert.deepEqual(
    await bystander.request("fs/getMetadata", { path: "/etc" }),
    before,
  );
  await until(
    "the server lets go of the broken connections",
    async () => await descriptorCount(server.pid) <= descriptors,
  );
}

for (const listen of ["ws", "unix"] as const) {
  Deno.test(`a frame that breaks off with the connection harms nobody (${listen})`, async () => {
    await withBystander(listen, async (server) => {
      const frame = toFrame(encoder.encode(metadata(2)));
      for (let cut = 1; cut < frame.length; cut += 7) {
        await using peer = await WebSocketPeer.connect(server.url);
        await initialize(peer);
        await peer.write(frame.subarray(0, cut));
      }
    });
  });

  Deno.test(`a fragmented message that breaks off harms nobody (${listen})`, async () => {
    await withBystander(listen, async (server) => {
      await using dropped = await WebSocketPeer.connect(server.url);
      await initialize(dropped);
      await dropped.sendFrame('{"id":1,', { isLast: false });
      await using closed = await WebSocketPeer.connect(server.url);
      await initialize(closed);
      await closed.sendFrame('{"id":1,', { isLast: false });
      await closed.sendFrame(new Uint8Array([3, 232]), {
        opcode: OPCODE.close,
      });
      assert.deepEqual(await closed.closing(), { code: 1000, reason: "" });
    });
  });

  Deno.test(`bytes that are no frame close the one websocket with a reason (${listen})`, async () => {
    await withBystander(listen, async (server) => {
      const broken: readonly [bytes: Uint8Array, code: number][] = [
        [new Uint8Array(256).fill(0xff), 1002],
        [new Uint8Array(256).map((_, at) => at * 97), 1002],
        [toFrame(encoder.encode(metadata(1)), { isMasked: false }), 1002],
        [toFrame(encoder.encode(metadata(1)), { reserved: 4 }), 1002],
        [toFrame(encoder.encode(metadata(1)), { opcode: 3 }), 1002],
        [toFrame(encoder.encode("x"), { opcode: 0 }), 1002],
        [toFrame(new Uint8Array([0xc3, 0x28])), 1007],
      ];
      for (const [bytes, code] of broken) {
        await using peer = await WebSocketPeer.connect(server.url);
        await initialize(peer);
        // What was right before it is still answered.
        await peer.send(metadata(1));
        assert.equal((await nextReply(peer)).id, 1);
        await peer.write(bytes);
        const end = await peer.closing();
        assert.equal(end?.code, code);
        assert.notEqual(end?.reason, "");
      }
    });
  });
}

Deno.test("half a frame and a reset while a large reply is on its way harm nobody", async () => {
  await using directory = await createTempDir();
  const path = `${directory.path}/large`;
  await Deno.writeFile(path, new Uint8Array(16 * MIB));
  await withBystander("ws", async (server) => {
    for (let at = 0; at < 20; at++) {
      await using peer = await WebSocketPeer.connect(server.url);
      await initialize(peer);
      await peer.send(request(1, "fs/readFile", { path }));
      const frame = toFrame(encoder.encode(metadata(2)));
      await peer.write(frame.subarray(0, at + 1));
      await peer.reset();
    }
  });
});

Deno.test("bytes that are no HTTP are refused one by one", async () => {
  await withBystander("ws", async (server) => {
    for (const seed of [1, 7, 97, 255]) {
      using conn = await connectTo(server.url);
      await conn.write(new Uint8Array(2_048).map((_, at) => at * seed));
      const head = new Uint8Array(1_024);
      // A reset that overtakes the answer is an answer too.
      const count = await conn.read(head).catch(() => null) ?? 0;
      const text = new TextDecoder().decode(head.subarray(0, count));
      assert.match(text, /^$|^HTTP\/1\.1 400 /);
    }
  });
});

for (
  const [form, frames] of [
    ["one frame", 1],
    ["fragments", 65],
  ] as const
) {
  Deno.test(`a message of more than 64 MiB in ${form} closes the one websocket with 1009`, async () => {
    await withBystander("ws", async (server) => {
      await using peer = await WebSocketPeer.connect(server.url);
      await initialize(peer);
      await peer.send(metadata(1));
      assert.equal((await nextReply(peer)).id, 1);
      const part = new Uint8Array(65 / frames * MIB).fill(32);
      const writing = (async () => {
        for (let at = 0; at < frames; at++) {
          await peer.sendFrame(part, {
            opcode: at === 0 ? OPCODE.text : OPCODE.continuation,
            isLast: at === frames - 1,
          });
        }
      })().catch(() => {}); // The server does not wait for the end of it.
      const end = await peer.closing();
      assert.deepEqual(end, {
        code: 1009,
        reason: "Message is longer than 67108864 bytes",
      });
      await peer[Symbol.asyncDispose]();
      await writing;
    });
  });
}

Deno.test("half a line before the end of stdin is dropped, what came before it answered", async () => {
  await using home = await createTempDir();
  await using server = await ServerProcess.start({ home: home.path });
  const peer = server.stdio;
  await initialize(peer);
  await peer.send(metadata(1));
  await peer.write(encoder.encode(metadata(2).slice(0, -9)));
  await peer.end();
  assert.deepEqual((await rest(peer)).map(({ id }) => id), [1]);
  assert.deepEqual(await server.exit(), { code: 0, signal: null });
  assert.match(server.stderr, /dropped a message that can't be read/);
});

Deno.test("1 MiB of garbage lines costs a log line each and nothing else", async () => {
  await using home = await createTempDir();
  await using server = await ServerProcess.start({ home: home.path });
  const peer = server.stdio;
  await initialize(peer);
  const garbage = [
    "{",
    "null",
    "[]",
    "[1,2]",
    '"text"',
    '{"id":1.5,"method":"fs/getMetadata"}',
    '{"id":[],"method":"fs/getMetadata"}',
    '{"id":1,"id":2,"method":"fs/getMetadata"}',
    '{"id":1,"method":5}',
    '{"id":9}',
    "\ufeff{}",
    "x".repeat(100),
  ];
  let count = 0;
  const lines: string[] = [];
  for (let bytes = 0; bytes < MIB; count++) {
    const line = garbage[count % garbage.length]!;
    lines.push(line);
    bytes += line.length + 1;
  }
  await peer.send(...lines, metadata("last"));
  assert.equal((await next(peer)).id, "last");
  await peer.end();
  assert.deepEqual(await rest(peer), []);
  assert.deepEqual(await server.exit(), { code: 0, signal: null });
  const logged = server.stderr.match(/dropped a message/g)?.length ?? 0;
  // Where stderr is slower than the garbage, lines are counted instead.
  let dropped = 0;
  for (const [, some] of server.stderr.matchAll(/\((\d+) log lines were/g)) {
    dropped += Number(some);
  }
  assert.equal(logged + dropped, count);
});

Deno.test("a line that is not UTF-8 ends the session like the end of stdin", async () => {
  await using home = await createTempDir();
  await using server = await ServerProcess.start({ home: home.path });
  const peer = server.stdio;
  await initialize(peer);
  await peer.send(metadata(1));
  await peer.write(new Uint8Array([0xff, 0xfe, 0x80, 10]));
  assert.deepEqual((await rest(peer)).map(({ id }) => id), [1]);
  assert.deepEqual(await server.exit(), { code: 0, signal: null });
});

Deno.test("a line of more than 128 MiB is refused by its id, and the next one is answered", async () => {
  await using home = await createTempDir();
  await using server = await ServerProcess.start({ home: home.path });
  const peer = server.stdio;
  await initialize(peer);
  const idleBytes = await rssBytes(server.pid);
  const filling = new Uint8Array(129 * MIB).fill(65);
  const params = '"params":{"path":"/x","dataBase64":"';
  const forms: readonly [before: string, after: string, id: unknown][] = [
    [`{"id":"head","method":"fs/writeFile",${params}`, '"}}', "head"],
    [`{"method":"fs/writeFile",${params}`, '"},"id":7}', 7],
    [`{"method":"fs/writeFile",${params}`, "", null],
  ];
  for (const [before, after, id] of forms) {
    await peer.write(encoder.encode(before));
    await peer.write(filling);
    await peer.send(after);
    const bytes = before.length + filling.length + after.length;
    assert.deepEqual(await next(peer), {
      error: {
        code: -32600,
        message:
          `Invalid request: the message has ${bytes} bytes, at most 134217728 are taken`,
      },
      id,
    });
    await peer.send(metadata(1));
    assert.equal((await next(peer)).id, 1);
  }
  const grownBytes = await peakRssBytes(server.pid) - idleBytes;
  // Kept is what may still turn out to be a line that is taken.
  assert.ok(grownBytes < 256 * MIB, `Grew by ${grownBytes} bytes`);
});
