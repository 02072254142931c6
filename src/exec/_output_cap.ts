/**
 * Cuts one output after so many bytes. Whatever is written beyond them is
 * dropped; the program never notices.
 */
export class OutputCap {
  #leftBytes: number;
  #isReached = false;

  /** @param capBytes How much is let through; may be 0 or `Infinity`. */
  constructor(capBytes: number) {
    this.#leftBytes = capBytes;
  }

  /**
   * Whether there was as much as is let through. An output of exactly so many
   * bytes has reached its cap, an empty one has not, even if that is 0.
   */
  get isReached(): boolean {
    return this.#isReached;
  }

  /**
   * What is let through of the next bytes; nothing once the cap was reached.
   * The call that reaches it gives bytes, with a cap of 0 none of them.
   */
  take(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
    if (this.#isReached || bytes.length === 0) return undefined;
    const taken = bytes.subarray(0, this.#leftBytes);
    this.#leftBytes -= taken.length;
    this.#isReached = this.#leftBytes === 0;
    return taken;
  }
}
