import assert from "node:assert/strict";
import { testAlone } from "../../tests/kit/test_alone.ts";
import fc from "fast-check";
import type { IncomingFrame } from "./channel.ts";
import { createLineChannel, type LineChannelOptions } from "./stdio.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function framesOf(
  chunks: Uint8Array<ArrayBuffer>[],
  options?: LineChannelOptions,
): Promise<IncomingFrame[]> {
  await using channel = createLineChannel(
    ReadableStream.from(chunks),
    new WritableStream(),
    options,
  );
  return await Array.fromAsync(channel.frames);
}

function cutAt(bytes: Uint8Array, cuts: number[]): Uint8Array<ArrayBuffer>[] {
  const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
  return edges.slice(1).map((end, index) => bytes.slice(edges[index], end));
}

/** A sink that records writes and can be held back. */
function createSink() {
  const writes: string[] = [];
  const state = { gate: Promise.resolve(), isClosed: false };
  const stream = new WritableStream<Uint8Array<ArrayBuffer>>({
    async write(bytes) {
      await state.gate;
      writes.push(decoder.decode(bytes));
    },
    close() {
      state.isClosed = true;
    },
  });
  return { stream, writes, state };
}

Deno.test("createLineChannel() yields the same frames at every pair of cuts", async () => {
  const bytes = encoder.encode('{"id":1}\n\n{"é":"€😀"}\r\n\r\n{"id":3}');
  const want = ['{"id":1}', '{"é":"€😀"}', '{"id":3}'];
  for (let one = 0; one <= bytes.length; one++) {
    for (let two = one; two <= bytes.length; two++) {
      assert.deepEqual(await framesOf(cutAt(bytes, [one, two])), want);
    }
  }
});

Deno.test("createLineChannel() yields what was joined, however it was cut", async () => {
  const line = fc.string({ unit: "binary", maxLength: 40 })
    .map((text) => text.toWellFormed().replace(/[\r\n]/g, "_"));
  await fc.assert(fc.asyncProperty(
    fc.array(line, { maxLength: 20 }),
    fc.array(fc.nat(800), { maxLength: 12 }),
    fc.constantFrom("\n", "\r\n"),
    async (lines, cuts, end) => {
      const bytes = encoder.encode(lines.map((text) => text + end).join(""));
      const inside = cuts.filter((cut) => cut <= bytes.length);
      assert.deepEqual(
        await framesOf(cutAt(bytes, inside)),
        lines.filter((text) => text !== ""),
      );
    },
  ));
});

Deno.test("createLineChannel() keeps a byte order mark, so that it is seen", async () => {
  assert.deepEqual(await framesOf([encoder.encode("\uFEFF{}\n")]), [
    "\uFEFF{}",
  ]);
});

Deno.test("createLineChannel() delivers a replacement character that was sent", async () => {
  assert.deepEqual(await framesOf([encoder.encode("a\uFFFD\nb\n")]), [
    "a\uFFFD",
    "b",
  ]);
});

Deno.test("createLineChannel() ends like EOF at a line that is not UTF-8", async () => {
  const bytes = new Uint8Array([
    ...encoder.encode("one\ntwo\n"),
    0xff,
    10,
    51,
    10,
  ]);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const channel = createLineChannel(
      ReadableStream.from(cutAt(bytes, [cut])),
      new WritableStream(),
    );
    assert.deepEqual(await Array.fromAsync(channel.frames), ["one", "two"]);
    await channel.close(1000, "done");
    assert.deepEqual(await channel.closed, {
      by: "error",
      reason: "Line is not valid UTF-8",
    });
  }
});

Deno.test("createLineChannel() throws a longer line away and goes on", async () => {
  const long = `{"id":7,"x":"${"y".repeat(9_000)}","end":1}`;
  const bytes = encoder.encode(`a\n${long}\r\nb\n`);
  const want = [
    "a",
    {
      bytes: long.length,
      limit: 100,
      head: long.slice(0, 4096),
      tail: long.slice(-4096),
    },
    "b",
  ];
  for (
    const cuts of [[], [1], [50], [5_000], [4, 104, 105, 106], [9_020, 9_030]]
  ) {
    const frames = await framesOf(cutAt(bytes, cuts), { maxLineBytes: 100 });
    assert.deepEqual(
      frames.map((frame) =>
        typeof frame === "string"
          ? frame
          : { ...frame, tail: frame.tail.slice(-4000) }
      ),
      [want[0], { ...(want[1] as object), tail: long.slice(-4000) }, want[2]],
    );
  }
});

Deno.test("createLineChannel() takes a line of exactly the limit", async () => {
  for (const end of ["\n", "\r\n", ""]) {
    for (const cuts of [[], [50], [100]]) {
      const bytes = encoder.encode("x".repeat(100) + end);
      assert.deepEqual(
        await framesOf(cutAt(bytes, cuts), { maxLineBytes: 100 }),
        ["x".repeat(100)],
      );
    }
  }
});

testAlone({
  module: import.meta.url,
  name: "createLineChannel() stays bounded while a line without end comes in",
}, async () => {
  const chunk = new Uint8Array(1024 * 1024).fill(120);
  const before = Deno.memoryUsage().rss;
  const chunks = (function* () {
    for (let i = 0; i < 300; i++) yield chunk;
    yield encoder.encode("\nnext\n");
  })();
  const frames = await framesOf(
    chunks as unknown as Uint8Array<ArrayBuffer>[],
    { maxLineBytes: 1024 * 1024 },
  );
  assert.equal(frames.length, 2);
  assert.equal((frames[0] as { bytes: number }).bytes, 300 * 1024 * 1024);
  assert.equal(frames[1], "next");
  assert.ok(Deno.memoryUsage().rss - before < 100 * 1024 * 1024);
});

