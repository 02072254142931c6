import type { FsChange } from "../protocol/mod.ts";
import { each } from "./_each.ts";

/** How long changes are gathered, from the first one on. */
const GATHER_MS = 200;

/** Changes that are told one by one; of more it is told that there are many. */
export const MAX_CHANGES = 10_000;

/** Paths that are looked at at the same time. */
const LOOKS_AT_A_TIME = 16;

/** What an event says about a path; what is true is looked up in the end. */
export type Trace = "created" | "modified" | "removed" | "replaced";

/** Changes that are told together. */
export interface Changes {
  /** Unique and sorted. */
  readonly paths: string[];
  /** Finds out what happened to each. */
  readonly kinds: () => Promise<FsChange[]>;
  /** Whether some are missing. */
  readonly overflow: boolean;
}

/** Gathers changes for a while and hands them over in one piece. */
export class ChangeBatch implements Disposable {
  readonly #root: string;
  readonly #flush: (changes: Changes) => void;
  /** The first thing that was heard of each path. */
  #traces = new Map<string, Trace>();
  #overflow = false;
  #isDisposed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param root Told instead of the paths when they are too many. */
  constructor(root: string, flush: (changes: Changes) => void) {
    this.#root = root;
    this.#flush = flush;
  }

  /** Notes a change. */
  note(path: string, trace: Trace): void {
    this.#start();
    const earlier = this.#traces.get(path);
    if (earlier !== undefined) {
      if (trace === "replaced") this.#traces.set(path, trace);
      return;
    }
    if (this.#traces.size < MAX_CHANGES) this.#traces.set(path, trace);
    else this.noteOverflow();
  }

  /** Notes that changes went by unseen. */
  noteOverflow(): void {
    this.#start();
    this.#overflow = true;
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    this.#traces.clear();
  }

  #start(): void {
    if (this.#isDisposed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const traces = this.#traces;
      const overflow = this.#overflow;
      this.#traces = new Map();
      this.#overflow = false;
      if (traces.size >= MAX_CHANGES && overflow) traces.clear();
      if (overflow) traces.set(this.#root, "modified");
      const paths = [...traces.keys()].sort();
      const kinds = () => toChanges(paths, traces);
      this.#flush({ paths, kinds, overflow });
    }, GATHER_MS);
  }
}

async function toChanges(
  paths: readonly string[],
  traces: ReadonlyMap<string, Trace>,
): Promise<FsChange[]> {
  const changes = paths.map((path): FsChange => ({ path, kind: "removed" }));
  await each(changes, LOOKS_AT_A_TIME, async (change) => {
    try {
      await Deno.lstat(change.path);
      const isNew = traces.get(change.path) === "created";
      change.kind = isNew ? "created" : "modified";
    } catch {
      // Gone.
    }
  });
  return changes;
}
