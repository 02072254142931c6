import type { ReadStream } from "node:tty";
import type {
  TerminalEnds,
  TerminalLibrary,
} from "./_portable_terminal_library.ts";
import type { Input, Output, TerminalSize } from "./spawner.ts";

/** What is typed where a pipe would be closed: a newline and ^D. */
const END_OF_TYPING = new Uint8Array([0x0a, 0x04]);
/** How long a full terminal is left alone: less at first, then the most. */
const MOST_REST_MS = 32;

/**
 * Our end of a terminal: what is typed and what is shown. It is read by
 * `node:tty`, on the event loop and no thread of its own.
 */
export class PortableTerminal implements Output, Input, Disposable {
  readonly #library: TerminalLibrary;
  readonly #master: number;
  readonly #stream: ReadStream;
  #slave: number | undefined;
  #isOpen = true;
  #isTyped = false;
  #isOver = false;
  #arrived: Uint8Array[] = [];
  #arrivedBytes = 0;
  #onNews: (() => void) | undefined;
  /** The write before the next one; never rejects. */
  #last: Promise<unknown> = Promise.resolve();
  #rest: {
    readonly timer: ReturnType<typeof setTimeout>;
    readonly end: () => void;
  } | undefined;

  /** Takes over our descriptors of a new terminal. */
  constructor(
    library: TerminalLibrary,
    { master, reading, slave }: TerminalEnds,
    { ReadStream }: typeof import("node:tty"),
  ) {
    this.#library = library;
    this.#master = master;
    this.#slave = slave;
    const stream = new ReadStream(reading);
    this.#stream = stream;
    stream.pause();
    stream.on("data", (bytes: Uint8Array) => {
      this.#arrived.push(bytes);
      this.#arrivedBytes += bytes.length;
      this.#onNews?.();
    });
    const onOver = () => {
      this.#isOver = true;
      this.#onNews?.();
    };
    stream.on("end", onOver);
    stream.on("close", onOver);
    // The last holder of the other end leaves an error behind, where a pipe
    // would just end.
    stream.on("error", () => {
      onOver();
      stream.destroy();
    });
  }

  async read(maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (!(maxBytes >= 1)) {
      throw new RangeError(`Cannot read ${maxBytes} bytes: at least 1`);
    }
    if (this.#onNews !== undefined) {
      throw new TypeError("Cannot read: another read is pending");
    }
    if (this.#arrivedBytes < maxBytes && !this.#isOver) {
      await this.#gather(maxBytes);
    }
    return this.#arrivedBytes === 0 ? undefined : this.#take(maxBytes);
  }

  cancel(): void {
    this[Symbol.dispose]();
  }

  write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#isTyped) return Promise.reject(brokenPipe());
    return this.#queue(() => this.#writeAll(bytes));
  }

  close(): Promise<void> {
    if (this.#isTyped) return this.#queue(() => Promise.resolve());
    this.#isTyped = true;
    // Nobody left to read the end of it is as good as having read it.
    return this.#queue(() => this.#writeAll(END_OF_TYPING).catch(() => {}));
  }

  /** Says how large it is, if it is still there. */
  resize(size: TerminalSize): void {
    if (this.#isOpen) this.#library.resize(this.#master, size);
  }

  /** Closes the other end, once the program holds it: its end is seen then. */
  handOver(): void {
    if (this.#slave !== undefined) this.#library.close(this.#slave);
    this.#slave = undefined;
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#isOver = true;
    this.#arrived = [];
    this.#arrivedBytes = 0;
    this.#stream.destroy();
    this.#library.close(this.#master);
    this.handOver();
    this.#wake();
    this.#onNews?.();
  }

  /** Lets it flow until there is enough, or nothing more at the moment. */
  #gather(maxBytes: number): Promise<void> {
    return new Promise((resolve) => {
      const stop = () => {
        this.#onNews = undefined;
        this.#stream.pause();
        resolve();
      };
      let isStopping = false;
      const stopSoon = () => {
        if (isStopping) return;
        isStopping = true;
        // Terminals give little at a time: what is there already comes along.
        setImmediate(stop);
      };
      this.#onNews = () => {
        if (this.#isOver || this.#arrivedBytes > 0) stopSoon();
        if (this.#arrivedBytes >= maxBytes) this.#stream.pause();
      };
      if (this.#arrivedBytes > 0) stopSoon();
      this.#stream.resume();
    });
  }

  #take(maxBytes: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(Math.min(maxBytes, this.#arrivedBytes));
    let filled = 0;
    while (filled < bytes.length) {
      const chunk = this.#arrived[0]!;
      const part = chunk.subarray(0, bytes.length - filled);
      bytes.set(part, filled);
      filled += part.length;
      if (part.length === chunk.length) this.#arrived.shift();
      else this.#arrived[0] = chunk.subarray(part.length);
    }
    this.#arrivedBytes -= filled;
    return bytes;
  }

  #queue(step: () => Promise<void>): Promise<void> {
    const done = this.#last.then(step);
    this.#last = done.catch(() => {});
    return done;
  }

  async #writeAll(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    let rest = bytes;
    let restMs = 1;
    while (rest.length > 0) {
      if (!this.#isOpen) throw brokenPipe();
      const count = this.#library.write(this.#master, rest);
      if (count < 0) throw brokenPipe();
      rest = rest.subarray(count);
      if (count > 0) restMs = 1;
      else {
        // Deno tells nobody when there is room in a terminal.
        await this.#pause(restMs);
        restMs = Math.min(2 * restMs, MOST_REST_MS);
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake(), ms);
      this.#rest = { timer, end: resolve };
    });
  }

  #wake(): void {
    const rest = this.#rest;
    this.#rest = undefined;
    if (rest === undefined) return;
    clearTimeout(rest.timer);
    rest.end();
  }
}

function brokenPipe(): Error {
  return new Deno.errors.BrokenPipe("Cannot write: nobody can read it");
}
