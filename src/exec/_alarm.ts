/** Longest time that a timer of the runtime can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Goes off once, after however long a time. */
export class Alarm implements Disposable {
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param ms When; `Infinity` for never. */
  constructor(ms: number, ring: () => void) {
    if (ms !== Infinity) this.#set(ms, ring);
  }

  /** Never goes off from now on. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #set(ms: number, ring: () => void): void {
    this.#timer = ms <= MAX_TIMER_MS
      ? setTimeout(ring, ms)
      : setTimeout(() => this.#set(ms - MAX_TIMER_MS, ring), MAX_TIMER_MS);
  }
}
