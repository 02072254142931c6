/** Something found. */
export interface Match {
  readonly path: string;
  readonly kind: number;
  readonly score: number;
}

/** Keeps the best of what it is given; of equals the shortest, then by path. */
export class BestMatches {
  readonly #most: number;
  readonly #matches: Match[] = [];
  #foremost: Match | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether one that is worth no more than this has a chance. */
  hasRoomFor(path: string, kind: number, score: number): boolean {
    if (this.#matches.length < this.#most) return true;
    const worst = this.#matches.at(-1)!;
    return worst.score < score ||
      worst.score === score && compare(worst, { path, kind, score }) > 0;
  }

  /** Takes one in, if it is good enough. Tells whether it is. */
  add(path: string, kind: number, score: number): boolean {
    const matches = this.#matches;
    if (!this.hasRoomFor(path, kind, score)) return false;
    if (matches.length === this.#most) matches.pop();
    const match = { path, kind, score };
    let low = 0;
    let high = matches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(matches[middle]!, match) <= 0) low = middle + 1;
      else high = middle;
    }
    matches.splice(low, 0, match);
    return true;
  }

  /**
   * Takes one in that only the best of its kind is promoted for.
   *
   * @param bonus What it is worth on top if it is the best.
   */
  promote(path: string, kind: number, score: number, bonus: number): boolean {
    const match = { path, kind, score: score + bonus };
    if (this.#foremost && compare(this.#foremost, match) <= 0) return false;
    this.#foremost = match;
    return true;
  }

  /** Them, best first, and of equals by path. */
  list(): Match[] {
    const foremost = this.#foremost;
    const others = foremost === undefined
      ? this.#matches
      : this.#matches.filter(({ path, kind }) =>
        path !== foremost.path || kind !== foremost.kind
      );
    const matches = foremost === undefined
      ? others
      : [foremost, ...others].slice(0, this.#most);
    return matches.toSorted((one, other) =>
      other.score - one.score || compareText(one.path, other.path) ||
      one.kind - other.kind
    );
  }
}

function compare(one: Match, other: Match): number {
  return other.score - one.score || one.path.length - other.path.length ||
    compareText(one.path, other.path) || one.kind - other.kind;
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
