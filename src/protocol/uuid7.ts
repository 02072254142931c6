/**
 * Makes UUIDs of version 7 (RFC 9562, section 5.7) that grow with every call,
 * also within a millisecond: for what is listed in the order it was made.
 */
export class Uuid7Sequence {
  #lastMs = 0;
  #count = 0;

  /** The next one. */
  next(): string {
    const nowMs = Date.now();
    if (nowMs > this.#lastMs) {
      this.#lastMs = nowMs;
      this.#count = 0;
    } else if (++this.#count > 0xfff) {
      this.#lastMs++; // more than 4096 in a millisecond: the clock follows
      this.#count = 0;
    }
    return toUuid7(this.#lastMs, this.#count);
  }
}

/**
 * A UUID of version 7: sorts by the millisecond in which it was made, and among
 * those of the same one by chance.
 */
export function uuid7(): string {
  const [chance] = crypto.getRandomValues(new Uint16Array(1));
  return toUuid7(Date.now(), chance! & 0xfff);
}

/** Lays out time, the 12 bits behind it, and 62 random ones. */
function toUuid7(ms: number, next: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  bytes[0] = bytes[0]! & 0x3f | 0x80;
  const time = ms.toString(16).padStart(12, "0");
  const random = bytes.toHex();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${
    next.toString(16).padStart(3, "0")
  }-${random.slice(0, 4)}-${random.slice(4)}`;
}
