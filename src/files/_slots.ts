/**
 * A number of things that may be held at a time. Who finds none free waits,
 * first come, first served.
 */
export class Slots implements Disposable {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param count How many there are. */
  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Waits for a slot.
   *
   * @returns Gives it back; calls after the first do nothing.
   */
  async take(): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    };
  }

  /** Lets everybody pass who waits. */
  [Symbol.dispose](): void {
    this.#free = Infinity;
    for (const pass of this.#waiting.splice(0)) pass();
  }
}
