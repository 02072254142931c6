import type { Libc } from "./_libc.ts";
import { killSessions } from "./_session.ts";

/** In less than this no system gives out all its process numbers. */
const YOUNG_MS = 250;

/**
 * As long as it were so few, each is swept alone: the first `setImmediate` of a
 * process has the runtime load its Node.js layer, which takes 10 ms.
 */
const FEW = 8;

/**
 * Kills what is left of sessions, several in one go: looking through all
 * processes costs about a microsecond for each of them.
 */
export class SessionSweep {
  readonly #libc: Libc;
  /** Sessions to be killed, and when they began. */
  readonly #sessions = new Map<number, number>();
  #next: Promise<void> | undefined;
  #sweeps = 0;

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** Kills it now. */
  now(session: number): void {
    killSessions(this.#libc, new Set([session]), { young: false });
  }

  /**
   * Kills it in a moment, together with others.
   *
   * @param session Number of its leader.
   * @param since When it began, by `performance.now()`.
   */
  soon(session: number, since: number): Promise<void> {
    this.#sessions.set(session, since);
    this.#next ??= this.#sweeps++ < FEW
      ? Promise.resolve().then(() => this.#sweep())
      : new Promise((resolve) =>
        setImmediate(() => {
          this.#sweep();
          resolve();
        })
      );
    return this.#next;
  }

  #sweep(): void {
    this.#next = undefined;
    const sessions = new Set(this.#sessions.keys());
    const oldest = Math.min(...this.#sessions.values());
    this.#sessions.clear();
    const young = performance.now() - oldest < YOUNG_MS;
    killSessions(this.#libc, sessions, { young });
  }
}
