/** Milliseconds of work after which others have their turn. */
const sliceMs = 10;

/** Keeps long work that waits for nothing from keeping everybody else. */
export class Turns {
  #pauseAt = performance.now() + sliceMs;

  /** Lets others have their turn, if it is time. */
  async give(): Promise<void> {
    if (performance.now() <= this.#pauseAt) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#pauseAt = performance.now() + sliceMs;
  }
}
