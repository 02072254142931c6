import assert from "node:assert/strict";
import { createMemoryChannelPair } from "./memory.ts";

const encoder = new TextEncoder();

Deno.test("createMemoryChannelPair() carries texts, bytes and chunks both ways in order", async () => {
  const [left, right] = createMemoryChannelPair();
  const euro = encoder.encode("€");
  const parts = async function* () {
    yield euro.slice(0, 1);
    yield euro.slice(1);
  };
  await left.send(["a", encoder.encode("b"), parts()]);
  await right.send(["back"]);
  await left.close(1000, "done");
  assert.deepEqual(await Array.fromAsync(right.frames), ["a", "b", "€"]);
  assert.deepEqual(await Array.fromAsync(left.frames), []);
  assert.deepEqual(await left.closed, { by: "us", code: 1000, reason: "done" });
  assert.deepEqual(await right.closed, {
    by: "peer",
    code: 1000,
    reason: "done",
  });
});

Deno.test("send() waits in memory until the other side has read", async () => {
  const [left, right] = createMemoryChannelPair();
  let sent = 0;
  const flood = (async () => {
    for (let i = 0; i < 1000; i++, sent++) await left.send([String(i)]);
    left.terminate();
  })();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.ok(sent < 100, `${sent} were sent`);
  const got = await Array.fromAsync(right.frames);
  await flood;
  assert.deepEqual(got, Array.from({ length: 1000 }, (_, i) => String(i)));
});

Deno.test("send() rejects in memory when the other side closes meanwhile", async () => {
  const [left, right] = createMemoryChannelPair();
  const stuck = left.send(Array.from({ length: 200 }, () => "x"));
  await right.close(1013, "too slow");
  await assert.rejects(stuck, /Cannot send on a closed channel: too slow/);
  await assert.rejects(left.send(["y"]), /too slow/);
});
