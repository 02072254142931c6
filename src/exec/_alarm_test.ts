import assert from "node:assert/strict";
import { Alarm } from "./_alarm.ts";

Deno.test("Alarm rings once its time is up", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  using _alarm = new Alarm(1, resolve);
  await promise;
});

Deno.test("Alarm does not ring early for times that no timer can wait, nor when it was disposed, nor never", async () => {
  let rings = 0;
  const ring = () => void rings++;
  const alarms = [2 ** 31, 2 ** 53, 2 ** 63, Infinity].map((ms) =>
    new Alarm(ms, ring)
  );
  const disposed = new Alarm(0, ring);
  disposed[Symbol.dispose]();
  const later = Promise.withResolvers<void>();
  using _later = new Alarm(20, later.resolve);
  await later.promise;
  assert.equal(rings, 0);
  for (const alarm of alarms) alarm[Symbol.dispose]();
});
