import assert from "node:assert/strict";
import { Turns } from "./_turns.ts";

Deno.test("Turns.run() runs work of one key in order, also behind work that failed", async () => {
  const turns = new Turns();
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = turns.run("a", async () => {
    await gate.promise;
    order.push("a1");
    throw new Error("no");
  });
  const second = turns.run("a", () => {
    order.push("a2");
    return Promise.resolve("done");
  });
  await turns.run("b", () => Promise.resolve(void order.push("b")));
  gate.resolve();
  await assert.rejects(first, /no/);
  assert.equal(await second, "done");
  assert.deepEqual(order, ["b", "a1", "a2"]);
});
