import type { Logger } from "../telemetry/mod.ts";
import type { IssuedTokens } from "./sign_in.ts";

/** A sign-in that somebody has still to finish. */
interface Attempt {
  readonly id: string;
  readonly ending: AbortController;
  readonly done: Promise<void>;
}

/** What {@linkcode Attempts} needs. */
export interface AttemptsOptions {
  readonly log: Logger;
  /**
   * Keeps what somebody has signed in with.
   *
   * @throws {Error} if it can't be kept.
   */
  readonly keep: (
    tokens: IssuedTokens,
    options: { readonly wantsKey: boolean; readonly signal: AbortSignal },
  ) => Promise<void>;
  /** Told of the end of an attempt, and why it failed, if it did. */
  readonly end: (id: string, failure: string | null) => Promise<void>;
}

/** What becomes an attempt. */
export interface AttemptOrder {
  /** Gives it up. */
  readonly ending: AbortController;
  /** What a reason is told behind. */
  readonly prefix: string;
  /** Milliseconds that somebody has. */
  readonly timeoutMs: number;
  /** What somebody signs in with. */
  readonly tokens: Promise<IssuedTokens>;
  /** Whether a key of the API is wanted beside the tokens. */
  readonly wantsKey: boolean;
}

/** The sign-in that is waited for: there is one at most. */
export class Attempts {
  readonly #options: AttemptsOptions;
  #current: Attempt | undefined;

  constructor(options: AttemptsOptions) {
    this.#options = options;
  }

  /** Waits for somebody; gives the attempt an id. */
  begin(order: AttemptOrder): string {
    const id = crypto.randomUUID();
    const done = this.#run(id, order).catch((error) =>
      this.#options.log.error("A sign-in failed", {
        reason: (error as Error).message,
      })
    );
    this.#current = { id, ending: order.ending, done };
    return id;
  }

  /** Gives an attempt up; false if it is not the one that is waited for. */
  cancel(id: string, reason: string): boolean {
    if (this.#current?.id !== id) return false;
    this.#giveUp(reason);
    return true;
  }

  /** Gives up whatever is waited for, and waits for its end. */
  async clear(reason: string): Promise<void> {
    const current = this.#current;
    this.#giveUp(reason);
    await current?.done;
  }

  #giveUp(reason: string): void {
    this.#current?.ending.abort(new Error(reason));
    this.#current = undefined;
  }

  async #run(id: string, order: AttemptOrder): Promise<void> {
    const { ending, prefix, timeoutMs, wantsKey } = order;
    const { signal } = ending;
    const timer = setTimeout(
      () => ending.abort(new Error("Login timed out")),
      timeoutMs,
    );
    let failure: string | null = null;
    try {
      const tokens = await order.tokens;
      await this.#options.keep(tokens, { wantsKey, signal });
    } catch (error) {
      failure = `${prefix}${(error as Error).message}`;
    } finally {
      clearTimeout(timer);
      if (this.#current?.id === id) this.#current = undefined;
    }
    await this.#options.end(id, failure);
  }
}
