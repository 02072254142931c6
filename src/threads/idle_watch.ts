/** Time, as far as an {@linkcode IdleWatch} needs it. */
export interface WatchClock {
  /** Milliseconds that never go back. */
  now(): number;
  /** Calls `run` after that long, unless the returned function is called. */
  after(ms: number, run: () => void): () => void;
}

/** The clock of the machine. Its timers keep no process alive. */
const machineClock: WatchClock = Object.freeze({
  now: () => performance.now(),
  after: (ms: number, run: () => void) => {
    const timer = setTimeout(run, ms);
    Deno.unrefTimer(timer);
    return () => clearTimeout(timer);
  },
});

/**
 * Says which of the things it watches nobody has touched for a time. Touching
 * one costs a number, not a timer.
 */
export class IdleWatch implements Disposable {
  readonly #idleMs: number;
  readonly #onIdle: (id: string) => void;
  readonly #clock: WatchClock;
  readonly #watched = new Map<
    string,
    { touchedMs: number; cancel: () => void }
  >();

  /**
   * @param idleMs How long; at most 2^31-1.
   * @param onIdle Told of each that was idle for so long; it is watched on, as
   * if it had been touched, until it is forgotten.
   */
  constructor(
    idleMs: number,
    onIdle: (id: string) => void,
    clock: WatchClock = machineClock,
  ) {
    this.#idleMs = idleMs;
    this.#onIdle = onIdle;
    this.#clock = clock;
  }

  /** Watches one from now on, or counts anew. */
  touch(id: string): void {
    const touchedMs = this.#clock.now();
    const watched = this.#watched.get(id);
    if (watched !== undefined) watched.touchedMs = touchedMs;
    else this.#watched.set(id, { touchedMs, cancel: this.#wait(id, 0) });
  }

  /** Watches one no longer. */
  forget(id: string): void {
    this.#watched.get(id)?.cancel();
    this.#watched.delete(id);
  }

  [Symbol.dispose](): void {
    for (const id of [...this.#watched.keys()]) this.forget(id);
  }

  #wait(id: string, passedMs: number): () => void {
    return this.#clock.after(this.#idleMs - passedMs, () => this.#look(id));
  }

  #look(id: string): void {
    const watched = this.#watched.get(id);
    if (watched === undefined) return;
    const passedMs = this.#clock.now() - watched.touchedMs;
    if (passedMs < this.#idleMs) {
      watched.cancel = this.#wait(id, passedMs);
      return;
    }
    this.#watched.delete(id);
    this.touch(id);
    this.#onIdle(id);
  }
}
