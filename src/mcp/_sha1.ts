/**
 * SHA-1 of a text (FIPS 180-4), in hexadecimal digits. For names only, which are
 * needed at once: the platform's own would have to be waited for.
 */
export function sha1(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const words = new Uint32Array(((bytes.length + 8 >> 6) + 1) * 16);
  bytes.forEach((byte, at) => words[at >> 2]! |= byte << 24 - (at & 3) * 8);
  words[bytes.length >> 2]! |= 0x80 << 24 - (bytes.length & 3) * 8;
  words[words.length - 1] = bytes.length * 8;
  const state = Uint32Array.of(
    ...[0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0],
  );
  const w = new Uint32Array(80);
  for (let block = 0; block < words.length; block += 16) {
    w.set(words.subarray(block, block + 16));
    for (let t = 16; t < 80; t++) {
      w[t] = rotate(w[t - 3]! ^ w[t - 8]! ^ w[t - 14]! ^ w[t - 16]!, 1);
    }
    let [a, b, c, d, e] = state as unknown as Five;
    for (let t = 0; t < 80; t++) {
      const [f, k] = t < 20
        ? [b & c | ~b & d, 0x5a827999]
        : t < 40
        ? [b ^ c ^ d, 0x6ed9eba1]
        : t < 60
        ? [b & c | b & d | c & d, 0x8f1bbcdc]
        : [b ^ c ^ d, 0xca62c1d6];
      const next = rotate(a, 5) + f + e + k + w[t]! | 0;
      [a, b, c, d, e] = [next, a, rotate(b, 30), c, d];
    }
    [a, b, c, d, e].forEach((value, at) => state[at]! += value);
  }
  return Array.from(state, (word) => word.toString(16).padStart(8, "0"))
    .join("");
}

type Five = readonly [number, number, number, number, number];

function rotate(word: number, bits: number): number {
  return word << bits | word >>> 32 - bits;
}
