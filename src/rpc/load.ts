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
  enter(bytes: number): Place {
    const count = (sign: 1 | -1): void => {
      this.#inFlight += sign;
      this.#heldBytes += sign * bytes;
    };
    return new Place(count);
  }

  /** A reply stands in memory: as long as that may be those to come. */
  expect(replyBytes: number): void {
    this.#replyBytes = Math.max(replyBytes, this.#replyBytes * FORGETTING);
  }
}

/** What one request takes up of a {@linkcode Load}, until it leaves. */
export class Place {
  readonly #count: (sign: 1 | -1) => void;
  /** Reasons why it counts for nothing at the moment. */
  #absences = 0;
  #hasLeft = false;

  /** @param count Adds the request to the load, or takes it away. */
  constructor(count: (sign: 1 | -1) => void) {
    this.#count = count;
    count(1);
  }

  /** The request waits for something else than this server's work. */
  stepOut(): void {
    if (this.#absences++ === 0 && !this.#hasLeft) this.#count(-1);
  }

  /** It waits no more, as often as it stepped out. */
  stepIn(): void {
    if (--this.#absences === 0 && !this.#hasLeft) this.#count(1);
  }

  /** Its reply was written: the place is free for good. Idempotent. */
  leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    if (this.#absences === 0) this.#count(-1);
  }
}
