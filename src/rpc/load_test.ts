import assert from "node:assert/strict";
import { Load } from "./load.ts";

Deno.test("Load is full with too many requests, and free again when one leaves", () => {
  const load = new Load({ maxInFlight: 2, maxHeldBytes: 1000 });
  load.enter(1);
  assert.equal(load.isFull, false);
  load.enter(1);
  assert.equal(load.isFull, true);
  load.leave(1);
  assert.equal(load.isFull, false);
});

Deno.test("Load is full with few large requests", () => {
  const load = new Load({ maxInFlight: 100, maxHeldBytes: 1000 });
  load.enter(600);
  assert.equal(load.isFull, false);
  load.enter(600);
  assert.equal(load.isFull, true);
  load.leave(600);
  assert.equal(load.isFull, false);
});

Deno.test("Load takes fewer requests while replies are large, but always one", () => {
  const load = new Load({ maxInFlight: 100, maxHeldBytes: 1000 });
  load.expect(5000);
  assert.equal(load.isFull, false);
  load.enter(1);
  assert.equal(load.isFull, true);
  load.leave(1);
  for (let i = 0; i < 100; i++) load.expect(1);
  for (let i = 0; i < 99; i++) {
    load.enter(1);
    assert.equal(load.isFull, false);
  }
});
