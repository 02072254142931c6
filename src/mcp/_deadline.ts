/** A time limit that stands still while somebody else is waited for. */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #reason: () => unknown;
  #leftMs: number;
  #startedAt = 0;
  #pauses = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param reason What the signal is aborted with. */
  constructor(limitMs: number, reason: () => unknown) {
    this.#leftMs = limitMs;
    this.#reason = reason;
    this.resume();
  }

  /** Aborted when the time is up. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops the clock, until as many calls of `resume`. */
  pause(): void {
    if (this.#pauses++ > 0) return;
    clearTimeout(this.#timer);
    this.#leftMs -= performance.now() - this.#startedAt;
  }

  /** Lets the clock run on. */
  resume(): void {
    if (--this.#pauses > 0) return;
    this.#startedAt = performance.now();
    // A timer of more than 2^31 - 1 ms would fire at once.
    const ms = Math.min(Math.max(0, this.#leftMs), 2 ** 31 - 1);
    this.#timer = setTimeout(
      () => this.#controller.abort(this.#reason()),
      ms,
    );
  }

  [Symbol.dispose](): void {
    this.#pauses = Infinity;
    clearTimeout(this.#timer);
  }
}
