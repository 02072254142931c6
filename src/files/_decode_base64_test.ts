import assert from "node:assert/strict";
import { decodeBase64 } from "./_decode_base64.ts";
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
