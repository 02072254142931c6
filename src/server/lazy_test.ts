import assert from "node:assert/strict";
import { Lazy } from "./_lazy.ts";

Deno.test("Lazy is made once, for all who ask", async () => {
  let count = 0;
  const lazy = new Lazy(() => Promise.resolve(++count));
  assert.equal(await lazy.made(), undefined);
  assert.deepEqual(await Promise.all([lazy.get(), lazy.get()]), [1, 1]);
  assert.deepEqual([await lazy.made(), await lazy.get()], [1, 1]);
});

Deno.test("Lazy tells of a failure whoever asked, and is made again by the next", async () => {
  let count = 0;
  const lazy = new Lazy(() =>
    ++count === 1 ? Promise.reject(new Error("The disk is full")) : Promise
      .resolve(count)
  );
  const asked = [lazy.get(), lazy.get()];
  // Whoever only gives back what was made has nothing to give back.
  assert.equal(await lazy.made(), undefined);
  for (const one of asked) {
    await assert.rejects(one, { message: "The disk is full" });
  }
  assert.equal(await lazy.get(), 2);
});
