import type { Descriptor } from "./_descriptor.ts";
import { Errno } from "./_errno.ts";
import type { Output } from "./spawner.ts";

/** What comes out of a pipe or a terminal. */
export class DescriptorOutput implements Output {
  readonly #source: Descriptor;
  /** Shared with others: what is read into it is taken out at once. */
  readonly #buffer: Uint8Array<ArrayBuffer>;
  readonly #isTerminal: boolean;
  #isReading = false;
  #isOver = false;

  constructor(
    source: Descriptor,
    buffer: Uint8Array<ArrayBuffer>,
    { isTerminal }: { readonly isTerminal: boolean },
  ) {
    this.#source = source;
    this.#buffer = buffer;
    this.#isTerminal = isTerminal;
  }

  async read(maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (!(maxBytes >= 1)) {
      throw new RangeError(`Cannot read ${maxBytes} bytes: at least 1`);
    }
    if (this.#isReading) {
      throw new TypeError("Cannot read: another read is pending");
    }
    this.#isReading = true;
    try {
      await this.#source.breathe();
      while (!this.#isOver && this.#source.isOpen) {
        const bytes = this.#take(maxBytes);
        if (bytes !== undefined) return bytes;
        if (!this.#isOver) await this.#source.readable();
      }
      return undefined;
    } finally {
      this.#isReading = false;
    }
  }

  cancel(): void {
    this.#isOver = true;
    this.#source[Symbol.dispose]();
  }

  /** What there is now, or nothing: then it is over, or has to be waited for. */
  #take(maxBytes: number): Uint8Array<ArrayBuffer> | undefined {
    const room = this.#buffer.subarray(
      0,
      Math.min(maxBytes, this.#buffer.length),
    );
    let filled = 0;
    while (filled < room.length) {
      const count = this.#source.read(room.subarray(filled));
      if (count > 0) {
        filled += count;
        // Terminals give a few KiB in a call, pipes all that they have.
        if (!this.#isTerminal) break;
      } else if (count !== -Errno.EINTR) {
        // The last holder of a terminal's other end leaves an error behind,
        // again and again: with bytes in hand it is for the next call.
        if (filled === 0 && count !== -Errno.EAGAIN) this.#end();
        break;
      }
    }
    return filled > 0 ? room.slice(0, filled) : undefined;
  }

  #end(): void {
    this.#isOver = true;
    // A terminal is still written to and resized.
    if (!this.#isTerminal) this.#source[Symbol.dispose]();
  }
}
