import assert from "node:assert/strict";
import { Slots } from "./_slots.ts";

Deno.test("Slots.take() lets as many through as there are, in order of arrival", async () => {
  using slots = new Slots(2);
  const passed: number[] = [];
  const gives = [0, 1, 2, 3].map((one) =>
    slots.take().then((give) => {
      passed.push(one);
      return give;
    })
  );
  await Promise.all([gives[0], gives[1]]);
  assert.deepEqual(passed, [0, 1]);
  const first = await gives[0]!;
  first();
  first();
  await gives[2];
  assert.deepEqual(passed, [0, 1, 2]);
  (await gives[1]!)();
  await gives[3];
  assert.deepEqual(passed, [0, 1, 2, 3]);
});

Deno.test("Slots lets everybody pass once it is disposed", async () => {
  const slots = new Slots(1);
  await slots.take();
  const waiting = slots.take();
  slots[Symbol.dispose]();
  await waiting;
  await slots.take();
});
