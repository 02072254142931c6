import { RpcError } from "../protocol/mod.ts";
import type { Deadlines } from "./_deadlines.ts";
import { Scrollback } from "./_scrollback.ts";
import { Secret } from "./_secret.ts";
import { Follower, type FollowerOptions } from "./follower.ts";
import type { KeepAlive } from "./order.ts";
import type { Outcome, Program } from "./program.ts";

/** What a program that may outlive its connection lives on. */
export interface KeptProgramOptions extends KeepAlive {
  /** The program, which nobody else runs. */
  readonly program: Program;
  /** Where its time is kept. */
  readonly deadlines: Deadlines;
  /** Called once, when nobody can attach to it any more. */
  readonly onForgotten: () => void;
}

/**
 * A program that may outlive its connection: whoever has its secret can follow
 * it, one at a time. While nobody does, its time runs; when that is up, it is
 * killed if it still runs, and forgotten.
 */
export class KeptProgram implements AsyncDisposable {
  /** The program itself. */
  readonly program: Program;
  /** The key to it. */
  readonly secret: Secret = new Secret();
  /** Milliseconds that it waits for somebody. */
  readonly graceMs: number;
  /** Bytes of its output that are kept. */
  readonly scrollbackBytes: number;
  readonly #scrollback: Scrollback;
  readonly #deadlines: Deadlines;
  readonly #onForgotten: () => void;
  #follower: Follower<KeptProgram> | undefined;
  #outcome: Outcome | undefined;
  #grace: Disposable | undefined;
  #hasBegun = false;
  #isForgotten = false;
  #isTold = false;

  /** Forgets it at once if it can't be started. */
  constructor(
    { program, graceMs, scrollbackBytes, deadlines, onForgotten }:
      KeptProgramOptions,
  ) {
    this.program = program;
    this.graceMs = graceMs;
    this.scrollbackBytes = scrollbackBytes;
    this.#scrollback = new Scrollback(scrollbackBytes);
    this.#deadlines = deadlines;
    this.#onForgotten = onForgotten;
    program.started().catch(() => this.#forget());
  }

  /** How it ended, if it has. */
  get exitCode(): number | undefined {
    return this.#outcome?.exitCode;
  }

  /**
   * Whether its end was told and nobody follows it: it is only kept in case
   * that what was told did not arrive.
   */
  get isTold(): boolean {
    return this.#isTold && this.#follower === undefined;
  }

  /**
   * Makes somebody the one who follows it. Whoever did so until now is told up
   * to where output was sent there, even if they take nothing any more.
   *
   * @throws {RpcError} if they want what was not written yet; then nothing has
   * changed.
   */
  attach(options: FollowerOptions): Follower<KeptProgram> {
    const { cursor, name } = options;
    const { end } = this.#scrollback;
    if (cursor > end) {
      throw RpcError.invalidRequest(
        `cursor ${cursor} is beyond the ${end} bytes that were written`,
      );
    }
    const former = this.#follower;
    if (former !== undefined) {
      former.leave();
      former.listener.detached(former.cursor);
    }
    this.#grace?.[Symbol.dispose]();
    this.program.name = name;
    this.#follower = new Follower(this, this.#scrollback, options);
    return this.#follower;
  }

  /**
   * Lets it run, to be called when its secret is given out. Resolves when it
   * is over; its output goes to whoever follows it.
   */
  async run(): Promise<void> {
    if (this.#isForgotten) return;
    this.#hasBegun = true;
    try {
      this.#outcome = await this.program.run(this.#scrollback);
    } catch (error) {
      this.#forget();
      throw error;
    }
    this.#scrollback.close();
    // Whoever was away while it ran has as long again to hear of its end.
    if (this.#follower === undefined) this.#wait();
  }

  /** Tells who follows it the output, and then its end. */
  async tell(follower: Follower<KeptProgram>): Promise<void> {
    if (!await follower.run() || this.#outcome === undefined) return;
    this.#isTold = true;
    this.leave(follower);
    await follower.listener.exited(this.#outcome);
  }

  /** Somebody does not follow it any more; its time begins. */
  leave(follower: Follower<KeptProgram>): void {
    if (follower !== this.#follower) return;
    this.#follower = undefined;
    follower.leave();
    this.#scrollback.unfollow();
    this.#wait();
  }

  /**
   * The connection of who follows it has ended. Before the secret was given
   * out, nobody could ever come back: it ends too.
   */
  async disconnect(follower: Follower<KeptProgram>): Promise<void> {
    if (this.#hasBegun) this.leave(follower);
    else await this[Symbol.asyncDispose]();
  }

  /** Kills it and forgets it. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#forget();
    await this.program[Symbol.asyncDispose]();
  }

  #wait(): void {
    this.#grace?.[Symbol.dispose]();
    if (this.#isForgotten) return;
    this.#grace = this.#deadlines.set(
      this.graceMs,
      () => this[Symbol.asyncDispose](),
    );
  }

  #forget(): void {
    if (this.#isForgotten) return;
    this.#isForgotten = true;
    this.#grace?.[Symbol.dispose]();
    this.#follower?.leave();
    this.#follower = undefined;
    this.#onForgotten();
  }
}
