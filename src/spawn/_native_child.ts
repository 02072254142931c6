import type { Buffers } from "./_buffers.ts";
import type { Descriptor } from "./_descriptor.ts";
import { DescriptorInput } from "./_descriptor_input.ts";
import { DescriptorOutput } from "./_descriptor_output.ts";
import type { Libc } from "./_libc.ts";
import { peekExit, reap } from "./_process.ts";
import type { Safeguard } from "./_safeguard.ts";
import type { SessionSweep } from "./_session_sweep.ts";
import { resizeTerminal } from "./_terminal.ts";
import type { Child, Exit, Input, Output, TerminalSize } from "./spawner.ts";

const SIGKILL = 9;

/** What all children of a spawner share. */
export interface Surroundings {
  readonly libc: Libc;
  readonly safeguard: Safeguard;
  readonly sweep: SessionSweep;
  readonly buffers: Buffers;
}

/** Our ends of what connects us to a child. */
export interface ChildEnds {
  /** Readable once the child has ended. */
  readonly process: Descriptor;
  readonly terminal?: Descriptor;
  readonly stdout?: Descriptor;
  readonly stderr?: Descriptor;
  readonly stdin?: Descriptor;
}

/** A child that was started by posix_spawn. */
export class NativeChild implements Child {
  readonly pid: number;
  readonly exit: Promise<Exit>;
  readonly stdout: Output;
  readonly stderr: Output | undefined;
  readonly stdin: Input | undefined;
  readonly #around: Surroundings;
  readonly #ends: ChildEnds;
  readonly #onGone: () => void;
  readonly #since = performance.now();
  #isGone = false;
  #disposal: Promise<void> | undefined;

  constructor(
    pid: number,
    ends: ChildEnds,
    around: Surroundings,
    onGone: (child: NativeChild) => void,
  ) {
    this.pid = pid;
    this.#ends = ends;
    this.#around = around;
    this.#onGone = () => onGone(this);
    const isTerminal = ends.terminal !== undefined;
    const output = (end: Descriptor | undefined) =>
      end && new DescriptorOutput(end, around.buffers, { isTerminal });
    const stdin = ends.terminal ?? ends.stdin;
    this.stdout = output(ends.terminal ?? ends.stdout)!;
    this.stderr = output(ends.stderr);
    this.stdin = stdin && new DescriptorInput(stdin, { isTerminal });
    this.exit = this.#awaitExit();
  }

  resize(size: TerminalSize): void {
    const { terminal } = this.#ends;
    if (terminal === undefined) {
      throw new TypeError("Cannot resize: it has no terminal");
    }
    if (terminal.isOpen) resizeTerminal(this.#around.libc, terminal.fd, size);
  }

  signal(number: number): void {
    if (this.#isGone) return;
    this.#signalGroup(number);
    if (number === SIGKILL) this.#around.sweep.now(this.pid);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#disposal ??= this.#dispose();
  }

  async #dispose(): Promise<void> {
    const { libc, safeguard, sweep } = this.#around;
    this.#signalGroup(SIGKILL);
    await this.exit;
    // The leader is dead and holds the numbers: whoever it left is found now.
    this.#signalGroup(SIGKILL);
    await sweep.soon(this.pid, this.#since);
    safeguard.remove(this.pid);
    this.#isGone = true;
    reap(libc, this.pid);
    for (const end of Object.values(this.#ends)) end[Symbol.dispose]();
    this.#onGone();
  }

  #signalGroup(number: number): void {
    const { call } = this.#around.libc;
    // A program that starts its own session has no group for a moment.
    if (call.kill(-this.pid, number) !== 0) call.kill(this.pid, number);
  }

  async #awaitExit(): Promise<Exit> {
    for (;;) {
      const exit = peekExit(this.#around.libc, this.pid);
      if (exit !== undefined) return exit;
      await this.#ends.process.readable();
    }
  }
}
