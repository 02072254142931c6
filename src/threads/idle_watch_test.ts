import assert from "node:assert/strict";
import { IdleWatch } from "./idle_watch.ts";
import { VirtualClock } from "./_virtual_clock_test.ts";

Deno.test("IdleWatch tells of what nobody touched for so long, and of it again", () => {
  const clock = new VirtualClock();
  const idle: string[] = [];
  using watch = new IdleWatch(100, (id) => idle.push(id), clock);
  watch.touch("a");
  clock.pass(60);
  watch.touch("a");
  watch.touch("b");
  clock.pass(99);
  assert.deepEqual(idle, []);
  clock.pass(1);
  assert.deepEqual(idle.toSorted(), ["a", "b"]);
  clock.pass(99);
  watch.touch("a");
  clock.pass(1);
  assert.deepEqual(idle.slice(2), ["b"]);
});

Deno.test("IdleWatch tells nothing of what was forgotten, and leaves no timer", () => {
  const clock = new VirtualClock();
  const idle: string[] = [];
  {
    using watch = new IdleWatch(100, (id) => idle.push(id), clock);
    watch.touch("a");
    watch.touch("b");
    watch.forget("a");
    watch.forget("nobody");
    clock.pass(150);
    assert.deepEqual(idle, ["b"]);
    assert.equal(clock.waiting, 1);
  }
  assert.equal(clock.waiting, 0);
});
