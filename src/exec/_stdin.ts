import { RpcError } from "../protocol/mod.ts";
import type { Input } from "../spawn/mod.ts";
import type { Budget } from "./_budget.ts";

/** Shorter writes are gathered while they wait. */
const SHORT_BYTES = 4 * 1024;
const BLOCK_BYTES = 16 * 1024;

interface Block {
  readonly memory: Uint8Array<ArrayBuffer>;
  length: number;
}

/**
 * What a program is to read. Writing never waits: what the program has not
 * taken yet stands in memory, up to a bound.
 */
export class Stdin implements Disposable {
  readonly #input: Input;
  readonly #maxBytes: number;
  readonly #budget: Budget;
  readonly #blocks: Block[] = [];
  #heldBytes = 0;
  #isClosed = false;
  #isDeaf = false;
  #isWriting = false;

  /**
   * @param maxBytes How much may wait.
   * @param budget Memory that is shared with others.
   */
  constructor(input: Input, maxBytes: number, budget: Budget) {
    this.#input = input;
    this.#maxBytes = maxBytes;
    this.#budget = budget;
  }

  /**
   * Writes behind what was written before. A program that does not read any
   * more is no error: it is gone, or closed its stdin, sooner or later anyway.
   *
   * @throws {RpcError} if it is closed, or if too much waits; nothing of the
   * bytes was taken then.
   */
  write(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#isClosed) {
      throw RpcError.invalidRequest("stdin is already closed");
    }
    if (this.#isDeaf || bytes.length === 0) return;
    if (this.#heldBytes + bytes.length > this.#maxBytes) {
      throw RpcError.overloaded(
        `stdin is full: of ${this.#maxBytes} bytes that may wait for the ` +
          `program to read them, ${this.#heldBytes} do; ` +
          `nothing of deltaBase64 was written`,
      );
    }
    if (!this.#budget.take(bytes.length)) {
      throw RpcError.overloaded(
        `stdin is full: all programs together may have ` +
          `${this.#budget.limitBytes} bytes waiting; ` +
          `nothing of deltaBase64 was written`,
      );
    }
    this.#heldBytes += bytes.length;
    this.#push(bytes);
    this.#flow();
  }

  /** Ends it behind what was written. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#flow();
  }

  /** Forgets what was not read: nobody is left to read it. */
  [Symbol.dispose](): void {
    this.#isDeaf = true;
    this.#blocks.length = 0;
    this.#budget.give(this.#heldBytes);
    this.#heldBytes = 0;
  }

  #push(bytes: Uint8Array<ArrayBuffer>): void {
    const last = this.#blocks.at(-1);
    const { length } = bytes;
    if (last !== undefined && last.length + length <= last.memory.length) {
      last.memory.set(bytes, last.length);
      last.length += length;
    } else if (length > SHORT_BYTES || !this.#isWriting) {
      this.#blocks.push({ memory: bytes, length });
    } else {
      const memory = new Uint8Array(BLOCK_BYTES);
      memory.set(bytes);
      this.#blocks.push({ memory, length });
    }
  }

  /** Starts to write, unless that goes on already. */
  #flow(): void {
    if (this.#isWriting || this.#isDeaf) return;
    this.#isWriting = true;
    this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    try {
      let block: Block | undefined;
      while ((block = this.#blocks.shift()) !== undefined) {
        await this.#input.write(block.memory.subarray(0, block.length));
        if (this.#isDeaf) return;
        this.#heldBytes -= block.length;
        this.#budget.give(block.length);
      }
      if (this.#isClosed) await this.#input.close();
    } catch {
      this[Symbol.dispose](); // nobody reads it any more
    } finally {
      this.#isWriting = false;
    }
  }
}
