/** The place lines go to. */
export interface LineOutput {
  /** Writes some of the bytes and says how many. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Settings of {@linkcode createStderrSink}. */
export interface StderrSinkOptions {
  /** Default: the process's stderr. */
  readonly output?: LineOutput;
  /** Characters that may wait for a slow output. Default 1 MiB. */
  readonly maxQueuedLength?: number;
}

/**
 * Writes lines to stderr in order, without ever making the caller wait or
 * throwing: while stderr takes nothing, lines wait up to a bound, then new ones
 * are dropped and counted, and the count is told once stderr moves again. When
 * stderr is gone, lines go nowhere.
 */
export interface StderrSink {
  /** Takes a line that ends in a newline. */
  write(line: string): void;
  /**
   * Resolves when all lines so far were written, stderr is gone, or the time
   * is up; for the moment before the process exits.
   */
  flush(timeoutMs?: number): Promise<void>;
}

/** Makes a sink; one per process, or lines mix. */
export function createStderrSink(options: StderrSinkOptions = {}): StderrSink {
  const output = options.output ?? Deno.stderr;
  const maxQueuedLength = options.maxQueuedLength ?? 1024 * 1024;
  const encoder = new TextEncoder();
  let queued = "";
  let dropped = 0;
  let isGone = false;
  let draining: Promise<void> | undefined;

  async function drain(): Promise<void> {
    // Lines of one turn of the event loop leave in one write.
    await Promise.resolve();
    while (!isGone && (queued !== "" || dropped > 0)) {
      let bytes = encoder.encode(queued + note(dropped));
      queued = "";
      dropped = 0;
      try {
        while (bytes.length > 0) {
          bytes = bytes.subarray(await output.write(bytes));
        }
      } catch {
        isGone = true;
        queued = "";
      }
    }
    draining = undefined;
  }

  return {
    write(line) {
      if (isGone) return;
      if (queued.length + line.length > maxQueuedLength) dropped++;
      else queued += line;
      draining ??= drain();
    },
    async flush(timeoutMs = 1000) {
      if (!draining) return;
      const { promise: timeUp, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, timeoutMs);
      await Promise.race([draining, timeUp]);
      clearTimeout(timer);
    },
  };
}

function note(dropped: number): string {
  return dropped === 0
    ? ""
    : `(${dropped} log lines were dropped because stderr was not read)\n`;
}
