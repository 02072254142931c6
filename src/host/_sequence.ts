/** So much is kept waiting; then what is missing is missing. */
const MAX_EARLY = 1000;

/** News, as it was told. */
type News = Record<string, unknown>;

/**
 * Brings numbered news into order: what came too early waits, what was there
 * before is dropped.
 */
export class Sequence {
  readonly #take: (news: News) => void;
  readonly #early = new Map<number, News>();
  #next = 1;

  /** @param take Takes the news, each number once, in order from 1. */
  constructor(take: (news: News) => void) {
    this.#take = take;
  }

  /** Number of the last that was taken. */
  get last(): number {
    return this.#next - 1;
  }

  /** Takes it now or later. */
  hear(seq: number, news: News): void {
    if (seq < this.#next) return;
    this.#early.set(seq, news);
    this.#flush();
    if (this.#early.size > MAX_EARLY) {
      this.skipTo(this.#early.keys().reduce((a, b) => Math.min(a, b)));
    }
  }

  /** Gives up what comes before a number, as far as it is missing. */
  skipTo(seq: number): void {
    const early = [...this.#early.keys()].filter((one) => one < seq)
      .sort((a, b) => a - b);
    for (const one of early) {
      const news = this.#early.get(one)!;
      this.#early.delete(one);
      this.#take(news);
    }
    this.#next = Math.max(this.#next, seq);
    this.#flush();
  }

  #flush(): void {
    for (;;) {
      const news = this.#early.get(this.#next);
      if (news === undefined) return;
      this.#early.delete(this.#next++);
      this.#take(news);
    }
  }
}
