import assert from "node:assert/strict";
import fc from "fast-check";
import { HeadAndTail } from "./_head_and_tail.ts";
import { shorten } from "./_shorten.ts";
import { WholeCharacters } from "./_whole_characters.ts";

const encoder = new TextEncoder();
const texts = fc.string({ unit: "grapheme", maxLength: 200 });
const pieces = fc.array(fc.integer({ min: 1, max: 9 }), {
  minLength: 1,
  maxLength: 40,
});

/** The bytes in pieces of these lengths, over and over. */
function* cut(bytes: Uint8Array<ArrayBuffer>, lengths: number[]) {
  let at = 0;
  for (let n = 0; at < bytes.length; n++) {
    const length = lengths[n % lengths.length]!;
    yield bytes.slice(at, at + length);
    at += length;
  }
}

function hasCutCharacter(text: string): boolean {
  return text.includes("\ufffd");
}

Deno.test("WholeCharacters gives every byte once, and no cut character", () => {
  fc.assert(fc.property(texts, pieces, (text, lengths) => {
    const whole = new WholeCharacters();
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    let told = "";
    for (const piece of cut(encoder.encode(text), lengths)) {
      told += decoder.decode(whole.take(piece));
    }
    told += decoder.decode(whole.flush());
    assert.equal(told, text.toWellFormed());
  }));
});

Deno.test("WholeCharacters passes bytes that are no UTF-8", () => {
  fc.assert(fc.property(
    fc.uint8Array({ maxLength: 100 }),
    pieces,
    (bytes, lengths) => {
      const whole = new WholeCharacters();
      const told: number[] = [];
      for (const piece of cut(new Uint8Array(bytes), lengths)) {
        told.push(...whole.take(piece));
      }
      told.push(...whole.flush());
      assert.deepEqual(told, [...bytes]);
    },
  ));
});

Deno.test("HeadAndTail keeps all that there is room for", () => {
  fc.assert(fc.property(texts, pieces, (text, lengths) => {
    const kept = new HeadAndTail(10_000);
    const bytes = encoder.encode(text);
    for (const piece of cut(bytes, lengths)) kept.push(piece);
    assert.equal(kept.text(), text.toWellFormed());
    assert.equal(kept.bytes, bytes.length);
    assert.equal(kept.omittedBytes, 0);
  }));
});

Deno.test("HeadAndTail keeps beginning and end of more, and counts what is missing", () => {
  fc.assert(fc.property(
    texts,
    pieces,
    fc.integer({ min: 0, max: 64 }),
    (raw, lengths, room) => {
      const text = raw.toWellFormed().replaceAll("\ufffd", "?");
      const kept = new HeadAndTail(room);
      const bytes = encoder.encode(text);
      for (const piece of cut(bytes, lengths)) kept.push(piece);
      const shown = kept.text();
      if (bytes.length <= room) return assert.equal(shown, text);
      assert.ok(!hasCutCharacter(shown), shown);
      const match = /\n\.\.\. (\d+) bytes omitted \.\.\.\n/.exec(shown)!;
      const head = shown.slice(0, match.index);
      const tail = shown.slice(match.index + match[0].length);
      assert.ok(text.startsWith(head));
      assert.ok(text.endsWith(tail));
      const shownBytes = encoder.encode(head + tail).length;
      assert.equal(shownBytes + Number(match[1]), bytes.length);
      assert.ok(shownBytes <= room && shownBytes > room - 8);
    },
  ));
});

Deno.test("HeadAndTail holds no more than its room, whatever is written", () => {
  const kept = new HeadAndTail();
  const piece = new Uint8Array(64 * 1024).fill(97);
  for (let n = 0; n < 16 * 1024; n++) kept.push(piece);
  assert.equal(kept.bytes, 1024 ** 3);
  assert.equal(kept.omittedBytes, 1024 ** 3 - 1024 ** 2);
  assert.equal(
    kept.text().length,
    1024 ** 2 + "\n... 1072693248 bytes omitted ...\n".length,
  );
  kept.clear();
  assert.equal(kept.text(), "");
});

Deno.test("shorten() leaves alone what fits, and never cuts a character", () => {
  fc.assert(fc.property(
    texts,
    fc.integer({ min: 0, max: 40 }),
    fc.constantFrom("tokens" as const, "chars" as const),
    (raw, tokens, unit) => {
      const text = raw.toWellFormed().replaceAll("\ufffd", "?");
      const bytes = encoder.encode(text).length;
      const shown = shorten(text, { tokens, unit });
      if (bytes <= tokens * 4) return assert.equal(shown, text);
      assert.ok(!hasCutCharacter(shown), shown);
      const start = shown.indexOf("\n\n") + 2;
      const match = /…(\d+) (tokens|chars) truncated…/.exec(shown)!;
      const head = shown.slice(start, match.index);
      const tail = shown.slice(match.index + match[0].length);
      assert.ok(text.startsWith(head));
      assert.ok(text.endsWith(tail));
      assert.ok(encoder.encode(head + tail).length <= tokens * 4);
      if (unit === "tokens") {
        assert.equal(Number(match[1]), Math.ceil(bytes / 4 - tokens));
      } else {
        const left = [...head].length + [...tail].length;
        assert.equal(Number(match[1]), [...text].length - left);
      }
    },
  ));
});

Deno.test("shorten() says what codex servers say", () => {
  const numbers = Array.from({ length: 30000 }, (_, n) => `${n + 1}\n`).join(
    "",
  );
  assert.equal(
    shorten(numbers, { tokens: 20, unit: "tokens" }),
    "Warning: truncated output (original token count: 42224)\n" +
      "Total output lines: 30000\n\n" +
      "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n1" +
      "…42204 tokens truncated…" +
      "994\n29995\n29996\n29997\n29998\n29999\n30000\n",
  );
  const long = shorten(numbers, { tokens: 2500, unit: "chars" });
  assert.ok(long.includes("…158894 chars truncated…"));
  assert.equal(
    shorten(
      "é\n".repeat(10),
      { tokens: 0, unit: "tokens" },
      { bytes: 2_000_001, omission: "... 951425 bytes omitted ..." },
    ),
    "Warning: truncated output (original token count: 500001)\n" +
      "... 951425 bytes omitted ...\n\n…8 tokens truncated…",
  );
});
