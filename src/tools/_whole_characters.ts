/** Most bytes of a character that may be missing its rest. */
const MAX_HELD_BYTES = 3;

/**
 * Cuts a stream of bytes between characters of UTF-8 only: the beginning of one
 * waits for its end. What is no UTF-8 passes as it is.
 */
export class WholeCharacters {
  #held: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  /** Takes bytes; gives those that stand for whole characters. */
  take(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const all = this.#held.length === 0 ? bytes : concat(this.#held, bytes);
    const end = all.length - unfinishedBytes(all);
    // The bytes are somebody else's as soon as this returns.
    this.#held = all.slice(end);
    return all.subarray(0, end);
  }

  /** Gives what will never be finished. */
  flush(): Uint8Array<ArrayBuffer> {
    const held = this.#held;
    this.#held = new Uint8Array(0);
    return held;
  }
}

/** How many bytes at the end begin a character that goes on behind it. */
export function unfinishedBytes(bytes: Uint8Array): number {
  const most = Math.min(MAX_HELD_BYTES, bytes.length);
  for (let back = 1; back <= most; back++) {
    const byte = bytes[bytes.length - back]!;
    if (isContinuation(byte)) continue;
    return back < lengthOf(byte) ? back : 0;
  }
  return 0;
}

/** How many bytes at the start end a character that began before it. */
export function orphanedBytes(bytes: Uint8Array): number {
  const most = Math.min(MAX_HELD_BYTES, bytes.length);
  let count = 0;
  while (count < most && isContinuation(bytes[count]!)) count++;
  return count;
}

/** How many characters there are. */
export function countCharacters(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (!isContinuation(byte)) count++;
  return count;
}

/** Whether a byte goes on with a character. */
function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** How long a character is that begins with this byte. */
function lengthOf(lead: number): number {
  if (lead >= 0xf0 && lead < 0xf8) return 4;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  return 1;
}

function concat(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
