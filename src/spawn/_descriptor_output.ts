import type { Buffers } from "./_buffers.ts";
import type { Descriptor } from "./_descriptor.ts";
import { Errno } from "./_errno.ts";
import type { Output } from "./spawner.ts";

/** Less is copied, so that its buffer is free for others at once. */
const LENT_BYTES = 16 * 1024;

/** Who writes so much into a pipe before it is read has more to write. */
const STREAM_BYTES = 4 * 1024;

/** What comes out of a pipe or a terminal. */
export class DescriptorOutput implements Output {
  readonly #source: Descriptor;
  readonly #buffers: Buffers;
  readonly #isTerminal: boolean;
  /** What the last piece lies in, until the next one is asked for. */
  #lent: Uint8Array<ArrayBuffer> | undefined;
  #isReading = false;
  #isOver = false;

  constructor(
    source: Descriptor,
    buffers: Buffers,
    { isTerminal }: { readonly isTerminal: boolean },
  ) {
    this.#source = source;
    this.#buffers = buffers;
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
    this.#takeBack();
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
    const buffer = this.#buffers.take();
    const filled = this.#fill(buffer.subarray(0, maxBytes));
    if (filled >= LENT_BYTES) {
      this.#lent = buffer;
      return buffer.subarray(0, filled);
    }
    const bytes = filled > 0 ? buffer.slice(0, filled) : undefined;
    this.#buffers.giveBack(buffer);
    return bytes;
  }

  #fill(room: Uint8Array<ArrayBuffer>): number {
    let filled = 0;
    while (filled < room.length) {
      const count = this.#source.read(room.subarray(filled));
      if (count > 0) {
        filled += count;
        // A pipe gives all that it has. Terminals give a few KiB in a call, and
        // who writes much fills a pipe up while it is being emptied.
        if (!this.#isTerminal && count < STREAM_BYTES) break;
      } else if (count !== -Errno.EINTR) {
        // The last holder of a terminal's other end leaves an error behind,
        // again and again: with bytes in hand it is for the next call.
        if (filled === 0 && count !== -Errno.EAGAIN) this.#end();
        break;
      }
    }
    return filled;
  }

  #takeBack(): void {
    if (this.#lent === undefined) return;
    this.#buffers.giveBack(this.#lent);
    this.#lent = undefined;
  }

  #end(): void {
    this.#isOver = true;
    // A terminal is still written to and resized.
    if (!this.#isTerminal) this.#source[Symbol.dispose]();
  }
}
