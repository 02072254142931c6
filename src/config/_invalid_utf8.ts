/** Says where bytes stop being UTF-8, and how many of them belong together. */
export function describeInvalidUtf8(bytes: Uint8Array): string {
  for (let at = 0; at < bytes.length;) {
    const wanted = lengthBy(bytes[at]!);
    const length = countFitting(bytes, at, wanted);
    if (length < wanted || wanted === 0) {
      return wanted > 0 && at + length === bytes.length
        ? `incomplete utf-8 byte sequence from index ${at}`
        : `invalid utf-8 sequence of ${length} bytes from index ${at}`;
    }
    at += length;
  }
  throw new RangeError("All bytes are UTF-8");
}

/** How many bytes a first one announces, itself included; 0 if it is none. */
function lengthBy(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/** How many of the bytes at a place go together; at least one. */
function countFitting(bytes: Uint8Array, at: number, wanted: number): number {
  const first = bytes[at]!;
  let length = 1;
  for (; length < wanted; length++) {
    const byte = bytes[at + length];
    const [least, most] = length === 1 && seconds[first] || [0x80, 0xbf];
    if (byte === undefined || byte < least || byte > most) break;
  }
  return length;
}

/** What may come second where not all may that come later (RFC 3629, 4). */
const seconds: Readonly<Record<number, readonly [number, number]>> = {
  0xe0: [0xa0, 0xbf],
  0xed: [0x80, 0x9f],
  0xf0: [0x90, 0xbf],
  0xf4: [0x80, 0x8f],
};
