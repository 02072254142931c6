import {
  type OutputConsumer,
  processWords,
  type Programs,
} from "../exec/mod.ts";

/** What is to be run, and how. */
export interface ProgramOrder {
  readonly command: readonly [program: string, ...args: string[]];
  /** Absolute. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | null>>;
  /** What it reads; nothing if it is not to read. */
  readonly input?: string;
  readonly timeoutMs: number;
  /** Bytes of each output that are kept. */
  readonly capBytes?: number;
}

/** How it ended, and what it wrote. */
export interface ProgramResult {
  readonly exitCode: number;
  readonly isTimedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

const defaultCapBytes = 1024 * 1024;

/** Runs programs for {@linkcode runProgram}. */
export type ProgramRunner = Pick<Programs, "start">;

/**
 * Runs a program to its end. It dies with the server, or when the signal says
 * so, and all that it started with it.
 *
 * @throws {unknown} why it can't be started, or the signal's reason.
 */
export async function runProgram(
  order: ProgramOrder,
  programs: ProgramRunner,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<ProgramResult> {
  signal?.throwIfAborted();
  const started = performance.now();
  const program = programs.start(
    {
      words: processWords,
      command: order.command,
      cwd: order.cwd,
      env: order.env ?? {},
      terminal: undefined,
      takesInput: order.input !== undefined,
      isStreamed: true,
      capBytes: order.capBytes ?? defaultCapBytes,
      timeoutMs: order.timeoutMs,
      graceMs: 0,
      keepAlive: undefined,
      sandboxPolicy: undefined,
      permissionProfile: undefined,
      isUnconfined: true,
    },
    order.command[0],
    () => {},
  );
  const stop = () => {
    program.terminate().catch(() => {});
  };
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const texts = new Texts();
    const running = program.run(texts);
    if (order.input !== undefined) {
      // Whoever does not read what it is told has had its chance.
      program
        .write({ bytes: new TextEncoder().encode(order.input), isLast: true })
        .catch(() => {});
    }
    const { exitCode } = await running;
    signal?.throwIfAborted();
    return {
      exitCode,
      isTimedOut: performance.now() - started >= order.timeoutMs,
      stdout: texts.text("stdout"),
      stderr: texts.text("stderr"),
    };
  } finally {
    signal?.removeEventListener("abort", stop);
    await program[Symbol.asyncDispose]();
  }
}

/** Keeps what a program writes. */
class Texts implements OutputConsumer {
  readonly #decoders = {
    stdout: new TextDecoder(),
    stderr: new TextDecoder(),
  };
  readonly #texts = { stdout: "", stderr: "" };

  take(
    stream: "stdout" | "stderr",
    bytes: Uint8Array<ArrayBuffer>,
  ): undefined {
    this.#texts[stream] += this.#decoders[stream].decode(bytes, {
      stream: true,
    });
  }

  leave(): void {}

  text(stream: "stdout" | "stderr"): string {
    return this.#texts[stream] + this.#decoders[stream].decode();
  }
}
