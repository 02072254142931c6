import assert from "node:assert/strict";
import { Lanes } from "./_lanes.ts";

Deno.test("Lanes goes on after work that failed", async () => {
  const lanes = new Lanes();
  const failed = lanes.enter(false, () => Promise.reject(new Error("no")));
  const failedToo = lanes.enter(true, () => Promise.reject(new Error("no")));
  const done = lanes.enter(false, () => Promise.resolve(1));

  await assert.rejects(failed);
  await assert.rejects(failedToo);
  assert.equal(await done, 1);
});

Deno.test("Lanes lets work alone wait for all before it, and all behind it wait", async () => {
  const lanes = new Lanes();
  const log: string[] = [];
  const gates: (() => void)[] = [];
  const enter = (name: string, isParallel: boolean) =>
    lanes.enter(isParallel, async () => {
      log.push(`+${name}`);
      await new Promise<void>((resolve) => gates.push(resolve));
      log.push(`-${name}`);
    });
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  const all = [
    enter("a", true),
    enter("b", true),
    enter("c", false),
    enter("d", true),
  ];
  await settle();
  assert.deepEqual(log, ["+a", "+b"]);
  gates[1]!();
  await settle();
  assert.deepEqual(log, ["+a", "+b", "-b"]);
  gates[0]!();
  await settle();
  assert.deepEqual(log.slice(3), ["-a", "+c"]);
  gates[2]!();
  await settle();
  assert.deepEqual(log.slice(5), ["-c", "+d"]);
  gates[3]!();
  await Promise.all(all);
});
