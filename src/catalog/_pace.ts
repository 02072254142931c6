/** How long work may go on in one go: less than anybody notices. */
const SLICE_MS = 4;

/** Cuts long work into slices, between which everything else has its turn. */
export class Pace {
  #begunMs = performance.now();

  /** Whether others have waited long enough. */
  get isDue(): boolean {
    return performance.now() - this.#begunMs > SLICE_MS;
  }

  /** Lets everything else go first. */
  async pause(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#begunMs = performance.now();
  }
}
