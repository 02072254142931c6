import { BestMatches, type Match } from "./_best_matches.ts";
import { FuzzyQuery, NAMED_DIRECTORY } from "./_fuzzy_query.ts";
import type { TreeWalk } from "./_tree_walk.ts";

/** The best that a query finds in a tree, as far as both have come. */
export class Ranking {
  readonly #query: FuzzyQuery;
  readonly #best: BestMatches;
  readonly #tree: Pick<TreeWalk, "paths" | "kinds" | "masks">;
  readonly #isEmpty: boolean;
  #searched = 0;

  /** @param limit Most matches. */
  constructor(
    query: string,
    tree: Pick<TreeWalk, "paths" | "kinds" | "masks">,
    limit: number,
  ) {
    this.#query = new FuzzyQuery(query);
    this.#best = new BestMatches(limit);
    this.#tree = tree;
    this.#isEmpty = query === "";
  }

  /** Whether all that is listed has been searched. */
  get isCurrent(): boolean {
    return this.#isEmpty || this.#searched === this.#tree.paths.length;
  }

  /** Searches some of what is listed. Tells whether the best have changed. */
  advance(most: number): boolean {
    if (this.#isEmpty) return false;
    const { paths, kinds, masks } = this.#tree;
    const query = this.#query;
    const best = this.#best;
    const { mask } = query;
    const end = Math.min(this.#searched + most, paths.length);
    let isChanged = false;
    for (let at = this.#searched; at < end; at++) {
      if ((masks[at * 2]! & mask) !== mask) continue;
      const path = paths[at]!;
      const kind = kinds[at]!;
      const found = { path, isDirectory: kind % 2 === 1 };
      const fitsName = (masks[at * 2 + 1]! & mask) === mask;
      const bound = query.bound(found, fitsName);
      if (!best.hasRoomFor(path, kind, bound)) continue;
      const score = query.score(found);
      if (score === undefined) continue;
      if (best.add(path, kind, score)) isChanged = true;
      if (!query.isNameOf(found)) continue;
      if (best.promote(path, kind, score, NAMED_DIRECTORY)) isChanged = true;
    }
    this.#searched = end;
    return isChanged;
  }

  /** The best, best first, with the characters that match. */
  list(): (Match & { indices: number[] })[] {
    return this.#best.list().map((match) => {
      const indices: number[] = [];
      const isDirectory = match.kind % 2 === 1;
      this.#query.score({ path: match.path, isDirectory }, indices);
      return { ...match, indices };
    });
  }
}
