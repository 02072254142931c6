import { closedError } from "./_frames.ts";
import { LineReader } from "./_line_reader.ts";
import { type ByteSink, writeLines } from "./_line_writer.ts";
import type {
  Channel,
  ChannelEnd,
  IncomingFrame,
  OutgoingFrame,
} from "./channel.ts";
import { MAX_LINE_BYTES } from "./limits.ts";

const READ_BYTES = 64 * 1024;
const GRACE_MS = 2_000;

/** What a line channel may be told. */
export interface LineChannelOptions {
  /** Longest line that is taken, in bytes. Default: 128 MiB. */
  readonly maxLineBytes?: number;
  /** How logs name the peer. Default: `stdio`. */
  readonly peer?: string;
}

/** Where lines are read from. */
interface ByteSource {
  /** The next bytes, valid until the next call, or `null` at the end. */
  read(): Promise<Uint8Array | null>;
  /** Gives up reading. */
  cancel(): Promise<void>;
}

/**
 * A channel over two byte streams, one message per line. Lines end with a
 * newline, a carriage return in front of it is dropped, and so are empty
 * lines; the last line needs no newline.
 *
 * The end of the input ends `frames`, but the channel can still send: replies
 * to what was read must get out. `closed` settles when the channel is closed
 * and tells what ended it first. A line that is not UTF-8 counts as the end of
 * the input.
 *
 * @example
 * ```ts
 * import { createLineChannel } from "@gangway/app-server";
 *
 * const pipe = new TransformStream<Uint8Array<ArrayBuffer>>();
 * const echo = createLineChannel(pipe.readable, pipe.writable);
 * const sent = echo.send(["hello"]);
 * for await (const frame of echo.frames) {
 *   console.log(frame); // hello
 *   break;
 * }
 * await sent;
 * await echo.close(1000, "done");
 * ```
 */
export function createLineChannel(
  input: ReadableStream<Uint8Array>,
  output: WritableStream<Uint8Array<ArrayBuffer>>,
  options: LineChannelOptions = {},
): Channel {
  const reader = input.getReader();
  const writer = output.getWriter();
  // Failures of the stream come back from `write`; nobody waits for this one.
  writer.closed.catch(() => {});
  return new LineChannel(
    {
      read: async () => (await reader.read()).value ?? null,
      cancel: () => reader.cancel(),
    },
    { write: (bytes) => writer.write(bytes), close: () => writer.close() },
    options,
  );
}

/**
 * The channel over this process's standard input and output. Closing it leaves
 * both open: they belong to the process.
 */
export function createStdioChannel(options: LineChannelOptions = {}): Channel {
  const buffer = new Uint8Array(READ_BYTES);
  return new LineChannel(
    {
      read: async () => {
        const count = await Deno.stdin.read(buffer);
        return count === null ? null : buffer.subarray(0, count);
      },
      cancel: () => Promise.resolve(),
    },
    {
      write: async (bytes) => {
        for (let sent = 0; sent < bytes.length;) {
          sent += await Deno.stdout.write(bytes.subarray(sent));
        }
      },
      close: () => Promise.resolve(),
    },
    options,
  );
}

class LineChannel implements Channel {
  readonly origin = "stdio";
  readonly peer: string;
  readonly droppable = false;
  readonly frames: AsyncIterable<IncomingFrame>;
  readonly closed: Promise<ChannelEnd>;
  readonly #source: ByteSource;
  readonly #sink: ByteSink;
  readonly #lines: LineReader;
  readonly #gone: PromiseWithResolvers<ChannelEnd>;
  /** What ended the input or broke the output first. */
  #cause: ChannelEnd | undefined;
  #isClosed = false;
  #writing: Promise<void> | undefined;
  #rejectSend: ((error: Error) => void) | undefined;
  #interruptRead: (() => void) | undefined;

  constructor(
    source: ByteSource,
    sink: ByteSink,
    { maxLineBytes = MAX_LINE_BYTES, peer = "stdio" }: LineChannelOptions,
  ) {
    this.#source = source;
    this.#sink = sink;
    this.#lines = new LineReader(maxLineBytes);
    this.#gone = Promise.withResolvers();
    this.closed = this.#gone.promise;
    this.peer = peer;
    this.frames = this.#read();
  }

  async send(frames: readonly OutgoingFrame[]): Promise<void> {
    if (this.#isClosed) throw closedError(this.#cause?.reason ?? "closed");
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#rejectSend = reject;
    this.#writing = writeLines(this.#sink, frames).then(() => {
      this.#writing = undefined;
      resolve();
    }, (error) => {
      // Half a line cannot be taken back: whatever broke it ends the channel.
      reject(error);
      this.#finish(toWriteEnd(error));
    });
    await promise;
  }

  async close(code: number, reason: string, graceMs = GRACE_MS): Promise<void> {
    if (this.#isClosed) return;
    this.#cause ??= { by: "us", code, reason };
    if (this.#writing !== undefined) {
      const { promise: grace, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, graceMs);
      await Promise.race([this.#writing, this.closed, grace]);
      clearTimeout(timer);
    }
    this.#finish({ by: "us", code, reason });
  }

  terminate(): void {
    this.#finish({ by: "us", reason: "terminated" });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.terminate();
    return Promise.resolve();
  }

  async *#read(): AsyncGenerator<IncomingFrame, void, undefined> {
    const lines: IncomingFrame[] = [];
    while (!this.#isClosed && this.#cause === undefined) {
      try {
        const chunk = await this.#nextChunk();
        if (chunk) this.#lines.push(chunk, lines);
        else {
          this.#lines.flush(lines);
          this.#cause ??= { by: "peer", reason: "End of input" };
        }
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#cause ??= { by: "error", reason };
      }
      for (const line of lines) {
        if (this.#isClosed) return;
        yield line;
      }
      lines.length = 0;
    }
  }

  /** The next bytes, or `null` at the end or when the channel is closed. */
  #nextChunk(): Promise<Uint8Array | null> {
    const { promise, resolve, reject } = Promise.withResolvers<
      Uint8Array | null
    >();
    this.#interruptRead = () => resolve(null);
    this.#source.read().then(resolve, reject);
    return promise;
  }

  #finish(end: ChannelEnd): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cause ??= end;
    this.#interruptRead?.();
    this.#rejectSend?.(closedError(this.#cause.reason));
    this.#gone.resolve(this.#cause);
    // The other side may be gone already, and it is the end either way.
    this.#source.cancel().catch(() => {});
    this.#sink.close().catch(() => {});
  }
}

function toWriteEnd(error: unknown): ChannelEnd {
  const reason = error instanceof Error ? error.message : String(error);
  const isGone = error instanceof Deno.errors.BrokenPipe;
  return { by: isGone ? "peer" : "error", reason };
}
