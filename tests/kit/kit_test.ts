import assert from "node:assert/strict";
import { FrameBuffer } from "../bench/frames.ts";
import { LinePeer } from "./line_peer.ts";
import { initialize, replies, request } from "./peer.ts";
import {
  atRest,
  commandLine,
  descriptorCount,
  peakRssBytes,
  rssBytes,
} from "./process_facts.ts";
import { createTempDir } from "./temp_dir.ts";
import { until } from "./until.ts";
import { toFrame } from "./websocket_peer.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A peer whose server says these bytes, in these pieces. */
function createPeer(
  pieces: readonly string[],
): { peer: LinePeer; written: Uint8Array[] } {
  const written: Uint8Array[] = [];
  const peer = new LinePeer({
    stdin: new WritableStream({ write: (chunk) => void written.push(chunk) }),
    stdout: ReadableStream.from(pieces.map((piece) => encoder.encode(piece))),
  });
  return { peer, written };
}

Deno.test("LinePeer.message() gives whole lines however they were cut", async () => {
  const text = '{"id":1}\n{"id":2}\n\nrest';
  for (let cut = 0; cut <= text.length; cut++) {
    const { peer } = createPeer([text.slice(0, cut), text.slice(cut)]);
    const lines: string[] = [];
    while (true) {
      const bytes = await peer.message();
      if (bytes === undefined) break;
      lines.push(decoder.decode(bytes));
    }
    assert.deepEqual(lines, ['{"id":1}', '{"id":2}', ""]);
  }
});

Deno.test("LinePeer.send() sends all messages as one run of lines", async () => {
  const { peer, written } = createPeer([]);
  await peer.send("a", "b");
  assert.deepEqual(written.map((chunk) => decoder.decode(chunk)), ["a\nb\n"]);
});

Deno.test("replies() refuses a second reply to an id, and an end that comes too early", async () => {
  const { peer: twice } = createPeer(['{"id":1}\n{"id":1}\n']);
  await assert.rejects(replies(twice, 2), /Two replies to 1/);
  const { peer: short } = createPeer(['{"id":1}\n{"method":"m"}\n']);
  await assert.rejects(replies(short, 2), /The connection ended/);
});

Deno.test("initialize() takes the reply and the greeting", async () => {
  const { peer, written } = createPeer([
    '{"id":"initialize","result":{}}\n',
    '{"method":"remoteControl/status/changed"}\n{"id":2}\n',
  ]);
  assert.deepEqual(await initialize(peer, { gangway: {} }), {
    id: "initialize",
    result: {},
  });
  assert.equal(
    decoder.decode(written[0]),
    request("initialize", "initialize", {
      clientInfo: { name: "peer", version: "1" },
      capabilities: { gangway: {} },
    }) + "\n",
  );
  assert.deepEqual([...(await replies(peer, 1)).keys()], [2]);
});

Deno.test("toFrame() makes frames of every length form, and broken ones", () => {
  for (const length of [0, 1, 125, 126, 65_535, 65_536, 100_000]) {
    const frames = new FrameBuffer();
    const payload = new Uint8Array(length).fill(7);
    const bytes = toFrame(payload, { isMasked: false, isLast: false });
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + frames.space.length);
      frames.space.set(piece);
      frames.filled(piece.length);
      at += piece.length;
    }
    const { opcode, fin, payload: found } = frames.take()!;
    assert.deepEqual([opcode, fin], [1, false]);
    assert.deepEqual(new Uint8Array(found), payload);
  }
  assert.deepEqual(
    toFrame(encoder.encode("x"), { opcode: 9, reserved: 7 }),
    new Uint8Array([0xf9, 0x81, 0, 0, 0, 0, 120]),
  );
});

Deno.test("until() gives what was found, and gives up with what was waited for", async () => {
  let looks = 0;
  assert.equal(await until("three", () => ++looks === 3 && "found"), "found");
  await assert.rejects(
    until("the end of time", () => undefined, { timeoutMs: 20, everyMs: 5 }),
    /Waited 20 ms in vain: the end of time/,
  );
});

Deno.test("facts of a process: memory, descriptors, arguments, rest", async () => {
  await using directory = await createTempDir();
  const file = `${directory.path}/file`;
  const opening = ['exec 8>"$1"', 'exec 8>"$1" 9>"$1"'];
  const counts: number[] = [];
  for (const open of opening) {
    const child = new Deno.Command("bash", {
      args: ["-c", `${open}; exec sleep 60`, "bash", file],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      await until(
        "it runs",
        async () => (await commandLine(child.pid))[0]?.endsWith("sleep"),
      );
      assert.deepEqual((await commandLine(child.pid)).slice(1), ["60"]);
      await atRest(child.pid);
      const bytes = await rssBytes(child.pid);
      assert.ok(bytes > 0 && await peakRssBytes(child.pid) >= bytes);
      counts.push(await descriptorCount(child.pid));
    } finally {
      child.kill("SIGKILL");
      await child.status;
    }
  }
  assert.equal(counts[1]! - counts[0]!, 1);
});
