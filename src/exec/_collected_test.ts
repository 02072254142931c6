import assert from "node:assert/strict";
import fc from "fast-check";
import { Budget } from "./_budget.ts";
import { Collected } from "./_collected.ts";

const bytes = fc.uint8Array({ maxLength: 5000 }).map((one) =>
  new Uint8Array(one.map((byte) => byte & 0x7F))
);
const pieces = fc.array(
  fc.record({
    stream: fc.constantFrom("stdout" as const, "stderr" as const),
    bytes,
  }),
  { maxLength: 20 },
);

Deno.test("Collected keeps both outputs whole as long as there is room, else neither", async () => {
  await fc.assert(fc.asyncProperty(
    pieces,
    fc.nat({ max: 40_000 }),
    fc.nat({ max: 80_000 }),
    async (written, maxBytes, heldBytes) => {
      const budget = new Budget(heldBytes);
      using collected = new Collected(maxBytes, budget);
      const texts = { stdout: "", stderr: "" };
      for (const { stream, bytes } of written) {
        collected.take(stream, bytes);
        texts[stream] += new TextDecoder().decode(bytes);
      }
      const length = texts.stdout.length + texts.stderr.length;
      const told = {
        stdout: await collected.text("stdout"),
        stderr: await collected.text("stderr"),
      };
      if (collected.overflow === undefined) {
        assert.ok(length <= maxBytes);
        assert.deepEqual(told, texts);
      } else {
        assert.deepEqual(told, { stdout: "", stderr: "" });
        if (collected.overflow === "reply") assert.ok(length > maxBytes);
      }
      if (length > maxBytes) assert.notEqual(collected.overflow, undefined);
      collected[Symbol.dispose]();
      assert.ok(budget.take(heldBytes), "all of the memory was given back");
    },
  ));
});
