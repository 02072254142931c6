import type { Environment } from "./case.ts";
import { within } from "./deadline.ts";

/** How to start a program of a case. */
export interface LaunchOptions {
  /** Program and its first arguments. */
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly stdin: "piped" | "null";
  /** Gather stdout as text; otherwise a connection reads it. */
  readonly gatherStdout: boolean;
}

/** How long output may lag behind the end of whoever wrote it. */
const LAG_MS = 2000;

/** A program under test with what it printed so far. */
export class ServerProcess {
  readonly child: Deno.ChildProcess;
  stdout = "";
  stderr = "";
  /** Set once the program has ended and its output is in. */
  status: Deno.CommandStatus | undefined;
  readonly #readers: ReadableStreamDefaultReader<Uint8Array>[] = [];
  readonly #ended: Promise<Deno.CommandStatus>;

  constructor(options: LaunchOptions) {
    const [program = "", ...first] = options.command;
    this.child = new Deno.Command(program, {
      args: [...first, ...options.args],
      cwd: options.cwd,
      env: options.env,
      clearEnv: true,
      stdin: options.stdin,
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const outputs = [
      this.#gather(this.child.stderr, (text) => this.stderr += text),
    ];
    if (options.gatherStdout) {
      outputs.push(
        this.#gather(this.child.stdout, (text) => this.stdout += text),
      );
    }
    this.#ended = this.#end(Promise.all(outputs));
  }

  /** The exit status, or undefined when the program runs on after `limitMs`. */
  wait(
    limitMs: number,
    signal?: AbortSignal,
  ): Promise<Deno.CommandStatus | undefined> {
    return within(this.#ended, limitMs, signal);
  }

  /** Ends the program: `patienceMs` by itself, then SIGTERM, then SIGKILL. */
  async stop(patienceMs: number): Promise<void> {
    if (await this.wait(patienceMs) === undefined) {
      this.#kill("SIGTERM");
      if (await this.wait(1500) === undefined) {
        this.#kill("SIGKILL");
        await this.#ended;
      }
    }
    for (const reader of this.#readers) await reader.cancel().catch(() => {});
  }

  #kill(signal: Deno.Signal): void {
    try {
      this.child.kill(signal);
    } catch {
      // It ended in between.
    }
  }

  /** Output may lag behind the exit, or never end in a grandchild's hands. */
  async #end(output: Promise<unknown>): Promise<Deno.CommandStatus> {
    const status = await this.child.status;
    await within(output, LAG_MS);
    this.status = status;
    return status;
  }

  async #gather(
    stream: ReadableStream<Uint8Array>,
    add: (text: string) => void,
  ): Promise<void> {
    const decoder = new TextDecoder();
    const reader = stream.getReader();
    this.#readers.push(reader);
    for (;;) {
      const { value } = await reader.read();
      if (value === undefined) return;
      add(decoder.decode(value, { stream: true }));
    }
  }
}

/** Variables that would change how the server under test behaves. */
const SERVER_VARIABLE =
  /^(CODEX|GANGWAY_|OTEL_|RUST_LOG$|RUST_BACKTRACE$|LOG_FORMAT$|TRACE(PARENT|STATE)$)/;

/** The runner's environment without the server's own variables, plus `overrides`. */
export function environment(
  home: string,
  overrides: Environment = {},
): Record<string, string> {
  const inherited = Object.entries(Deno.env.toObject())
    .filter(([name]) => !SERVER_VARIABLE.test(name));
  const wanted: Environment = {
    ...Object.fromEntries(inherited),
    CODEX_HOME: home,
    ...overrides,
  };
  return Object.fromEntries(
    Object.entries(wanted)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, String(value)]),
  );
}
