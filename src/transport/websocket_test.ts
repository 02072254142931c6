import assert from "node:assert/strict";
import { encodeFrame, RawPeer } from "./_raw_peer_test.ts";
import type { Channel } from "./channel.ts";
import { listenWebSocket } from "./listen_websocket.ts";

const MIB = 1024 * 1024;
const encoder = new TextEncoder();

/** Runs a test with one connection: our channel and the raw peer. */
async function connected(
  work: (channel: Channel, peer: RawPeer) => Promise<void>,
): Promise<void> {
  await using listener = await listenWebSocket({
    hostname: "127.0.0.1",
    port: 0,
  });
  const port = Number(new URL(listener.address).port);
  using peer = await RawPeer.connect({ hostname: "127.0.0.1", port });
  const { value: channel } = await listener.channels[Symbol.asyncIterator]()
    .next();
  await using _channel = channel;
  await work(channel, peer);
}

function chunksOf(...parts: string[]): AsyncIterable<Uint8Array<ArrayBuffer>> {
  return (async function* () {
    for (const part of parts) yield encoder.encode(part);
  })();
}

async function take(channel: Channel, count: number): Promise<unknown[]> {
  const frames = channel.frames[Symbol.asyncIterator]();
  const taken: unknown[] = [];
  while (taken.length < count) {
    const { done, value } = await frames.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

Deno.test("frames yields text messages in order, of every length form", async () => {
  await connected(async (channel, peer) => {
    const texts = [
      "",
      "é€😀",
      "\uFEFFbom",
      "a".repeat(125),
      "b".repeat(126),
      "ü".repeat(600),
      "c".repeat(65_535),
      "d".repeat(65_536),
      "é".repeat(400_000),
    ];
    const sending = (async () => {
      for (const text of texts) await peer.send(1, text);
    })();
    assert.deepEqual(await take(channel, texts.length), texts);
    await sending;
  });
});

Deno.test("frames yields the same message at every cut of its bytes", async () => {
  await connected(async (channel, peer) => {
    const frame = encodeFrame(1, `{"é":"${"€".repeat(50)}"}`);
    const text = new TextDecoder().decode(
      encodeFrame(1, `{"é":"${"€".repeat(50)}"}`, { masked: false }).subarray(
        4,
      ),
    );
    const frames = channel.frames[Symbol.asyncIterator]();
    for (let cut = 0; cut <= frame.length; cut++) {
      await peer.write(frame.subarray(0, cut));
      await peer.write(frame.subarray(cut));
      assert.equal((await frames.next()).value, text);
    }
  });
});

Deno.test("frames joins fragments, with control frames and cut characters between", async () => {
  await connected(async (channel, peer) => {
    const euro = encoder.encode("€");
    await peer.send(1, euro.subarray(0, 1), { fin: false });
    await peer.send(9, "ping 1");
    await peer.send(0, euro.subarray(1, 2), { fin: false });
    await peer.send(10, "nobody asked");
    await peer.send(0, "", { fin: false });
    await peer.send(0, euro.subarray(2));
    await peer.send(1, "next");
    assert.deepEqual(await take(channel, 2), ["€", "next"]);
    assert.deepEqual(
      [await peer.frame()].map((frame) => [frame?.opcode, frame?.text]),
      [[10, "ping 1"]],
    );
  });
});

Deno.test("frames leaves out binary messages", async () => {
  await connected(async (channel, peer) => {
    await peer.send(2, '{"id":1}');
    await peer.send(2, "half", { fin: false });
    await peer.send(0, " more");
    await peer.send(1, "text");
    assert.deepEqual(await take(channel, 1), ["text"]);
  });
});

Deno.test("a broken frame closes with the code of RFC 6455 and a reason", async () => {
  const protocol = {
    code: 1002,
    reason: "Frame breaks the websocket protocol",
  };
  const utf8 = { code: 1007, reason: "Text is not valid UTF-8" };
  const cases: [string, Uint8Array, { code: number; reason: string }][] = [
    ["unmasked", encodeFrame(1, "x", { masked: false }), protocol],
    ["RSV1", encodeFrame(1, "x", { rsv: 4 }), protocol],
    ["RSV2", encodeFrame(1, "x", { rsv: 2 }), protocol],
    ["RSV3", encodeFrame(1, "x", { rsv: 1 }), protocol],
    ["opcode 3", encodeFrame(3, "x"), protocol],
    ["opcode 11", encodeFrame(11, "x"), protocol],
    ["stray continuation", encodeFrame(0, "x"), protocol],
    ["ping of 126 bytes", encodeFrame(9, "x".repeat(126)), protocol],
    ["ping in fragments", encodeFrame(9, "x", { fin: false }), protocol],
    ["close of one byte", encodeFrame(8, "x"), protocol],
    [
      "close with code 1005",
      encodeFrame(8, new Uint8Array([3, 237])),
      protocol,
    ],
    ["bad UTF-8", encodeFrame(1, new Uint8Array([0x7b, 0xff])), utf8],
    ["overlong UTF-8", encodeFrame(1, new Uint8Array([0xc0, 0xaf])), utf8],
    [
      "surrogate in UTF-8",
      encodeFrame(1, new Uint8Array([0xed, 0xa0, 0x80])),
      utf8,
    ],
    ["cut UTF-8", encodeFrame(1, encoder.encode("€").subarray(0, 2)), utf8],
  ];
  for (const [what, bytes, want] of cases) {
    await connected(async (channel, peer) => {
      await peer.send(1, "before");
      await peer.write(bytes);
      assert.deepEqual(await Array.fromAsync(channel.frames), ["before"], what);
      assert.deepEqual(await peer.closeFrame(), want, what);
      assert.equal(await peer.frame(), null, what);
      peer[Symbol.dispose]();
      assert.deepEqual(await channel.closed, { by: "error", ...want }, what);
    });
  }
});

Deno.test("a message of 64 MiB is taken, in one frame and in fragments", async () => {
  const part = new Uint8Array(16 * MIB).fill(120);
  await connected(async (channel, peer) => {
    const frames = channel.frames[Symbol.asyncIterator]();
    const whole = peer.send(1, new Uint8Array(64 * MIB).fill(120));
    assert.equal(String((await frames.next()).value).length, 64 * MIB);
    await whole;
    const parts = (async () => {
      for (let i = 0; i < 4; i++) {
        await peer.send(i === 0 ? 1 : 0, part, { fin: i === 3 });
      }
    })();
    assert.equal(String((await frames.next()).value).length, 64 * MIB);
    await parts;
  });
});

Deno.test("a longer message closes 1009 with a reason, in one frame and in fragments", async () => {
  const want = { code: 1009, reason: "Message is longer than 67108864 bytes" };
  const part = new Uint8Array(16 * MIB).fill(120);
  const floods = [
    // Only the head is needed: its length already says it.
    async (peer: RawPeer) =>
      await peer.write(
        encodeFrame(1, new Uint8Array(64 * MIB + 1)).subarray(0, MIB),
      ),
    async (peer: RawPeer) => {
      for (let i = 0; i < 5; i++) {
        await peer.send(i === 0 ? 1 : 0, part, { fin: i === 4 });
      }
    },
  ];
  for (const flood of floods) {
    await connected(async (channel, peer) => {
      const reading = Array.fromAsync(channel.frames);
      await flood(peer);
      assert.deepEqual(await reading, []);
      assert.deepEqual(await peer.closeFrame(), want);
      peer[Symbol.dispose]();
      assert.deepEqual(await channel.closed, { by: "error", ...want });
    });
  }
});

Deno.test("half a frame and then the end is an end", async () => {
  for (const length of [1, 2, 5, 19]) {
    await connected(async (channel, peer) => {
      await peer.send(1, "whole");
      await peer.write(encodeFrame(1, "never finished").subarray(0, length));
      peer[Symbol.dispose]();
      assert.deepEqual(await Array.fromAsync(channel.frames), ["whole"]);
      assert.deepEqual(await channel.closed, {
        by: "peer",
        reason: "Connection ended",
      });
      await assert.rejects(channel.send(["x"]), /closed channel/);
    });
  }
});

Deno.test("a peer's close frame is answered, and what came before it is delivered", async () => {
  await connected(async (channel, peer) => {
    await peer.send(1, "last");
    await peer.send(8, new Uint8Array([3, 233, ...encoder.encode("leaving")]));
    assert.deepEqual(await peer.closeFrame(), {
      code: 1001,
      reason: "leaving",
    });
    peer[Symbol.dispose]();
    assert.deepEqual(await Array.fromAsync(channel.frames), ["last"]);
    assert.deepEqual(await channel.closed, {
      by: "peer",
      code: 1001,
      reason: "leaving",
    });
  });
});

Deno.test("a peer that is not read from stops being read", async () => {
  await connected(async (channel, peer) => {
    const frame = encodeFrame(1, "x".repeat(1000));
    let written = 0;
    const flooding = (async () => {
      for (; written < 60_000; written++) await peer.write(frame);
    })();
    // The flood comes to a stop once the buffers of the system are full.
    for (let last = -1; last !== written;) {
      last = written;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.ok(
      written < 40_000,
      `${written} of 60,000 frames were taken unread`,
    );
    const taken = await take(channel, 60_000);
    await flooding;
    assert.equal(taken.length, 60_000);
  });
});

Deno.test("send() sends texts and bytes as whole messages, chunks as fragments of one", async () => {
  await connected(async (channel, peer) => {
    await channel.send([
      "text",
      encoder.encode("bytes"),
      chunksOf("a", "b", "c"),
      chunksOf("one"),
      chunksOf(),
      "",
      "end",
    ]);
    const got = [];
    for (let i = 0; i < 11; i++) {
      const frame = await peer.frame();
      got.push([frame?.opcode, frame?.fin, frame?.text]);
    }
    assert.deepEqual(got, [
      [1, true, "text"],
      [1, true, "bytes"],
      [1, false, "a"],
      [0, false, "b"],
      [0, false, "c"],
      [0, true, ""],
      [1, false, "one"],
      [0, true, ""],
      [1, true, ""],
      [1, true, ""],
      [1, true, "end"],
    ]);
  });
});

Deno.test("send() sends a large batch whole and in order", async () => {
  await connected(async (channel, peer) => {
    const texts = Array.from(
      { length: 5000 },
      (_, i) => `${i} ${"é".repeat(i)}`,
    );
    const sending = channel.send(texts);
    for (const text of texts) assert.equal((await peer.frame())?.text, text);
    await sending;
  });
});

Deno.test("send() waits for a peer that does not read, and close(1013) cuts it", async () => {
  await connected(async (channel, peer) => {
    let isSent = false;
    const stuck = channel.send(["x".repeat(32 * MIB)]).then(() =>
      isSent = true
    );
    const refused = assert.rejects(
      stuck,
      /Cannot send on a closed channel: too slow/,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(isSent, false);
    const start = performance.now();
    await channel.close(1013, "too slow", 50);
    assert.ok(performance.now() - start < 2_000);
    await refused;
    assert.deepEqual(await channel.closed, {
      by: "us",
      code: 1013,
      reason: "too slow",
    });
    assert.equal(await peer.closeFrame(), null);
  });
});

Deno.test("close() gets its frame out between the fragments of a stuck message", async () => {
  await connected(async (channel, peer) => {
    let isReturned = false;
    const endless = (async function* () {
      try {
        const chunk = new Uint8Array(256 * 1024).fill(120);
        while (true) yield chunk;
      } finally {
        isReturned = true;
      }
    })();
    const refused = assert.rejects(
      channel.send([endless]),
      /closed channel: too slow/,
    );
    assert.equal((await peer.frame())?.opcode, 1);
    // Wait until the writer is stuck: nothing is read meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const closing = channel.close(1013, "too slow");
    assert.deepEqual(await peer.closeFrame(), {
      code: 1013,
      reason: "too slow",
    });
    await peer.send(8, new Uint8Array([3, 245]));
    await closing;
    await refused;
    assert.equal(isReturned, true);
  });
});

Deno.test("close() interrupts a send whose source has nothing to give", async () => {
  await connected(async (channel, peer) => {
    const silent = (async function* () {
      yield encoder.encode("a");
      yield encoder.encode("b");
      await new Promise(() => {});
    })();
    const refused = assert.rejects(
      channel.send([silent]),
      /closed channel: stop/,
    );
    assert.equal((await peer.frame())?.text, "a");
    const closing = channel.close(1001, "stop", 20);
    await refused;
    await closing;
  });
});

Deno.test("send() closes 1011 where a source breaks within a message", async () => {
  await connected(async (channel, peer) => {
    const broken = (async function* () {
      yield encoder.encode("a");
      yield encoder.encode("b");
      throw new Error("Disk is gone");
    })();
    await assert.rejects(channel.send([broken]), /Disk is gone/);
    assert.deepEqual(await peer.closeFrame(), {
      code: 1011,
      reason: "A message could not be completed",
    });
    peer[Symbol.dispose]();
    assert.equal((await channel.closed).code, 1011);
  });
});

Deno.test("send() rejects when the peer vanishes meanwhile", async () => {
  await connected(async (channel, peer) => {
    const reading = Array.fromAsync(channel.frames);
    const stuck = channel.send(["x".repeat(64 * MIB)]);
    peer[Symbol.dispose]();
    await assert.rejects(stuck);
    await reading;
    assert.notEqual((await channel.closed).by, "us");
  });
});

Deno.test("close() waits for the peer's answer, and drops it after the grace", async () => {
  await connected(async (channel, peer) => {
    const closing = channel.close(1000, "bye", 60_000);
    assert.deepEqual(await peer.closeFrame(), { code: 1000, reason: "bye" });
    await peer.send(1, "too late");
    await peer.send(8, new Uint8Array([3, 232]));
    assert.equal(await peer.frame(), null);
    peer[Symbol.dispose]();
    await closing;
    assert.deepEqual(await Array.fromAsync(channel.frames), []);
  });
  await connected(async (channel) => {
    await channel.close(1000, "bye", 20);
    assert.deepEqual(await channel.closed, {
      by: "us",
      code: 1000,
      reason: "bye",
    });
  });
});

Deno.test("close() cuts a long reason where a character ends", async () => {
  await connected(async (channel, peer) => {
    const closing = channel.close(1008, "€".repeat(100), 20);
    assert.deepEqual(await peer.closeFrame(), {
      code: 1008,
      reason: "€".repeat(41),
    });
    await closing;
  });
});

Deno.test("close() reads on while it waits, past what nobody pulled", async () => {
  await connected(async (channel, peer) => {
    const flooding = (async () => {
      const frame = encodeFrame(1, "x".repeat(60_000));
      for (let i = 0; i < 300; i++) await peer.write(frame);
      await peer.send(8, new Uint8Array([3, 232]));
    })();
    await channel.close(1001, "going", 60_000);
    await flooding;
    assert.deepEqual(await peer.closeFrame(), { code: 1001, reason: "going" });
  });
});

Deno.test("terminate() drops the connection at once, again and again", async () => {
  await connected(async (channel, peer) => {
    const stuck = assert.rejects(
      channel.send(["x".repeat(32 * MIB)]),
      /terminated/,
    );
    channel.terminate();
    channel.terminate();
    await stuck;
    assert.deepEqual(await channel.closed, { by: "us", reason: "terminated" });
    await channel.close(1000, "after");
    assert.equal(await peer.closeFrame(), null);
  });
});

Deno.test("terminate() frees the memory of what a peer never read", async () => {
  await connected(async (channel) => {
    const stuck = assert.rejects(channel.send(["x".repeat(64 * MIB)]));
    await channel.close(1013, "too slow", 10);
    await stuck;
  });
});
