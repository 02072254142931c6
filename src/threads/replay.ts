import type { Announcement } from "../protocol/mod.ts";

/** Bounds of what is kept for clients that come back. */
export interface ReplayLimits {
  /** Announcements. */
  readonly maxEntries: number;
  /** Bytes of their text, about. */
  readonly maxBytes: number;
}

/** The bounds unless options say otherwise. */
export const defaultReplayLimits: ReplayLimits = {
  maxEntries: 4096,
  maxBytes: 1024 * 1024,
};

/** The last announcements of a thread, for those who missed some. */
export class Replay {
  readonly #limits: ReplayLimits;
  #entries: { announcement: Announcement; bytes: number }[] = [];
  /** Where the oldest one stands; what is before it is gone. */
  #start = 0;
  #bytes = 0;
  #last = 0;

  constructor(limits: ReplayLimits = defaultReplayLimits) {
    this.#limits = limits;
  }

  /** Number of the last announcement; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** Number of the next announcement. */
  next(): number {
    return ++this.#last;
  }

  /** Keeps one, under the number that it was made with. */
  keep(announcement: Announcement, bytes: number): void {
    this.#entries.push({ announcement, bytes });
    this.#bytes += bytes;
    const { maxEntries, maxBytes } = this.#limits;
    while (
      this.#entries.length - this.#start > maxEntries || this.#bytes > maxBytes
    ) {
      this.#bytes -= this.#entries[this.#start]!.bytes;
      this.#start++;
      if (this.#start === this.#entries.length) break;
    }
    if (this.#start > 1024 && this.#start * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#start);
      this.#start = 0;
    }
  }

  /**
   * All that came after a number; nothing if some of it is gone, or if the
   * number was never given.
   */
  since(seq: number): Announcement[] | undefined {
    const missed = this.#last - seq;
    const kept = this.#entries.length - this.#start;
    if (!Number.isSafeInteger(seq) || seq < 0 || missed < 0) return undefined;
    if (missed > kept) return undefined;
    return this.#entries.slice(this.#entries.length - missed).map((one) =>
      one.announcement
    );
  }
}
