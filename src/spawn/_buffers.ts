/** Bytes of each: all that fits into a pipe. */
const BUFFER_BYTES = 64 * 1024;
/** How many are kept; more than these are left to the garbage collector. */
const MAX_SPARE = 4;

/**
 * Buffers that outputs are read into, one after the other. A fresh one for
 * every piece of a long stream would cost more than reading it: the system has
 * to find and to clear its pages each time.
 */
export class Buffers {
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];

  /** One that nobody else uses. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#spare.pop() ?? new Uint8Array(BUFFER_BYTES);
  }

  /** Takes one back: nobody looks into it any more. */
  giveBack(buffer: Uint8Array<ArrayBuffer>): void {
    if (this.#spare.length < MAX_SPARE) this.#spare.push(buffer);
  }
}
