import type { Logger } from "../telemetry/mod.ts";

/** What tells ways to wait for somebody apart. */
const ways = {
  browser: { prefix: "Login server error: ", timeoutMs: 10 * 60_000 },
  device: { prefix: "", timeoutMs: 15 * 60_000 },
} as const;

/** A way to wait for somebody who signs in elsewhere. */
export type Way = keyof typeof ways;

/** A sign-in that somebody has still to finish. */
interface Attempt {
  readonly id: string;
  readonly way: Way;
  readonly ending: AbortController;
  readonly done: Promise<void>;
}

/** What {@linkcode Attempts} needs. */
export interface AttemptsOptions {
  readonly log: Logger;
  /** Told of the end of an attempt, and why it failed, if it did. */
  readonly end: (id: string, failure: string | null) => Promise<void>;
}

/** What becomes an attempt. */
export interface AttemptOrder {
  readonly way: Way;
  /** Gives it up. */
  readonly ending: AbortController;
  /**
   * Somebody has signed in, and it is kept.
   *
   * @throws {Error} why nobody has.
   */
  readonly signedIn: Promise<void>;
}

/** The sign-in that is waited for: there is one at most. */
export class Attempts {
  readonly #options: AttemptsOptions;
  #current: Attempt | undefined;

  constructor(options: AttemptsOptions) {
    this.#options = options;
  }

  /** How somebody is waited for, if anybody is. */
  get way(): Way | undefined {
    return this.#current?.way;
  }

  /** Waits for somebody; gives the attempt an id. */
  begin(order: AttemptOrder): string {
    const { way, ending } = order;
    const id = crypto.randomUUID();
    const done = this.#run(id, order).catch((error) =>
      this.#options.log.error("A sign-in failed", {
        reason: (error as Error).message,
      })
    );
    this.#current = { id, way, ending, done };
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
    const { prefix, timeoutMs } = ways[order.way];
    const timer = setTimeout(
      () => order.ending.abort(new Error("Login timed out")),
      timeoutMs,
    );
    let failure: string | null = null;
    try {
      await order.signedIn;
    } catch (error) {
      failure = `${prefix}${(error as Error).message}`;
    } finally {
      clearTimeout(timer);
      if (this.#current?.id === id) this.#current = undefined;
    }
    await this.#options.end(id, failure);
  }
}
