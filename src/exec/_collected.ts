import type { OutputStream } from "../protocol/mod.ts";
import type { Budget } from "./_budget.ts";
import { decodeText } from "./_decode_text.ts";
import type { OutputConsumer } from "./output_consumer.ts";

const FIRST_BYTES = 4096;

/** Keeps output until the program has ended, as far as there is room. */
export class Collected implements OutputConsumer, Disposable {
  readonly #outputs = { stdout: new Growing(), stderr: new Growing() };
  readonly #maxBytes: number;
  readonly #budget: Budget;
  #bytes = 0;
  #takenBytes = 0;
  #overflow: "reply" | "memory" | undefined;

  /**
   * @param maxBytes How much is kept of both outputs together.
   * @param budget Memory that is shared with others.
   */
  constructor(maxBytes: number, budget: Budget) {
    this.#maxBytes = maxBytes;
    this.#budget = budget;
  }

  /** What there was no more room in, if some output had to be dropped. */
  get overflow(): "reply" | "memory" | undefined {
    return this.#overflow;
  }

  take(
    stream: OutputStream,
    bytes: Uint8Array<ArrayBuffer>,
  ): undefined {
    if (this.#overflow === undefined) this.#keep(stream, bytes);
  }

  leave(): void {}

  /** The text of an output. */
  text(stream: OutputStream): string | Promise<string> {
    return decodeText(this.#outputs[stream].bytes);
  }

  /** Forgets everything. */
  [Symbol.dispose](): void {
    this.#outputs.stdout.clear();
    this.#outputs.stderr.clear();
    this.#budget.give(this.#takenBytes);
    this.#takenBytes = 0;
  }

  #keep(stream: OutputStream, bytes: Uint8Array<ArrayBuffer>): void {
    const output = this.#outputs[stream];
    if (this.#bytes + bytes.length > this.#maxBytes) {
      this.#overflow = "reply";
      // Of what can't be given whole, nothing needs to be kept.
      return this[Symbol.dispose]();
    }
    const extraBytes = output.roomFor(bytes.length);
    if (!this.#budget.take(extraBytes)) {
      this.#overflow = "memory";
      return this[Symbol.dispose]();
    }
    this.#takenBytes += extraBytes;
    this.#bytes += bytes.length;
    output.append(bytes, extraBytes);
  }
}

/** Bytes in one piece; doubles its memory when it is full. */
class Growing {
  #memory = new Uint8Array(0);
  #length = 0;

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#memory.subarray(0, this.#length);
  }

  /** How much more memory it needs to take so many bytes. */
  roomFor(bytes: number): number {
    const needed = this.#length + bytes;
    const has = this.#memory.length;
    if (needed <= has) return 0;
    return Math.max(needed, has * 2, FIRST_BYTES) - has;
  }

  append(bytes: Uint8Array<ArrayBuffer>, extraBytes: number): void {
    if (extraBytes > 0) {
      const memory = new Uint8Array(this.#memory.length + extraBytes);
      memory.set(this.bytes);
      this.#memory = memory;
    }
    this.#memory.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  clear(): void {
    this.#memory = new Uint8Array(0);
    this.#length = 0;
  }
}
