import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeBase64 } from "./base64.ts";
import recorded from "../../tests/fixtures/base64_refusals.json" with {
  type: "json",
};

function attempt(text: string): string | null {
  try {
    decodeBase64(text);
    return null;
  } catch (error) {
    assert.ok(error instanceof SyntaxError);
    return error.message;
  }
}

Deno.test("decodeBase64() refuses what codex servers refuse, in the same words", () => {
  const ours = recorded.map(([text]) => [text, attempt(text!)]);
  assert.deepEqual(ours, recorded);
});

Deno.test("decodeBase64() gives back any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      assert.deepEqual(decodeBase64(bytes.toBase64()), bytes);
    }),
  );
});

Deno.test("decodeBase64() takes nothing but what it would write", () => {
  const symbols = fc.constantFrom(..."AQgw/+z9=-_ \n\té");
  fc.assert(
    fc.property(fc.array(symbols, { maxLength: 12 }), (list) => {
      const text = list.join("");
      const isRefused = attempt(text) !== null;
      assert.equal(
        isRefused,
        isRefused || decodeBase64(text).toBase64() !== text,
      );
      if (!isRefused) assert.match(text, /^[A-Za-z0-9+/]*=?=?$/);
    }),
    { numRuns: 5_000 },
  );
});

Deno.test("decodeBase64() finds blanks anywhere in a large text", () => {
  const text = new Uint8Array(300_000).fill(7).toBase64();
  for (const at of [0, 1, 199_999, text.length]) {
    const spoiled = `${text.slice(0, at)}\n${text.slice(at)}`;
    assert.equal(attempt(spoiled), `Invalid symbol 10, offset ${at}.`);
  }
});