Deno.test("createLineChannel() reads only when asked", async () => {
  let pulls = 0;
  const input = new ReadableStream({
    pull(controller) {
      pulls++;
      controller.enqueue(encoder.encode("line\n"));
    },
  }, { highWaterMark: 0 });
  await using channel = createLineChannel(input, new WritableStream());
  const frames = channel.frames[Symbol.asyncIterator]();
  assert.equal(pulls, 0);
  await frames.next();
  assert.equal(pulls, 1);
  await frames.next();
  assert.equal(pulls, 2);
});

Deno.test("send() gathers many small frames in one write", async () => {
  const { stream, writes } = createSink();
  await using channel = createLineChannel(new ReadableStream(), stream);
  await channel.send(Array.from({ length: 1000 }, (_, i) => String(i)));
  assert.equal(writes.length, 1);
  assert.equal(
    writes[0],
    Array.from({ length: 1000 }, (_, i) => `${i}\n`).join(""),
  );
});

Deno.test("send() writes texts, bytes and chunks in order, each a line", async () => {
  const { stream, writes } = createSink();
  await using channel = createLineChannel(new ReadableStream(), stream);
  const parts = async function* () {
    yield encoder.encode("p1");
    yield encoder.encode("p2");
  };
  const none = async function* () {};
  await channel.send(["a", encoder.encode("b"), parts(), none(), "c"]);
  assert.equal(writes.join(""), "a\nb\np1p2\n\nc\n");
});

Deno.test("send() waits for a reader that does not read", async () => {
  const { stream, writes, state } = createSink();
  const gate = Promise.withResolvers<void>();
  state.gate = gate.promise;
  await using channel = createLineChannel(new ReadableStream(), stream);
  let isSent = false;
  const sent = channel.send(["x"]).then(() => isSent = true);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(isSent, false);
  gate.resolve();
  await sent;
  assert.deepEqual(writes, ["x\n"]);
});

Deno.test("send() still works after the end of the input", async () => {
  const { stream, writes, state } = createSink();
  const channel = createLineChannel(
    ReadableStream.from([encoder.encode("q")]),
    stream,
  );
  assert.deepEqual(await Array.fromAsync(channel.frames), ["q"]);
  await channel.send(["reply"]);
  await channel.close(1000, "done");
  assert.deepEqual(writes, ["reply\n"]);
  assert.equal(state.isClosed, true);
  assert.deepEqual(await channel.closed, {
    by: "peer",
    reason: "End of input",
  });
});

Deno.test("send() rejects and closes where the reader is gone", async () => {
  const output = new WritableStream<Uint8Array<ArrayBuffer>>({
    write() {
      throw new Deno.errors.BrokenPipe("Broken pipe (os error 32)");
    },
  });
  await using channel = createLineChannel(new ReadableStream(), output);
  await assert.rejects(channel.send(["x"]), /Broken pipe/);
  assert.deepEqual(await channel.closed, {
    by: "peer",
    reason: "Broken pipe (os error 32)",
  });
  assert.deepEqual(await Array.fromAsync(channel.frames), []);
  await assert.rejects(channel.send(["y"]), /closed channel/);
});

Deno.test("send() closes the channel where a source breaks within a line", async () => {
  const { stream } = createSink();
  await using channel = createLineChannel(new ReadableStream(), stream);
  const broken = async function* () {
    yield encoder.encode('{"half');
    throw new Error("Disk is gone");
  };
  await assert.rejects(channel.send([broken()]), /Disk is gone/);
  assert.deepEqual(await channel.closed, {
    by: "error",
    reason: "Disk is gone",
  });
});

Deno.test("close() ends a read that waits and gives a stuck write its grace", async () => {
  const { stream, state } = createSink();
  state.gate = new Promise(() => {});
  const channel = createLineChannel(new ReadableStream(), stream);
  const frames = Array.fromAsync(channel.frames);
  const sent = channel.send(["x"]);
  const refused = assert.rejects(
    sent,
    /Cannot send on a closed channel: going/,
  );
  await channel.close(1001, "going", 10);
  await refused;
  assert.deepEqual(await frames, []);
  assert.deepEqual(await channel.closed, {
    by: "us",
    code: 1001,
    reason: "going",
  });
  channel.terminate();
  await channel.close(1000, "again");
});

Deno.test("createStdioChannel() talks to a process and ends at EOF", async () => {
  const program = `
    import { createStdioChannel } from "./stdio.ts";
    const channel = createStdioChannel();
    for await (const frame of channel.frames) await channel.send([frame]);
    await channel.close(1000, "");
  `;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", program],
    cwd: import.meta.dirname!,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const client = createLineChannel(child.stdout, child.stdin);
  const big = "ü".repeat(3_000_000);
  const frames = client.frames[Symbol.asyncIterator]();
  await client.send(["one", "two", big]);
  for (const want of ["one", "two", big]) {
    assert.equal((await frames.next()).value, want);
  }
  await client.close(1000, "done");
  assert.deepEqual({ ...await child.status }, {
    success: true,
    code: 0,
    signal: null,
  });
});
