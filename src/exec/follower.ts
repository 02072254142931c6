import type { Delta } from "./_deltas.ts";
import type { Scrollback } from "./_scrollback.ts";
import type { Outcome } from "./program.ts";

/** Who is told what a program does. */
export interface Listener {
  /** Sends a piece of output; resolves when the next one may be sent. */
  delta(piece: Delta): Promise<void>;
  /** Tells the end, behind all output. */
  exited(outcome: Outcome): Promise<void>;
  /** Tells that somebody else follows now; output was sent up to the cursor. */
  detached(cursor: number): Promise<void>;
}

/** How somebody follows a program. */
export interface FollowerOptions {
  /** Their name for it. */
  readonly name: string;
  /** How much of its output they have. */
  readonly cursor: number;
  /** Where it is told. */
  readonly listener: Listener;
  /**
   * Called once, when they do not follow it any more.
   *
   * @param unsent Resolves when the piece was sent that is on its way still.
   */
  readonly onGone: (unsent: Promise<void> | undefined) => void;
}

/**
 * One client at one program that may outlive it, until either is gone.
 *
 * @typeParam Kept The program, which knows who follows it.
 */
export class Follower<Kept> {
  /** What is followed. */
  readonly kept: Kept;
  /** Where it is told. */
  readonly listener: Listener;
  /** Bytes that they wanted and that are not kept any more. */
  readonly droppedBytes: number;
  readonly #scrollback: Scrollback;
  readonly #onGone: FollowerOptions["onGone"];
  #cursor: number;
  #hasLeft = false;
  #goOn: (() => void) | undefined;
  #unsent: Promise<void> | undefined;

  /** Holds what comes, but tells nothing yet. */
  constructor(
    kept: Kept,
    scrollback: Scrollback,
    { cursor, listener, onGone }: FollowerOptions,
  ) {
    this.kept = kept;
    this.listener = listener;
    this.#scrollback = scrollback;
    this.#onGone = onGone;
    this.#cursor = Math.max(cursor, scrollback.start);
    this.droppedBytes = this.#cursor - cursor;
    scrollback.follow(this.#cursor);
  }

  /** Up to where output was sent. */
  get cursor(): number {
    return this.#cursor;
  }

  /**
   * Tells the output, one piece at a time.
   *
   * @returns Whether that was all of it; otherwise they have left.
   */
  async run(): Promise<boolean> {
    while (!this.#hasLeft) {
      const piece = this.#scrollback.read(this.#cursor);
      if (piece !== undefined) {
        this.#cursor = piece.cursor;
        this.#unsent = this.listener.delta(piece);
        await this.#unlessLeft((goOn) => this.#unsent!.then(goOn));
        this.#unsent = undefined;
        if (!this.#hasLeft) this.#scrollback.follow(this.#cursor);
      } else if (this.#scrollback.isClosed) return true;
      else await this.#unlessLeft((goOn) => this.#scrollback.onChange(goOn));
    }
    return false;
  }

  /** Tells nothing more, not even what is being sent. Idempotent. */
  leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#onGone(this.#unsent);
    this.#goOn?.();
  }

  #unlessLeft(wait: (goOn: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      this.#goOn = resolve;
      wait(resolve);
    });
  }
}
