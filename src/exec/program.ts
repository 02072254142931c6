import { type OutputStream, RpcError } from "../protocol/mod.ts";
import type { Child, Exit, Output, TerminalSize } from "../spawn/mod.ts";
import type { Budget } from "./_budget.ts";
import type { Typed } from "./_check_params.ts";
import type { Deadlines } from "./_deadlines.ts";
import { Pump } from "./_pump.ts";
import { Stdin } from "./_stdin.ts";
import type { Order } from "./order.ts";
import type { OutputConsumer } from "./output_consumer.ts";

/** How long the outputs of a program that is gone are waited for. */
const DRAIN_MS = 2000;
const SIGKILL = 9;
const SIGTERM = 15;
const SIGCONT = 18;
const TIMEOUT_CODE = 124;

/** How a program ended. */
export interface Outcome {
  /** Its exit code; 128 + n after signal n, 124 after its time was up. */
  readonly exitCode: number;
  /** Which outputs were written up to their cap, or beyond. */
  readonly capReached: { readonly [stream in OutputStream]: boolean };
  /** Whether somebody still held an output when it was no longer waited for. */
  readonly drainTimedOut: boolean;
}

/** What a program lives on. */
export interface ProgramOptions {
  /** What was asked for. */
  readonly order: Order;
  /** Its first name. */
  readonly name: string;
  /** Starts it. */
  readonly start: () => Promise<Child>;
  /** Bytes that may wait for it to read them. */
  readonly maxStdinBytes: number;
  /** Memory for these bytes, shared with other programs. */
  readonly budget: Budget;
  /** Milliseconds for which its outputs are waited for once it is gone. */
  readonly drainMs?: number;
  /** Where its time is kept. */
  readonly deadlines: Deadlines;
  /** Called once when all of it is over. */
  readonly onOver: () => void;
}

/**
 * A program from the moment it was asked for until nothing of it is left. What
 * comes in while it starts waits for that, in order. Whatever ends it first,
 * its own exit, its time or its client, is how it ended.
 */
export class Program implements AsyncDisposable {
  /** Its name among the programs of its client, for refusals. */
  name: string;
  readonly #options: ProgramOptions;
  readonly #starting: Promise<Child>;
  #stdin: Stdin | undefined;
  #alarm: Disposable | undefined;
  /** Runs from SIGTERM to SIGKILL. */
  #grace: Disposable | undefined;
  #consumer: OutputConsumer | undefined;
  #ending: "timeout" | "kill" | undefined;
  #hasExited = false;
  #isOver = false;
  #disposal: Promise<void> | undefined;

  /** Starts it. */
  constructor(options: ProgramOptions) {
    this.name = options.name;
    this.#options = options;
    this.#starting = this.#start();
    this.#starting.catch(() => this.#finish());
  }

  /**
   * Resolves when it was started.
   *
   * @throws {unknown} why it could not be.
   */
  async started(): Promise<void> {
    await this.#starting;
  }

  /**
   * Passes its output on until it is over. To be called once.
   *
   * @throws {unknown} why it could not be started.
   */
  async run(consumer: OutputConsumer): Promise<Outcome> {
    this.#consumer = consumer;
    const child = await this.#starting;
    try {
      return await this.#follow(child);
    } finally {
      await child[Symbol.asyncDispose]();
      this.#finish();
    }
  }

