import assert from "node:assert/strict";
import fc from "fast-check";
import { OutputCap } from "./_output_cap.ts";

const chunks = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 30 });

Deno.test("OutputCap.take() lets through what was written up to the cap, at any chunking", () => {
  fc.assert(fc.property(chunks, fc.nat({ max: 200 }), (parts, capBytes) => {
    const cap = new OutputCap(capBytes);
    const written = parts.flatMap((part) => [...part]);
    const taken: number[] = [];
    let reachedIn: number | undefined;
    let last: number | undefined;
    for (const [at, part] of parts.entries()) {
      const bytes = cap.take(new Uint8Array(part));
      if (bytes === undefined) continue;
      taken.push(...bytes);
      last = at;
      if (cap.isReached) reachedIn ??= at;
    }
    assert.deepEqual(taken, written.slice(0, capBytes));
    const isReached = written.length > 0 && written.length >= capBytes;
    assert.equal(cap.isReached, isReached);
    // What reaches it is the last that is let through.
    assert.equal(reachedIn, isReached ? last : undefined);
  }));
});

Deno.test("OutputCap.take() of 0 lets one empty piece through, and only if something was written", () => {
  const cap = new OutputCap(0);
  assert.equal(cap.take(new Uint8Array(0)), undefined);
  assert.equal(cap.isReached, false);
  assert.deepEqual(cap.take(new Uint8Array(3)), new Uint8Array(0));
  assert.equal(cap.isReached, true);
  assert.equal(cap.take(new Uint8Array(3)), undefined);
});

Deno.test("OutputCap.take() of Infinity lets everything through", () => {
  const cap = new OutputCap(Infinity);
  assert.equal(cap.take(new Uint8Array(3))?.length, 3);
  assert.equal(cap.isReached, false);
});
