import type { OutputConsumer } from "../exec/mod.ts";
import {
  type CommandExecutionItem,
  type OutputStream,
  RpcError,
} from "../protocol/mod.ts";
import { DeltasOfOutput } from "./_deltas_of_output.ts";
import { HeadAndTail, omitted } from "./_head_and_tail.ts";
import type { Original } from "./_shorten.ts";
import { WholeCharacters } from "./_whole_characters.ts";
import type { RunningProgram } from "./site.ts";
import { type Stage, StorageError } from "./stage.ts";

/** Exit code of what was ended here. */
const ENDED = -1;

/** What a terminal is made of. */
export interface TerminalOptions {
  /** Starts the command. */
  readonly start: () => RunningProgram;
  /** Item of the command, as it begins. */
  readonly item: CommandExecutionItem;
  /** What the command belongs to, also after its turn. */
  readonly stage: Stage;
  /** Whether the item was told to begin when somebody was asked about it. */
  readonly isShown: boolean;
  /** Waits with showing it, in case that it is to be started in another way. */
  readonly trial?: Trial | undefined;
}

/** When a command that ends soon is as if it had never run. */
export interface Trial {
  /** How long it lasts at most, in milliseconds; then the command is shown. */
  readonly ms: number;
  /** Whether it was kept from what it wanted, by how it ended. */
  isStopped(exitCode: number, output: string): boolean;
}

/** What a command wrote since somebody last looked. */
export interface Unread extends Original {
  readonly text: string;
}

/**
 * A command of a model, from its start until its item is complete. It keeps a
 * bounded part of what it writes, and does not care who waits for it: a turn
 * may end and the command go on.
 */
export class Terminal implements OutputConsumer {
  /** Item of the command, as it began. */
  readonly item: CommandExecutionItem;
  /** Resolves when its item is complete; never rejects. */
  readonly over: Promise<void>;
  /** Resolves when it is shown, or over without that. */
  readonly tried: Promise<void>;
  /** When somebody last looked, by `performance.now()`. */
  usedAt: number = performance.now();
  readonly #program: RunningProgram;
  readonly #stage: Stage;
  readonly #startedAt = performance.now();
  readonly #written = new HeadAndTail();
  readonly #unread = new HeadAndTail();
  readonly #edges = {
    stdout: new WholeCharacters(),
    stderr: new WholeCharacters(),
  };
  readonly #deltas: DeltasOfOutput;
  readonly #trial: Trial | undefined;
  readonly #endTrial: () => void;
  #trialTimer: ReturnType<typeof setTimeout> | undefined;
  #isShown = false;
  #isDiscarded = false;
  #isTerminated = false;
  #exitCode: number | undefined;
  #failure: unknown;

  private constructor(
    program: RunningProgram,
    { item, stage, isShown, trial }: TerminalOptions,
  ) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.tried = promise;
    this.#endTrial = resolve;
    this.#trial = isShown ? undefined : trial;
    this.#isShown = isShown;
    this.item = item;
    this.#program = program;
    this.#stage = stage;
    const { threadId, turnId } = stage;
    this.#deltas = new DeltasOfOutput((delta) =>
      stage.tell("item/commandExecution/outputDelta", {
        threadId,
        turnId,
        itemId: item.id,
        delta,
      })
    );
    if (this.#trial === undefined) this.#show();
    else this.#trialTimer = setTimeout(() => this.#show(), this.#trial.ms);
    this.over = this.#run();
  }

  /**
   * Starts a command and tells its item.
   *
   * @throws {RpcError} why it can't be started; nothing was told then.
   */
  static async start(options: TerminalOptions): Promise<Terminal> {
    const program = options.start();
    await program.started();
    try {
      return new Terminal(program, options);
    } catch (error) {
      await program[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Its exit code; nothing while it runs. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** Whether it was stopped on trial, and nobody was told of it. */
  get isDiscarded(): boolean {
    return this.#isDiscarded;
  }

  /** Whether it is over. */
  get isOver(): boolean {
    return this.#exitCode !== undefined;
  }

  /**
   * Waits until it is over, but no longer than so many milliseconds.
   *
   * @param ms Nothing for as long as it takes.
   * @throws {unknown} the signal's reason; the command goes on.
   * @throws {StorageError} if its item could not be stored.
   */
  async wait(ms: number | undefined, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = () => reject(signal.reason);
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
    signal.addEventListener("abort", abort, { once: true });
    this.over.then(resolve);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      this.usedAt = performance.now();
    }
    if (this.#failure instanceof StorageError) throw this.#failure;
  }

  /** What it wrote since this was last called. */
  takeUnread(): Unread {
    const { bytes, omittedBytes } = this.#unread;
    const text = this.#unread.text();
    this.#unread.clear();
    return {
      text,
      bytes,
      omission: omittedBytes > 0 ? omitted(omittedBytes) : undefined,
    };
  }

  /** Types something. */
  async write(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    await this.#program.write({ bytes, isLast: false });
  }

  /** Ends it and all that it started; its item completes soon. */
  terminate(): void {
    if (this.#exitCode !== undefined) return;
    this.#isTerminated = true;
    this.#program[Symbol.asyncDispose]();
  }

  take(stream: OutputStream, bytes: Uint8Array<ArrayBuffer>): undefined {
    this.#keep(this.#edges[stream].take(bytes));
  }

  leave(): void {}

  #keep(bytes: Uint8Array<ArrayBuffer>): void {
    this.#written.push(bytes);
    this.#unread.push(bytes);
    if (this.#isShown) this.#deltas.push(bytes);
  }

  /** Says something behind all that it wrote. */
  #note(text: string): void {
    const isAlone = this.#written.bytes === 0;
    this.#keep(new TextEncoder().encode(isAlone ? text : `\n${text}`));
  }

  #show(): void {
    clearTimeout(this.#trialTimer);
    this.#endTrial();
    if (this.#isShown) return;
    this.#isShown = true;
    this.#stage.started(this.item);
    this.#deltas.pushText(this.#written.text());
  }

  async #run(): Promise<void> {
    let exitCode = ENDED;
    let lost: string | undefined;
    try {
      const outcome = await this.#program.run(this);
      if (!this.#isTerminated) exitCode = outcome.exitCode;
    } catch (error) {
      // It was started, so nobody but us has ended it, unless its machine is
      // out of reach.
      lost = error instanceof RpcError && !this.#isTerminated
        ? error.message
        : undefined;
    }
    const durationMs = Math.round(performance.now() - this.#startedAt);
    try {
      this.#keep(this.#edges.stdout.flush());
      this.#keep(this.#edges.stderr.flush());
      if (lost !== undefined) this.#note(lost);
      const output = this.#written.text();
      if (!this.#isShown && this.#trial?.isStopped(exitCode, output)) {
        this.#isDiscarded = true;
        return;
      }
      this.#show();
      this.#deltas[Symbol.dispose]();
      this.#stage.completed({
        ...this.item,
        status: exitCode === 0 ? "completed" : "failed",
        aggregatedOutput: output || null,
        exitCode,
        durationMs,
      });
    } catch (error) {
      this.#failure = error;
    } finally {
      clearTimeout(this.#trialTimer);
      this.#endTrial();
      this.#deltas[Symbol.dispose]();
      this.#written.clear();
      this.#exitCode = exitCode;
    }
  }
}
