import { sendSignal, toExit } from "./_portable_signals.ts";
import type { PortableTerminal } from "./_portable_terminal.ts";
import type { Warden } from "./_warden.ts";
import type { Child, Exit, Input, Output, TerminalSize } from "./spawner.ts";

const SIGKILL = 9;

/** The ends of a started program that this process holds. */
export interface PortableEnds {
  /** What it writes. */
  readonly stdout: Output;
  /** What it writes to its second output. */
  readonly stderr: Output | undefined;
  /** What it reads. */
  readonly stdin: (Input & Disposable) | undefined;
  /** Its terminal; then it is both `stdout` and `stdin`. */
  readonly terminal: PortableTerminal | undefined;
}

/** A program that Deno started and reaps. */
export class PortableChild implements Child {
  readonly pid: number;
  readonly exit: Promise<Exit>;
  readonly stdout: Output;
  readonly stderr: Output | undefined;
  readonly stdin: (Input & Disposable) | undefined;
  /** Resolves when nothing is left to dispose. */
  readonly disposed: Promise<void>;
  readonly #terminal: PortableTerminal | undefined;
  readonly #warden: Warden;
  readonly #markDisposed: () => void;
  #hasEnded = false;
  #disposal: Promise<void> | undefined;

  constructor(
    process: Deno.ChildProcess,
    ends: PortableEnds,
    warden: Warden,
  ) {
    this.pid = process.pid;
    this.stdout = ends.stdout;
    this.stderr = ends.stderr;
    this.stdin = ends.stdin;
    this.#terminal = ends.terminal;
    this.#warden = warden;
    this.exit = toExit(process.status).finally(() => this.#hasEnded = true);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.disposed = promise;
    this.#markDisposed = resolve;
  }

  resize(size: TerminalSize): void {
    if (this.#terminal === undefined) {
      throw new TypeError("Cannot resize: it has no terminal");
    }
    this.#terminal.resize(size);
  }

  signal(number: number): void {
    if (this.#disposal === undefined) this.#signal(number);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#disposal ??= this.#dispose();
  }

  async #dispose(): Promise<void> {
    this.#signal(SIGKILL);
    this.stdout.cancel();
    this.stderr?.cancel();
    this.stdin?.[Symbol.dispose]();
    await this.exit;
    this.#warden.remove(this.pid);
    this.#markDisposed();
  }

  #signal(number: number): void {
    // The group is made by the program itself, or what precedes it, and isn't
    // there for a moment; the process is, as long as it was not reaped.
    if (!sendSignal(-this.pid, number) && !this.#hasEnded) {
      sendSignal(this.pid, number);
    }
    if (number === SIGKILL) this.#warden.kill(this.pid);
  }
}
