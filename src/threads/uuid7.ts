/** Makes UUIDs of version 7 (RFC 9562, section 5.7) that grow with every call. */
export class Uuid7 {
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
    const bytes = crypto.getRandomValues(new Uint8Array(8));
    bytes[0] = bytes[0]! & 0x3f | 0x80;
    const time = this.#lastMs.toString(16).padStart(12, "0");
    const random = bytes.toHex();
    return `${time.slice(0, 8)}-${time.slice(8)}-7${
      this.#count.toString(16).padStart(3, "0")
    }-${random.slice(0, 4)}-${random.slice(4)}`;
  }
}
