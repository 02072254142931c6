import type { Input, Output } from "./spawner.ts";

/** Reads a pipe of a `Deno.ChildProcess`. */
export class PipeOutput implements Output {
  readonly #reader: ReadableStreamBYOBReader;
  #spare: ArrayBuffer | undefined;
  #isReading = false;

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = stream.getReader({ mode: "byob" });
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
      return await this.#read(maxBytes);
    } finally {
      this.#isReading = false;
    }
  }

  async #read(maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const room = this.#spare !== undefined && this.#spare.byteLength >= maxBytes
      ? this.#spare
      : new ArrayBuffer(maxBytes);
    this.#spare = undefined;
    const { done, value } = await this.#reader.read(
      new Uint8Array(room, 0, maxBytes),
    );
    if (done || value === undefined || value.length === 0) return undefined;
    if (value.length * 2 >= maxBytes) return value;
    // A few bytes shouldn't keep the room for many alive.
    this.#spare = value.buffer;
    return value.slice();
  }

  cancel(): void {
    this.#spare = undefined;
    this.#reader.cancel().catch(ignore);
  }
}

/** Writes to a pipe of a `Deno.ChildProcess`. */
export class PipeInput implements Input, Disposable {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  constructor(stream: WritableStream<Uint8Array<ArrayBuffer>>) {
    this.#writer = stream.getWriter();
    this.#writer.closed.catch(ignore);
    this.#writer.ready.catch(ignore);
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      await this.#writer.write(bytes);
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) throw error;
      throw new Deno.errors.BrokenPipe("Cannot write: nobody can read it", {
        cause: error,
      });
    }
  }

  async close(): Promise<void> {
    // What can't be closed is closed: its reader went first.
    await this.#writer.close().catch(ignore);
  }

  /** Closes it without waiting for what is not yet written. */
  [Symbol.dispose](): void {
    this.#writer.abort().catch(ignore);
  }
}

function ignore(): void {}
