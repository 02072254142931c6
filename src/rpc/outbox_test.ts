import assert from "node:assert/strict";
import type {
  Channel,
  ChannelEnd,
  OutgoingFrame,
} from "../transport/channel.ts";
import { Outbox, type OutboxNotification } from "./outbox.ts";

/** A channel whose peer reads when the test says so. */
function stubbornChannel(droppable = true) {
  const sent: string[] = [];
  const end = Promise.withResolvers<ChannelEnd>();
  let open = Promise.withResolvers<void>();
  const decoder = new TextDecoder();
  const channel: Channel = {
    origin: droppable ? "websocket" : "stdio",
    peer: "test",
    droppable,
    frames: (async function* () {})(),
    async send(frames: readonly OutgoingFrame[]) {
      for (const frame of frames) {
        await Promise.race([
          open.promise,
          end.promise.then(() => {
            throw new Error("gone");
          }),
        ]);
        if (typeof frame === "string") sent.push(frame);
        else if (frame instanceof Uint8Array) sent.push(decoder.decode(frame));
        else {
          let text = "";
          for await (const chunk of frame) {
            text += decoder.decode(chunk);
            await open.promise;
          }
          sent.push(text);
        }
      }
    },
    close(code, reason) {
      end.resolve({ by: "us", code, reason });
      return Promise.resolve();
    },
    terminate: () => end.resolve({ by: "us", reason: "terminated" }),
    closed: end.promise,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return {
    channel,
    sent,
    read: () => open.resolve(),
    stall: () => {
      open = Promise.withResolvers();
    },
  };
}

/** Stands in for timers and clock until it is disposed. */
class FakeTime implements Disposable {
  readonly #real = [globalThis.setTimeout, globalThis.clearTimeout] as const;
  readonly #now = performance.now;
  readonly #timers = new Map<number, { at: number; run: () => void }>();
  #ms = 0;
  /** Beyond the ids of real timers. */
  #ids = 2 ** 40;

  constructor() {
    performance.now = () => this.#ms;
    const set = (run: () => void, ms = 0) => {
      this.#timers.set(++this.#ids, { at: this.#ms + ms, run });
      return this.#ids;
    };
    globalThis.setTimeout = set as unknown as typeof setTimeout;
    globalThis.clearTimeout = (id) => void this.#timers.delete(Number(id));
  }

  /** Lets time go by, timer by timer. */
  async tick(ms: number): Promise<void> {
    const until = this.#ms + ms;
    while (true) {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      const due = [...this.#timers].filter(([, { at }]) => at <= until)
        .sort(([, a], [, b]) => a.at - b.at)[0];
      if (due === undefined) break;
      const [id, { at, run }] = due;
      this.#timers.delete(id);
      this.#ms = Math.max(this.#ms, at);
      run();
    }
    this.#ms = until;
  }

  [Symbol.dispose](): void {
    [globalThis.setTimeout, globalThis.clearTimeout] = this.#real;
    performance.now = this.#now;
  }
}

const limits = { maxQueuedBytes: 1000, stallMs: 60_000 };

function delta(stream: string, text: string): OutboxNotification {
  const encode = (params: unknown) =>
    JSON.stringify([stream, (params as { text: string }).text]);
  return {
    params: { text },
    text: encode({ text }),
    encode,
    merge: {
      key: stream,
      join: (a, b) => ({
        text: (a as { text: string }).text + (b as { text: string }).text,
      }),
    },
  };
}

function plain(text: string): OutboxNotification {
  return { params: text, text, encode: String };
}

Deno.test("Outbox sends in the order of pushing, whatever the kind of frame", async () => {
  const { channel, sent, read } = stubbornChannel();
  using outbox = new Outbox(channel, limits);
  outbox.reply("1");
  outbox.reply((async function* () {
    yield new TextEncoder().encode("2a");
    yield new TextEncoder().encode("2b");
  })());
  outbox.notify(plain("3"));
  outbox.reply(new TextEncoder().encode("4"));
  outbox.stream(new TextEncoder().encode("5"), () => {});
  outbox.notify(plain("6"));
  read();
  await outbox.idle();
  assert.deepEqual(sent, ["1", "2a2b", "3", "4", "5", "6"]);
  assert.equal(outbox.queuedBytes, 0);
});

Deno.test("Outbox tells when a frame was written, not earlier", async () => {
  const { channel, sent, read } = stubbornChannel();
  using outbox = new Outbox(channel, limits);
  const written = Promise.withResolvers<void>();
  let told = false;
  outbox.reply("1", () => {
    told = true;
    written.resolve();
  });
  await Promise.resolve();
  assert.equal(told, false);
  read();
  await written.promise;
  assert.deepEqual(sent, ["1"]);
});

Deno.test("Outbox joins what waits of one stream, also when streams alternate", async () => {
  const { channel, sent, read } = stubbornChannel();
  using outbox = new Outbox(channel, limits);
  outbox.reply("first");
  // What is on its way can't be joined any more.
  await Promise.resolve();
  await Promise.resolve();
  for (
    const [stream, text] of [["a", "1"], ["b", "x"], ["a", "2"], ["b", "y"]]
  ) {
    outbox.notify(delta(stream!, text!));
  }
  read();
  await outbox.idle();
  assert.deepEqual(sent, ["first", '["a","12"]', '["b","xy"]']);
});

Deno.test("Outbox joins in order only what was told right before", async () => {
  const { channel, sent, read } = stubbornChannel();
  using outbox = new Outbox(channel, limits);
  outbox.reply("first");
  await Promise.resolve();
  await Promise.resolve();
  for (
    const [stream, text] of [["a", "1"], ["b", "x"], ["a", "2"], ["a", "3"]]
  ) {
    const { merge, ...rest } = delta(stream!, text!);
    outbox.notify({ ...rest, merge: { ...merge!, isOrdered: true } });
  }
  read();
  await outbox.idle();
  assert.deepEqual(sent, ["first", '["a","1"]', '["b","x"]', '["a","23"]']);
  assert.equal(outbox.queuedBytes, 0);
});

Deno.test("Outbox joins for a reader that is behind, not for one that keeps up", async () => {
  const { channel, sent, read } = stubbornChannel();
  using outbox = new Outbox(channel, limits);
  outbox.reply("first");
  await Promise.resolve();
  await Promise.resolve();
  for (const text of ["1", "2", "3", "4", "5"]) {
    const { merge, ...rest } = delta("a", text);
    // "first" and one delta have 14 bytes, two deltas 23.
    outbox.notify({ ...rest, merge: { ...merge!, behindBytes: 20 } });
  }
  read();
  await outbox.idle();
  assert.deepEqual(sent, ["first", '["a","1"]', '["a","2345"]']);
});

Deno.test("Outbox leaves apart what does not want to be joined", async () => {
  const { channel, sent, read } = stubbornChannel();
  using outbox = new Outbox(channel, limits);
  outbox.reply("first");
  await Promise.resolve();
  await Promise.resolve();
  for (const text of ["1", "2", "3", "4", "5"]) {
    const { merge, ...rest } = delta("a", text);
    outbox.notify({
      ...rest,
      merge: {
        ...merge!,
        join(earlier, later) {
          const both = merge!.join(earlier, later) as { text: string };
          return both.text.length > 2 ? undefined : both;
        },
      },
    });
  }
  read();
  await outbox.idle();
  assert.deepEqual(sent, ["first", '["a","12"]', '["a","34"]', '["a","5"]']);
});

Deno.test("Outbox never joins across a frame that came between", async () => {
  for (const between of [plain("note"), undefined]) {
    const { channel, sent, read } = stubbornChannel();
    using outbox = new Outbox(channel, limits);
    outbox.notify(delta("a", "1"));
    if (between) outbox.notify(between);
    else outbox.reply("reply");
    outbox.notify(delta("a", "2"));
    read();
    await outbox.idle();
    assert.deepEqual(sent, [
      '["a","1"]',
      between ? "note" : "reply",
      '["a","2"]',
    ]);
  }
});

Deno.test("Outbox tells every joined notification that it was written", async () => {
  const { channel, read } = stubbornChannel();
  using outbox = new Outbox(channel, limits);
  let told = 0;
  outbox.reply("first");
  await Promise.resolve();
  await Promise.resolve();
  for (let i = 0; i < 3; i++) outbox.notify(delta("a", "x"), () => told++);
  read();
  await outbox.idle();
  assert.equal(told, 3);
});

Deno.test("Outbox cuts a peer off when too much waits for it", async () => {
  const { channel, sent } = stubbornChannel();
  using outbox = new Outbox(channel, limits);
  const settled: string[] = [];
  outbox.notify(plain("x".repeat(600)), () => settled.push("first"));
  outbox.notify(plain("x".repeat(600)), () => settled.push("second"));
  assert.deepEqual(await channel.closed, {
    by: "us",
    code: 1013,
    reason: "the peer does not read: more than 1000 bytes wait for it",
  });
  await outbox.idle();
  assert.deepEqual(sent, []);
  assert.deepEqual(settled.sort(), ["first", "second"]);
});

Deno.test("Outbox cuts nobody off for what is bounded otherwise: replies, and what is paused at its source", async () => {
  const { channel, sent, read } = stubbornChannel();
  using outbox = new Outbox(channel, limits);
  outbox.notify({ ...plain("x".repeat(5000)), paced: true });
  outbox.stream(new Uint8Array(5000), () => {});
  outbox.reply("x".repeat(5000));
  outbox.reply((async function* () {
    yield new Uint8Array(5000);
  })());
  assert.equal(outbox.queuedBytes, 5000);
  read();
  await outbox.idle();
  assert.deepEqual(sent.map((text) => text.length), [
    5000,
    5000,
    5000,
    5000,
  ]);
});

Deno.test("Outbox waits for a stdio peer whatever piles up", async () => {
  const { channel, sent, read } = stubbornChannel(false);
  using outbox = new Outbox(channel, limits);
  for (let i = 0; i < 10; i++) outbox.reply("x".repeat(600));
  assert.equal(outbox.queuedBytes, 6000);
  read();
  await outbox.idle();
  assert.equal(sent.length, 10);
});

Deno.test("Outbox cuts a peer off that takes nothing of what nobody paces for too long", async () => {
  for (const kind of ["notification", "request"]) {
    const { channel } = stubbornChannel();
    using outbox = new Outbox(channel, { ...limits, stallMs: 20 });
    // The stall timer alone must not keep a process alive, but this test waits.
    const alive = setInterval(() => {}, 1000);
    outbox.reply("x");
    if (kind === "request") outbox.request("x");
    else outbox.notify(plain("x"));
    assert.deepEqual(await channel.closed, {
      by: "us",
      code: 1013,
      reason: "the peer took nothing for 20 ms",
    });
    clearInterval(alive);
  }
});

Deno.test("Outbox waits for ever for a peer that takes no paced notifications and no replies", async () => {
  const { channel, sent, read } = stubbornChannel();
  using time = new FakeTime();
  using outbox = new Outbox(channel, { ...limits, stallMs: 20 });
  outbox.notify({ ...plain("paced"), paced: true });
  outbox.reply("reply");
  await time.tick(3_600_000);
  read();
  await outbox.idle();
  assert.deepEqual(sent, ["paced", "reply"]);
});

Deno.test("Outbox gives a peer that has stood still all of stallMs from when something loose came", async () => {
  const { channel } = stubbornChannel();
  using time = new FakeTime();
  using outbox = new Outbox(channel, { ...limits, stallMs: 20 });
  let ended = false;
  channel.closed.then(() => ended = true);
  outbox.notify({ ...plain("paced"), paced: true });
  await time.tick(1000);
  outbox.notify(plain("loose"));
  await time.tick(19);
  assert.equal(ended, false);
  await time.tick(2);
  assert.equal(ended, true);
});

Deno.test("Outbox cuts a peer off that takes nothing, although what waits is joined with more all the time", async () => {
  const { channel } = stubbornChannel();
  using time = new FakeTime();
  using outbox = new Outbox(channel, { ...limits, stallMs: 20 });
  let ended = false;
  channel.closed.then(() => ended = true);
  outbox.reply("first");
  await time.tick(1);
  for (let ms = 0; ms < 25; ms++) {
    outbox.notify(delta("a", "x"));
    await time.tick(1);
  }
  assert.equal(ended, true);
});

Deno.test("Outbox does not cut a peer that takes something now and then", async () => {
  const { channel, read, stall, sent } = stubbornChannel();
  using time = new FakeTime();
  using outbox = new Outbox(channel, { ...limits, stallMs: 20 });
  for (let round = 0; round < 5; round++) {
    outbox.notify(plain(`${round}`));
    await time.tick(15);
    read();
    await outbox.idle();
    stall();
  }
  assert.deepEqual(sent, ["0", "1", "2", "3", "4"]);
});

Deno.test("Outbox closes the channel when a message breaks off in the middle", async () => {
  const { channel, read } = stubbornChannel();
  using outbox = new Outbox(channel, limits);
  read();
  outbox.reply((async function* () {
    yield new Uint8Array(1);
    throw new Error("disk on fire");
  })());
  assert.deepEqual(await channel.closed, {
    by: "us",
    code: 1011,
    reason: "a message broke off: disk on fire",
  });
});

Deno.test("Outbox settles everything when it is closed, and takes nothing more", async () => {
  const { channel } = stubbornChannel();
  const outbox = new Outbox(channel, limits);
  let settled = 0;
  outbox.reply("1", () => settled++);
  outbox.notify(plain("2"), () => settled++);
  outbox[Symbol.dispose]();
  outbox[Symbol.dispose]();
  outbox.reply("3", () => settled++);
  await outbox.idle();
  channel.terminate();
  assert.equal(settled, 3);
});
