import type { PipeInput } from "./_portable_pipes.ts";
import { signalGroup, toExit } from "./_portable_signals.ts";
import type { Warden } from "./_warden.ts";
import type { Child, Exit, Output, TerminalSize } from "./spawner.ts";

const SIGKILL = 9;

/** The ends of a started program that this process holds. */
export interface PortableEnds {
  /** What it writes. */
  readonly stdout: Output;
  /** What it writes to its second output. */
  readonly stderr: Output | undefined;
  /** What it reads. */
  readonly stdin: PipeInput | undefined;
}

/** A program that Deno started and reaps. */
export class PortableChild implements Child {
  readonly pid: number;
  readonly exit: Promise<Exit>;
  readonly stdout: Output;
  readonly stderr: Output | undefined;
  readonly stdin: PipeInput | undefined;
  /** Resolves when nothing is left to dispose. */
  readonly disposed: Promise<void>;
  readonly #warden: Warden;
  readonly #markDisposed: () => void;
  #disposal: Promise<void> | undefined;

  constructor(
    process: Deno.ChildProcess,
    ends: PortableEnds,
    warden: Warden,
  ) {
    this.pid = process.pid;
    this.exit = toExit(process.status);
    this.stdout = ends.stdout;
    this.stderr = ends.stderr;
    this.stdin = ends.stdin;
    this.#warden = warden;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.disposed = promise;
    this.#markDisposed = resolve;
  }

  resize(_size: TerminalSize): void {
    throw new TypeError("This program has no terminal");
  }

  signal(number: number): void {
    if (this.#disposal !== undefined) return;
    signalGroup(this.pid, number);
    if (number === SIGKILL) this.#warden.kill(this.pid);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#disposal ??= this.#dispose();
  }

  async #dispose(): Promise<void> {
    signalGroup(this.pid, SIGKILL);
    this.#warden.kill(this.pid);
    this.stdout.cancel();
    this.stderr?.cancel();
    this.stdin?.abandon();
    await this.exit;
    this.#warden.remove(this.pid);
    this.#markDisposed();
  }
}
