import assert from "node:assert/strict";
import { Load } from "./load.ts";

Deno.test("Load is full with too many requests, and free again when one leaves", () => {
  const load = new Load({ maxInFlight: 2, maxHeldBytes: 1000 });
  const place = load.enter(1);
  assert.equal(load.isFull, false);
  load.enter(1);
  assert.equal(load.isFull, true);
  place.leave();
  assert.equal(load.isFull, false);
});

Deno.test("Load is full with few large requests", () => {
  const load = new Load({ maxInFlight: 100, maxHeldBytes: 1000 });
  const place = load.enter(600);
  assert.equal(load.isFull, false);
  load.enter(600);
  assert.equal(load.isFull, true);
  place.leave();
  assert.equal(load.isFull, false);
});

Deno.test("Load takes fewer requests while replies are large, but always one", () => {
  const load = new Load({ maxInFlight: 100, maxHeldBytes: 1000 });
  load.expect(5000);
  assert.equal(load.isFull, false);
  const place = load.enter(1);
  assert.equal(load.isFull, true);
  place.leave();
  for (let i = 0; i < 100; i++) load.expect(1);
  for (let i = 0; i < 99; i++) {
    load.enter(1);
    assert.equal(load.isFull, false);
  }
});

Deno.test("Load forgets a request for as long as it has any reason to be out", () => {
  const load = new Load({ maxInFlight: 100, maxHeldBytes: 1000 });
  const place = load.enter(1000);
  place.stepOut();
  place.stepOut();
  assert.equal(load.isFull, false);
  place.stepIn();
  assert.equal(load.isFull, false);
  place.stepIn();
  assert.equal(load.isFull, true);
});

Deno.test("Load lets a request leave once, also while it is out", () => {
  const load = new Load({ maxInFlight: 1, maxHeldBytes: 1000 });
  const first = load.enter(1);
  first.stepOut();
  first.leave();
  first.leave();
  first.stepIn();
  assert.equal(load.isFull, false);
  const second = load.enter(1);
  assert.equal(load.isFull, true);
  second.leave();
  second.leave();
  second.stepOut();
  second.stepIn();
  assert.equal(load.isFull, false);
  load.enter(1);
  assert.equal(load.isFull, true);
});
