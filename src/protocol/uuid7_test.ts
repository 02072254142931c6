import assert from "node:assert/strict";
import { uuid7, Uuid7Sequence } from "./uuid7.ts";

const SHAPE =
  /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const toMs = (id: string) => parseInt(id.replaceAll("-", "").slice(0, 12), 16);

Deno.test("Uuid7Sequence.next() grows with every call, and stays near the clock", () => {
  const ids = new Uuid7Sequence();
  const before = Date.now();
  const made = Array.from({ length: 20_000 }, () => ids.next());
  assert.deepEqual(made, made.toSorted());
  assert.equal(new Set(made).size, made.length);
  for (const id of made) assert.match(id, SHAPE);
  assert.ok(toMs(made[0]!) >= before);
  assert.ok(toMs(made.at(-1)!) <= Date.now() + 5);
});

Deno.test("uuid7() tells the time, and never the same twice", () => {
  const before = Date.now();
  const made = Array.from({ length: 5_000 }, () => uuid7());
  const after = Date.now();
  for (const id of made) {
    assert.match(id, SHAPE);
    assert.ok(toMs(id) >= before && toMs(id) <= after);
  }
  assert.equal(new Set(made).size, made.length);
});
