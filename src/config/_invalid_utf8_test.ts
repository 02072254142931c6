import assert from "node:assert/strict";
import { describeInvalidUtf8 } from "./_invalid_utf8.ts";

for (
  const [bytes, said] of [
    [[0xff], "invalid utf-8 sequence of 1 bytes from index 0"],
    [
      [0x61, 0xc3, 0xa9, 0x80],
      "invalid utf-8 sequence of 1 bytes from index 3",
    ],
    [[0xc3, 0x28], "invalid utf-8 sequence of 1 bytes from index 0"],
    [[0xe2, 0x82, 0x28], "invalid utf-8 sequence of 2 bytes from index 0"],
    [
      [0xf0, 0x9f, 0x98, 0x28],
      "invalid utf-8 sequence of 3 bytes from index 0",
    ],
    [[0xed, 0xa0, 0x80], "invalid utf-8 sequence of 1 bytes from index 0"],
    [[0xe0, 0x80, 0x80], "invalid utf-8 sequence of 1 bytes from index 0"],
    [
      [0xf4, 0x90, 0x80, 0x80],
      "invalid utf-8 sequence of 1 bytes from index 0",
    ],
    [[0xc0, 0x80], "invalid utf-8 sequence of 1 bytes from index 0"],
    [[0x61, 0xe2, 0x82], "incomplete utf-8 byte sequence from index 1"],
    [
      [0xf0, 0x9f, 0x98, 0x80, 0xc3],
      "incomplete utf-8 byte sequence from index 4",
    ],
  ] as const
) {
  const hex = bytes.map((byte) => byte.toString(16)).join(" ");
  Deno.test(`describeInvalidUtf8: ${hex}`, () => {
    assert.equal(describeInvalidUtf8(Uint8Array.from(bytes)), said);
  });
}
