/**
 * Lets work of one kind run side by side and other work alone, in the order in
 * which it came.
 */
export class Lanes {
  #alone: Promise<unknown> = Promise.resolve();
  #together: Promise<unknown>[] = [];

  /** Runs `work` as soon as what came before allows it. */
  enter<T>(isParallel: boolean, work: () => Promise<T>): Promise<T> {
    if (isParallel) {
      const done = this.#alone.then(work);
      this.#together.push(done.catch(() => {}));
      return done;
    }
    const done = Promise.all([this.#alone, ...this.#together]).then(work);
    this.#alone = done.catch(() => {});
    this.#together = [];
    return done;
  }
}
