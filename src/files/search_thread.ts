/**
 * A thread that lists trees and searches the names in them. It is told its
 * trees with the first message and then queries, each of which replaces the
 * one before.
 *
 * Loaded as a worker, never imported.
 *
 * @module
 */
import type { Bounds } from "../access/mod.ts";
import type { FuzzyFileSearchResult } from "../protocol/mod.ts";
import { readGlobalExcludes, type UserPlaces } from "./_global_excludes.ts";
import { Ranking } from "./_ranking.ts";
import { TreeWalk } from "./_tree_walk.ts";

/** Where to look. */
export interface SearchGround {
  /** The directories, as the client names them and as they are opened. */
  readonly roots: readonly { readonly name: string; readonly path: string }[];
  readonly bounds: Bounds;
  readonly user: UserPlaces;
  /** Most results of a query. */
  readonly limit: number;
}

/** What the thread is told: first where, then what, any number of times. */
export type ToSearch =
  | { readonly ground: SearchGround }
  | { readonly query: string; readonly number: number };

/** What it has found so far. */
export interface FromSearch {
  /** Number of the query. */
  readonly number: number;
  readonly files: FuzzyFileSearchResult[];
  /** Whether all has been searched. */
  readonly isComplete: boolean;
}

/** How long it works in milliseconds before it listens again. */
const SLICE_MS = 15;

/** Time in milliseconds between reports of a query, while trees are listed. */
const REPORT_MS = 100;

const port = globalThis as unknown as {
  onmessage: (event: MessageEvent<ToSearch>) => void;
  postMessage(message: FromSearch): void;
};

class Searching {
  readonly #ground: SearchGround;
  readonly #walk: TreeWalk;
  #isListed = false;
  #isRunning = false;
  #number = 0;
  #ranking: Ranking;
  #isChanged = false;
  #isReported = false;
  #reportedAt = 0;

  constructor(ground: SearchGround) {
    this.#ground = ground;
    this.#walk = new TreeWalk({
      roots: ground.roots.map(({ path }) => path),
      bounds: ground.bounds,
      excludes: readGlobalExcludes(ground.user),
    });
    this.#ranking = new Ranking("", this.#walk, ground.limit);
  }

  ask(query: string, number: number): void {
    this.#number = number;
    this.#ranking = new Ranking(query, this.#walk, this.#ground.limit);
    this.#isChanged = false;
    this.#isReported = false;
    this.#reportedAt = performance.now();
    if (!this.#isRunning) this.#run();
  }

  /** Works in slices until the query is answered. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    while (!this.#isReported) {
      this.#work();
      await new Promise((resolve) => setTimeout(resolve));
    }
    this.#isRunning = false;
  }

  #work(): void {
    const end = performance.now() + SLICE_MS;
    while (!this.#isListed && performance.now() < end) {
      this.#isListed = !this.#walk.step();
    }
    while (!this.#ranking.isCurrent) {
      if (this.#ranking.advance(1000)) this.#isChanged = true;
      if (performance.now() >= end) break;
    }
    const isComplete = this.#isListed && this.#ranking.isCurrent;
    const isDue = this.#isChanged &&
      performance.now() - this.#reportedAt >= REPORT_MS;
    if (isComplete || isDue) this.#report(isComplete);
  }

  #report(isComplete: boolean): void {
    this.#isChanged = false;
    this.#isReported = isComplete;
    this.#reportedAt = performance.now();
    const { roots } = this.#ground;
    const files = this.#ranking.list().map((
      { path, kind, score, indices },
    ): FuzzyFileSearchResult => ({
      root: roots[kind >> 1]!.name,
      path,
      match_type: kind % 2 === 1 ? "directory" : "file",
      file_name: path.slice(path.lastIndexOf("/") + 1),
      score,
      indices,
    }));
    port.postMessage({ number: this.#number, files, isComplete });
  }
}

let searching: Searching | undefined;

port.onmessage = ({ data }) => {
  if ("ground" in data) searching = new Searching(data.ground);
  else searching?.ask(data.query, data.number);
};
