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
  }

  /** Gives up what comes before a number, as far as it is missing. */
  skipTo(seq: number): void {
    while (this.#next < seq) {
      const news = this.#early.get(this.#next);
      this.#early.delete(this.#next++);
      if (news !== undefined) this.#take(news);
    }
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
