import assert from "node:assert/strict";
import { RpcError } from "../protocol/mod.ts";
import {
  decodeHistoryCursor,
  decodeTimelineCursor,
  encodeHistoryCursor,
  encodeTimelineCursor,
} from "./_history_cursor.ts";

const id = "01a1fee0-dad6-7c71-85b8-a42984eae824";
const place = { ordinal: 25, isInclusive: true };
const toOrdinal = (turnId: string) => turnId === "t" ? 7 : undefined;

Deno.test("encodeHistoryCursor(): the text that clients of the reference know", () => {
  assert.equal(
    encodeHistoryCursor(id, "turns", place),
    `{"requestedThreadId":"${id}","rolloutOrdinal":25,"includeAnchor":true,` +
      `"scope":{"kind":"turns"}}`,
  );
  assert.equal(encodeHistoryCursor(id, "turns", null), null);
});

Deno.test("decodeHistoryCursor(): what was encoded, and the older form that names a turn", () => {
  for (const kind of ["turns", "itemsByCreatedAtOrdinal"] as const) {
    const cursor = encodeHistoryCursor(id, kind, place)!;
    assert.deepEqual(decodeHistoryCursor(cursor, id, kind, toOrdinal), place);
  }
  assert.deepEqual(
    decodeHistoryCursor(
      `{"turnId":"t","includeAnchor":false}`,
      id,
      "turns",
      toOrdinal,
    ),
    { ordinal: 7, isInclusive: false },
  );
});

Deno.test("decodeHistoryCursor(): refuses what is none, or of something else", () => {
  const other = "01a1fee0-dad6-7c71-85b8-a42984eae825";
  const bad = [
    "",
    "bad",
    "1",
    "{}",
    "null",
    "[]",
    encodeHistoryCursor(other, "turns", place)!,
    encodeHistoryCursor(id, "itemsByCreatedAtOrdinal", place)!,
    encodeHistoryCursor(id, "turns", { ...place, ordinal: -1 })!,
    encodeHistoryCursor(id, "turns", { ...place, ordinal: 0.5 })!,
    `{"turnId":"unknown","includeAnchor":false}`,
    `{"turnId":"t"}`,
  ];
  for (const cursor of bad) {
    assert.throws(
      () => decodeHistoryCursor(cursor, id, "turns", toOrdinal),
      RpcError.invalidRequest(`invalid cursor: ${cursor}`),
      cursor,
    );
  }
});

Deno.test("decodeTimelineCursor(): what was encoded, and nothing else", () => {
  const mark = { position: 33, kind: 1 } as const;
  const cursor = encodeTimelineCursor(id, mark, "m");
  assert.equal(
    cursor,
    `{"threadId":"${id}","position":33,"kind":1,"id":"m"}`,
  );
  assert.deepEqual(decodeTimelineCursor(cursor, id), mark);
  for (
    const bad of [
      "",
      "{}",
      cursor.replace("33", "-1"),
      cursor.replace(
        `"kind":1`,
        `"kind":9`,
      ),
    ]
  ) {
    assert.throws(
      () => decodeTimelineCursor(bad, id),
      RpcError.invalidRequest("invalid thread timeline cursor"),
    );
  }
  assert.throws(() => decodeTimelineCursor(cursor, "another"));
});
