import assert from "node:assert/strict";
import { Secret } from "./_secret.ts";

Deno.test("Secret.reveal() gives 256 random bits as text, another each time", () => {
  const texts = Array.from({ length: 100 }, () => new Secret().reveal());
  assert.equal(new Set(texts).size, 100);
  for (const text of texts) {
    assert.match(text, /^[\w-]{43}$/);
    assert.equal(
      Uint8Array.fromBase64(text, { alphabet: "base64url" }).length,
      32,
    );
  }
  // No place in them is the same in all.
  for (let at = 0; at < 43; at++) {
    assert.ok(new Set(texts.map((text) => text[at])).size > 1);
  }
});

Deno.test("Secret.matches() itself alone", () => {
  const secret = new Secret();
  const text = secret.reveal();
  assert.ok(secret.matches(text));
  const swap = (at: number) =>
    text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
  const others = [
    "",
    text.slice(1),
    text.slice(0, -1),
    `${text}=`,
    ` ${text}`,
    text.toUpperCase() === text ? text.toLowerCase() : text.toUpperCase(),
    "\0".repeat(43),
    new Secret().reveal(),
    // A code unit that has the same low bits.
    String.fromCharCode(text.charCodeAt(0) + 256) + text.slice(1),
    ...Array.from({ length: 43 }, (_, at) => swap(at)),
  ];
  for (const other of others) assert.ok(!secret.matches(other), other);
});

Deno.test("Secret shows in no inspection", () => {
  const secret = new Secret();
  const shown = [
    Deno.inspect({ secret }, { depth: 10, showHidden: true }),
    JSON.stringify({ secret }),
    String(secret),
  ];
  for (const text of shown) assert.ok(!text.includes(secret.reveal()), text);
});
