/** Bounds of a {@linkcode Load}. */
export interface LoadLimits {
  /** Requests that are worked on, or whose reply is not written, at a time. */
  readonly maxInFlight: number;
  /** Bytes of their frames, and of the replies they may be expected to give. */
  readonly maxHeldBytes: number;
}

/** How fast a large reply is forgotten, per reply. */
const FORGETTING = 0.9;

/**
 * What the requests of a connection hold. Once they hold as much as they may,
 * no more of them are read: that is what bounds memory.
 */
export class Load {
  readonly #limits: LoadLimits;
  #inFlight = 0;
  #heldBytes = 0;
  /** Length of the largest reply of late. */
  #replyBytes = 0;

  constructor(limits: LoadLimits) {
    this.#limits = limits;
  }

  /** Whether no more requests should be read. */
  get isFull(): boolean {
    const { maxInFlight, maxHeldBytes } = this.#limits;
    return this.#inFlight >= maxInFlight || this.#heldBytes >= maxHeldBytes ||
      this.#inFlight * this.#replyBytes >= maxHeldBytes;
  }

  /** A request of that many bytes is worked on. */
  enter(bytes: number): void {
    this.#inFlight++;
    this.#heldBytes += bytes;
  }

  /** Its reply was written, or it waits for the client. */
  leave(bytes: number): void {
    this.#inFlight--;
    this.#heldBytes -= bytes;
  }

  /** A reply stands in memory: as long as that may be those to come. */
  expect(replyBytes: number): void {
    this.#replyBytes = Math.max(replyBytes, this.#replyBytes * FORGETTING);
  }
}
