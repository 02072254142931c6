/** Bytes that may be held in memory by whoever shares them. */
export class Budget {
  /** How many there are. */
  readonly limitBytes: number;
  #takenBytes = 0;

  /** @param limitBytes How many there are. */
  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** Takes some, if there are so many left. */
  take(bytes: number): boolean {
    if (this.#takenBytes + bytes > this.limitBytes) return false;
    this.#takenBytes += bytes;
    return true;
  }

  /** Gives some back. */
  give(bytes: number): void {
    this.#takenBytes -= bytes;
  }
}
