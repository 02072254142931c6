/** Longest time that a timer of the runtime can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Something that is to happen at a time. */
interface Deadline {
  /** When, by `performance.now()`. */
  readonly at: number;
  readonly ring: () => void;
}

/**
 * Deadlines of programs. All of them share a few timers, each for whichever
 * deadline is the next when it is started: most programs end long before
 * theirs. They are timers of abort signals, since the first `setTimeout` of a
 * process has the runtime load its Node.js layer (10 ms), which is longer than
 * most programs run.
 */
export class Deadlines {
  readonly #pending = new Set<Deadline>();
  /** When the timers that run go off; they can't be stopped. */
  readonly #timers = new Set<number>();

  /**
   * Rings once, after however long a time, unless the result is disposed of.
   * Whoever waits for that keeps the process alive; this does not.
   *
   * @param ms How long; `Infinity` for never.
   */
  set(ms: number, ring: () => void): Disposable {
    const deadline = { at: performance.now() + ms, ring };
    if (ms !== Infinity) {
      this.#pending.add(deadline);
      this.#ensureTimer(deadline.at);
    }
    return { [Symbol.dispose]: () => void this.#pending.delete(deadline) };
  }

  #ensureTimer(at: number): void {
    for (const one of this.#timers) if (one <= at) return;
    const now = performance.now();
    const ms = Math.min(Math.max(Math.ceil(at - now), 0), MAX_TIMER_MS);
    const end = now + ms;
    this.#timers.add(end);
    AbortSignal.timeout(ms).addEventListener("abort", () => {
      this.#timers.delete(end);
      this.#ring();
    }, { once: true });
  }

  #ring(): void {
    const now = performance.now();
    let next = Infinity;
    // In the order in which they were set; what one does may unset others.
    for (const deadline of this.#pending) {
      if (deadline.at > now) next = Math.min(next, deadline.at);
      else if (this.#pending.delete(deadline)) deadline.ring();
    }
    if (next !== Infinity) this.#ensureTimer(next);
  }
}
