import type { Order } from "./order.ts";
import type { OutputConsumer } from "./output_consumer.ts";
import type { Programs } from "./programs.ts";
import { processWords } from "./_words.ts";

/** What is to be run for the server's own purposes, and how. */
export interface ErrandOrder {
  /** The program and what it is told. */
  readonly command: readonly [program: string, ...args: string[]];
  /** Absolute. */
  readonly cwd: string;
  /** Variables on top of the server's own, `null` removing one. */
  readonly env?: Order["env"];
  /** What it reads; nothing if there is none. */
  readonly input?: string;
  /** When it is killed. */
  readonly timeoutMs: number;
  /** Bytes of each output that are kept. */
  readonly capBytes: number;
}

/** How it ended, and what it wrote. */
export interface ErrandResult {
  readonly exitCode: number;
  /** Whether its time was up. */
  readonly isTimedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether there was more than is kept. */
  readonly isCut: boolean;
}

/** What runs programs for {@linkcode runProgram}. */
export type ProgramRunner = Pick<Programs, "start">;

/**
 * Runs a program to its end, outside of any sandbox but under the rules for
 * programs. It dies with the server, or when the signal says so, and all that
 * it started with it.
 *
 * @throws {unknown} why it can't be started, or the signal's reason.
 */
export async function runProgram(
  programs: ProgramRunner,
  { command, cwd, env = {}, input, timeoutMs, capBytes }: ErrandOrder,
  { signal }: { signal?: AbortSignal } = {},
): Promise<ErrandResult> {
  signal?.throwIfAborted();
  const startedAt = performance.now();
  const program = programs.start(
    {
      words: processWords,
      command,
      cwd,
      env,
      terminal: undefined,
      takesInput: input !== undefined,
      isStreamed: true,
      capBytes,
      timeoutMs,
      graceMs: 0,
      keepAlive: undefined,
      sandboxPolicy: undefined,
      permissionProfile: undefined,
      isUnconfined: true,
    },
    command[0],
    () => {},
  );
  const stop = () => {
    program.terminate().catch(() => {});
  };
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const texts = new Texts();
    const running = program.run(texts);
    if (input !== undefined) {
      // Whoever does not read what it is told has had its chance.
      program
        .write({ bytes: new TextEncoder().encode(input), isLast: true })
        .catch(() => {});
    }
    const { exitCode } = await running;
    const isTimedOut = performance.now() - startedAt >= timeoutMs;
    signal?.throwIfAborted();
    const stdout = texts.end("stdout");
    const stderr = texts.end("stderr");
    const isCut = texts.bytes >= capBytes;
    return { exitCode, isTimedOut, stdout, stderr, isCut };
  } finally {
    signal?.removeEventListener("abort", stop);
    await program[Symbol.asyncDispose]();
  }
}

/** Keeps what a program writes. */
class Texts implements OutputConsumer {
  /** Length of the longer output. */
  bytes = 0;
  readonly #decoders = {
    stdout: new TextDecoder(),
    stderr: new TextDecoder(),
  };
  readonly #texts = { stdout: "", stderr: "" };
  readonly #lengths = { stdout: 0, stderr: 0 };

  take(
    stream: "stdout" | "stderr",
    bytes: Uint8Array<ArrayBuffer>,
  ): undefined {
    const options = { stream: true };
    this.#texts[stream] += this.#decoders[stream].decode(bytes, options);
    this.#lengths[stream] += bytes.length;
    this.bytes = Math.max(this.bytes, this.#lengths[stream]);
  }

  leave(): void {}

  end(stream: "stdout" | "stderr"): string {
    return this.#texts[stream] + this.#decoders[stream].decode();
  }
}
