import assert from "node:assert/strict";
import fc from "fast-check";
import { sha1 } from "./_sha1.ts";

Deno.test("sha1 is what the platform says, for texts of any length", async () => {
  assert.equal(sha1("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 200 }), async (text) => {
      const bytes = new TextEncoder().encode(text);
      const digest = await crypto.subtle.digest("SHA-1", bytes);
      assert.equal(sha1(text), new Uint8Array(digest).toHex());
    }),
  );
});
