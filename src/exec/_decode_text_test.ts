import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeText } from "./_decode_text.ts";
import recorded from "../../tests/fixtures/charsets.json" with { type: "json" };

const encoder = new TextEncoder();

Deno.test("decodeText() guesses charsets as codex servers do", async () => {
  const ours = [];
  for (const [hex] of recorded) {
    ours.push([hex, await decodeText(Uint8Array.fromHex(hex!))]);
  }
  assert.deepEqual(ours, recorded);
});

Deno.test("decodeText() gives any text back that was UTF-8, at once", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.equal(decodeText(encoder.encode(text)), text);
  }));
});

Deno.test("decodeText() takes any bytes", async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array(), async (bytes) => {
    const text = await decodeText(new Uint8Array(bytes));
    assert.equal(typeof text, "string");
    assert.ok(text.length <= bytes.length);
  }));
});

Deno.test("decodeText() finds what is foreign behind a long English text", async () => {
  const bytes = new Uint8Array(5_000_000).fill(32);
  bytes.set(Uint8Array.fromHex("cff0e8e2e5f2"), 4_000_000); // windows-1251
  assert.equal((await decodeText(bytes)).trim(), "Привет");
});
