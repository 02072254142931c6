/** What a run of the command line came to. */
export interface Outcome {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Settings of a run in tests. */
export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const CLI = new URL("../../cli.ts", import.meta.url).href;

/** How long anything that a process is to say may take. */
const PATIENCE_MS = 60_000;

/** The command line of this checkout as a process, for tests. */
export class GangwayProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #stdout: Promise<string>;
  readonly #reads: Promise<void>;
  #stderr = "";
  #onStderr: (() => void) | undefined;
  #lines = "";
  #onLine: (() => void) | undefined;

  constructor(args: readonly string[], options: RunOptions = {}) {
    const { env = {}, cwd } = options;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", CLI, ...args],
      env: { NO_COLOR: "1", GANGWAY_LOG: "error", ...env },
      ...(cwd === undefined ? {} : { cwd }),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    this.#stdout = this.#readStdout();
    this.#reads = this.#readStderr();
  }

  /** Process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** What came on stderr so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Writes to its input. */
  async write(text: string): Promise<void> {
    await this.#stdin.write(new TextEncoder().encode(text));
  }

  /** Ends its input. */
  async closeInput(): Promise<void> {
    await this.#stdin.close().catch(() => {});
  }

  /** Sends a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** The match of a pattern on stderr, as soon as it is there. */
  async stderrMatch(pattern: RegExp): Promise<RegExpExecArray> {
    return await this.#waitFor(
      () => pattern.exec(this.#stderr),
      (wake) => this.#onStderr = wake,
    );
  }

  /** Waits for that many lines on stdout. */
  async stdoutLines(count: number): Promise<string[]> {
    return await this.#waitFor(() => {
      const lines = this.#lines.split("\n").slice(0, -1);
      return lines.length >= count ? lines : null;
    }, (wake) => this.#onLine = wake);
  }

  /** Waits for its end. */
  async outcome(): Promise<Outcome> {
    const { code, signal } = await this.#child.status;
    await this.#reads;
    return { code, signal, stdout: await this.#stdout, stderr: this.#stderr };
  }

  /** @throws {Error} if it ends first, or too much time goes by. */
  async #waitFor<T>(
    look: () => T | null,
    onChange: (wake: () => void) => void,
  ): Promise<T> {
    let giveUp = "";
    let wake = (): void => {};
    const stop = (reason: string): void => {
      giveUp = reason;
      wake();
    };
    const timer = setTimeout(() => stop("Too much time went by"), PATIENCE_MS);
    this.outcome().then(({ code }) => stop(`It ended with ${code}`));
    try {
      for (;;) {
        const found = look();
        if (found !== null) return found;
        if (giveUp !== "") throw new Error(`${giveUp}: ${this.#stderr}`);
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        onChange(resolve);
        await promise;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async #readStdout(): Promise<string> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) {
      this.#lines += decoder.decode(chunk, { stream: true });
      this.#onLine?.();
    }
    return this.#lines;
  }

  async #readStderr(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stderr) {
      this.#stderr += decoder.decode(chunk, { stream: true });
      this.#onStderr?.();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.closeInput();
    await this.outcome();
  }
}

/** Runs the command line to its end. */
export async function runGangway(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  await using process = new GangwayProcess(args, options);
  // A command that does not read its input may be gone by now.
  if (options.input !== undefined) {
    await process.write(options.input).catch(() => {});
  }
  await process.closeInput();
  return await process.outcome();
}

/** A home directory of its own for a test. */
export async function createHome(): Promise<
  { path: string; env: { CODEX_HOME: string } } & AsyncDisposable
> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  return {
    path,
    env: { CODEX_HOME: path },
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}
