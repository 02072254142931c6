import assert from "node:assert/strict";
import fc from "fast-check";
import { EventTooLongError, SseReader } from "./_sse_reader.ts";

function read(pieces: readonly Uint8Array[], limit?: number): string[] {
  const events: string[] = [];
  const reader = new SseReader((data) => events.push(data), limit);
  for (const piece of pieces) reader.push(piece);
  return events;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function cut(whole: Uint8Array, at: readonly number[]): Uint8Array[] {
  const places = [...new Set(at.map((place) => place % (whole.length + 1)))]
    .sort((a, b) => a - b);
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const place of places) {
    pieces.push(whole.subarray(from, place));
    from = place;
  }
  pieces.push(whole.subarray(from));
  return pieces;
}

Deno.test("SseReader reads the same events however the bytes are cut", () => {
  const line = fc.string({ unit: "grapheme", maxLength: 12 })
    .map((text) => text.replace(/[\r\n]/g, ""));
  const ending = fc.constantFrom("\n", "\r\n", "\r");
  fc.assert(fc.property(
    fc.array(
      fc.record({
        data: fc.array(line, { minLength: 1, maxLength: 3 }),
        name: fc.option(line, { nil: undefined }),
        comment: fc.option(line, { nil: undefined }),
        isTight: fc.boolean(),
        end: ending,
      }),
      { maxLength: 6 },
    ),
    fc.array(fc.nat(), { maxLength: 12 }),
    (events, at) => {
      let text = "";
      for (const { data, name, comment, isTight, end } of events) {
        if (comment !== undefined) text += `:${comment}${end}`;
        if (name !== undefined) text += `event: ${name}${end}`;
        const canBeTight = isTight && !data.some((one) => one.startsWith(" "));
        for (const one of data) {
          text += `data:${canBeTight ? "" : " "}${one}${end}`;
        }
        text += end;
      }
      // Marks at the beginning of a stream are not part of it.
      const expected = events.map(({ data }) => data.join("\n"));
      assert.deepEqual(read(cut(bytes(text), at)), expected);
    },
  ));
});

Deno.test("SseReader reads an event that is cut at every byte", () => {
  const whole = bytes(
    '\ufeff: hi\r\nevent: x\r\ndata: {"a":"añ🦕"}\r\nid: 7\r\n\r\ndata: 2\n\ndata: 3\r\r',
  );
  const expected = ['{"a":"añ🦕"}', "2", "3"];
  for (let place = 0; place <= whole.length; place++) {
    assert.deepEqual(
      read([whole.subarray(0, place), whole.subarray(place)]),
      expected,
    );
  }
  assert.deepEqual(
    read([...whole].map((byte) => Uint8Array.of(byte))),
    expected,
  );
});

Deno.test("SseReader drops an event that the stream does not finish", () => {
  assert.deepEqual(read([bytes("data: 1\n\ndata: 2\n")]), ["1"]);
  assert.deepEqual(read([bytes("data: 1\n\ndata: 2")]), ["1"]);
});

Deno.test("SseReader passes over fields that are not data", () => {
  const text =
    "datax: 1\n\nevent: e\n\nretry: 5\ndata\n\ndata:\n\ndata: a\n\n\n\n";
  assert.deepEqual(read([bytes(text)]), ["", "", "a"]);
});

Deno.test("SseReader gives up on an event without end", () => {
  assert.throws(() => read([bytes("data: 12345")], 10), EventTooLongError);
  assert.throws(
    () => read([bytes("data: 1234\ndata: 1234\ndata: 1234\n")], 10),
    EventTooLongError,
  );
  assert.throws(
    () => read(Array.from({ length: 20 }, () => bytes("x")), 10),
    EventTooLongError,
  );
  assert.deepEqual(read([bytes("data: 1\n\n".repeat(20))], 10).length, 20);
});

Deno.test("SseReader replaces bytes that are no UTF-8", () => {
  const broken = Uint8Array.of(...bytes("data: a"), 0xff, ...bytes("b\n\n"));
  assert.deepEqual(read([broken]), ["a\ufffdb"]);
});
