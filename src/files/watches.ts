import type { Access } from "../access/mod.ts";
import {
  type FsChange,
  type FsChangedNotification,
  RpcError,
} from "../protocol/mod.ts";
import { MAX_CHANGES } from "./_change_batch.ts";
import { Ear } from "./_ear.ts";
import { type Ignore, toIgnore } from "./_ignore_globs.ts";
import { Watch } from "./_watch.ts";
import { refuseNul } from "./_refuse_nul.ts";

/** How to watch. */
export interface WatchSettings {
  /** Tell changes at any depth instead of direct children only. */
  readonly recursive?: boolean | undefined;
  /** Globs, relative to the path, of what not to tell. */
  readonly ignore?: readonly string[] | undefined;
}

/** Who is told. */
export interface Audience {
  /** Whether it knows `changes` and `overflow`. */
  readonly isGangway: boolean;
  /**
   * Tells it.
   *
   * @param root The watched path, for {@linkcode joinChanges}.
   */
  notify(params: FsChangedNotification, root: string): void;
}

/**
 * The watches of one client. Changes are gathered for 200 ms from the first one
 * on and told as unique, sorted paths below the path that was asked for.
 *
 * Not seen are: renames above the parent of a path, writes through memory maps,
 * what happens on other machines of a network file system, and, of a directory
 * that is removed with all in it, some of the children (it is told itself).
 */
export class Watches implements AsyncDisposable {
  readonly #audience: Audience;
  readonly #watches = new Map<string, Watch | "starting">();
  /** Watches that are over, while something of them still runs. */
  readonly #ending = new Set<Promise<void>>();
  #ear: Ear | undefined;
  #isDisposed = false;

  /** Watches nothing yet; `audience` is who will be told. */
  constructor(audience: Audience) {
    this.#audience = audience;
  }

  /**
   * Starts to watch a path, which need not exist, as far as the rules allow.
   *
   * @throws {RpcError} if the id is taken.
   */
  async add(
    id: string,
    path: string,
    access: Access,
    { recursive = false, ignore = [] }: WatchSettings = {},
  ): Promise<void> {
    if (this.#watches.has(id)) {
      throw RpcError.invalidRequest(`watchId already exists: ${id}`);
    }
    refuseNul(path);
    this.#watches.set(id, "starting");
    this.#ear ??= new Ear((event) => {
      for (const watch of this.#watches.values()) {
        if (watch !== "starting") watch.overhear(event);
      }
    });
    let watch: Watch | undefined;
    try {
      const ignores: Ignore = await toIgnore(ignore);
      watch = await Watch.create({
        access,
        path,
        isRecursive: recursive,
        ignore: ignores,
        report: async ({ paths, kinds, overflow }) => {
          const params: FsChangedNotification = {
            watchId: id,
            changedPaths: paths,
          };
          if (this.#audience.isGangway) {
            params.changes = await kinds();
            if (overflow) params.overflow = true;
          }
          if (this.#watches.get(id) === watch) {
            this.#audience.notify(params, path);
          }
        },
      });
    } finally {
      if (watch === undefined) this.#watches.delete(id);
    }
    if (this.#isDisposed) this.#end(watch);
    else this.#watches.set(id, watch);
  }

  /** Ends a watch; an unknown one is no error. */
  remove(id: string): void {
    const watch = this.#watches.get(id);
    if (watch === undefined || watch === "starting") return;
    this.#watches.delete(id);
    this.#end(watch);
  }

  /** Ends all watches. Nothing is told from now on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    this.#ear?.[Symbol.dispose]();
    for (const id of [...this.#watches.keys()]) this.remove(id);
    await Promise.all(this.#ending);
  }

  #end(watch: Watch): void {
    const ending = watch[Symbol.asyncDispose]();
    this.#ending.add(ending);
    ending.finally(() => this.#ending.delete(ending));
  }
}

/** Joins changes of one watch that a slow reader has not taken yet. */
export function joinChanges(
  earlier: FsChangedNotification,
  later: FsChangedNotification,
  root: string,
): FsChangedNotification {
  const { watchId } = later;
  const paths = new Set([...earlier.changedPaths, ...later.changedPaths]);
  const isOver = paths.size > MAX_CHANGES;
  const changedPaths = isOver ? [root] : [...paths].sort();
  const joined: FsChangedNotification = { watchId, changedPaths };
  if (later.changes !== undefined) {
    const kinds = new Map(
      earlier.changes?.map(({ path, kind }) => [path, kind]),
    );
    for (const { path, kind } of later.changes) {
      const before = kinds.get(path);
      if (before === "created" && kind === "modified") continue;
      const isBack = before === "removed" && kind === "created";
      kinds.set(path, isBack ? "modified" : kind);
    }
    joined.changes = changedPaths.map((path): FsChange => ({
      path,
      kind: kinds.get(path) ?? "modified",
    }));
    if (isOver || earlier.overflow || later.overflow) joined.overflow = true;
  }
  return joined;
}
