import type { Libc } from "./_libc.ts";
import { killSessions } from "./_session.ts";

/**
 * Kills what is left of sessions, several in one go: looking through all
 * processes costs about a microsecond for each of them.
 */
export class SessionSweep {
  readonly #libc: Libc;
  readonly #sessions = new Set<number>();
  #next: Promise<void> | undefined;

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** Kills it now. */
  now(session: number): void {
    killSessions(this.#libc, new Set([session]));
  }

  /** Kills it in a moment, together with others. */
  soon(session: number): Promise<void> {
    this.#sessions.add(session);
    this.#next ??= new Promise((resolve) =>
      setImmediate(() => {
        this.#next = undefined;
        const sessions = new Set(this.#sessions);
        this.#sessions.clear();
        killSessions(this.#libc, sessions);
        resolve();
      })
    );
    return this.#next;
  }
}