  /**
   * Writes to its stdin.
   *
   * @throws {RpcError} if it has none, or if it is closed, full or gone.
   */
  async write({ bytes, isLast }: Typed): Promise<void> {
    await this.#running();
    if (this.#stdin === undefined) {
      throw RpcError.invalidRequest(this.#options.order.words.noStdin);
    }
    if (bytes !== undefined) this.#stdin.write(bytes);
    if (isLast) this.#stdin.close();
  }

  /**
   * Changes the size of its terminal.
   *
   * @throws {RpcError} if it has none, or is gone.
   */
  async resize(size: TerminalSize): Promise<void> {
    const child = await this.#running();
    if (this.#options.order.terminal === undefined) {
      throw RpcError.invalidRequest(
        "failed to resize PTY: process is not attached to a PTY",
      );
    }
    child.resize(size);
  }

  /**
   * Kills it and all that it started, at once or as soon as it was started. If
   * it has a grace, it is asked to end first, and killed when that is over or
   * when it is terminated again.
   *
   * @throws {RpcError} if it could not be started.
   */
  async terminate(): Promise<void> {
    this.#ending ??= "kill";
    this.#stop(await this.#present());
  }

  /**
   * Ends it as {@linkcode Program.terminate} does, and waits for that, but not
   * for whoever takes its output. Idempotent.
   */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  async #dispose(): Promise<void> {
    this.#ending ??= "kill";
    this.#consumer?.leave();
    try {
      const child = await this.#starting;
      if (this.#options.order.graceMs > 0 && !this.#hasExited) {
        if (this.#grace === undefined) this.#stop(child);
        await child.exit;
      }
      await child[Symbol.asyncDispose]();
    } catch {
      // Never started: whoever asked for it is told.
    }
    this.#finish();
  }

  async #start(): Promise<Child> {
    const { start, order, maxStdinBytes, budget, deadlines } = this.#options;
    const child = await start();
    child.exit.then(() => {
      this.#hasExited = true;
      this.#alarm?.[Symbol.dispose]();
      this.#grace?.[Symbol.dispose]();
      this.#stdin?.[Symbol.dispose]();
    });
    if (order.takesInput && child.stdin !== undefined) {
      this.#stdin = new Stdin(child.stdin, maxStdinBytes, budget);
    }
    this.#alarm = deadlines.set(order.timeoutMs, () => {
      this.#ending ??= "timeout";
      this.#stop(child);
    });
    return child;
  }

  /** Asks it to end, or kills it: without a grace, or when it was asked. */
  #stop(child: Child): void {
    const { order: { graceMs }, deadlines } = this.#options;
    if (graceMs === 0 || this.#grace !== undefined || this.#hasExited) {
      child.signal(SIGKILL);
      return;
    }
    this.#grace = deadlines.set(graceMs, () => child.signal(SIGKILL));
    child.signal(SIGTERM);
    child.signal(SIGCONT); // what is stopped takes no other signal
  }

  async #follow(child: Child): Promise<Outcome> {
    const pump = (stream: OutputStream, output: Output | undefined) =>
      output && new Pump(
        stream,
        output,
        this.#options.order.capBytes,
        { consumer: () => this.#consumer!, deadlines: this.#options.deadlines },
      );
    const stdout = pump("stdout", child.stdout);
    const stderr = pump("stderr", child.stderr);
    const pumps = [stdout, stderr].filter((one) => one !== undefined);
    const pumped = Promise.all(pumps.map((one) => one.run()));
    pumped.catch(() => {}); // it is awaited below, but perhaps late
    const exit = await child.exit;
    const exitCode = this.#ending === "timeout" ? TIMEOUT_CODE : toCode(exit);
    const { deadlines, drainMs = DRAIN_MS } = this.#options;
    using _drain = deadlines.set(drainMs, () => {
      for (const one of pumps) one.giveUp();
      child.signal(SIGKILL);
    });
    await pumped;
    return {
      exitCode,
      capReached: {
        stdout: stdout?.isCapReached ?? false,
        stderr: stderr?.isCapReached ?? false,
      },
      drainTimedOut: pumps.some((one) => one.isTimedOut),
    };
  }

  /** Itself, once it was started. */
  async #present(): Promise<Child> {
    try {
      return await this.#starting;
    } catch {
      const { words } = this.#options.order;
      throw RpcError.invalidRequest(words.unknown(this.name));
    }
  }

  /** Itself, while it runs. */
  async #running(): Promise<Child> {
    const child = await this.#present();
    if (this.#hasExited) {
      const { words } = this.#options.order;
      throw RpcError.invalidRequest(words.over(this.name));
    }
    return child;
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#alarm?.[Symbol.dispose]();
    this.#stdin?.[Symbol.dispose]();
    this.#options.onOver();
  }
}

function toCode(exit: Exit): number {
  return "code" in exit ? exit.code : 128 + exit.signal;
}
