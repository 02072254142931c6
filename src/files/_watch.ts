import { type Access, AccessDenied } from "../access/mod.ts";
import { type Anchor, findAnchor } from "./_anchor.ts";
import { ChangeBatch, type Changes, type Trace } from "./_change_batch.ts";
import { DirectoryWatchers } from "./_directory_watchers.ts";
import { each } from "./_each.ts";
import type { Ignore } from "./_ignore_globs.ts";
import { toOccasion } from "./_temp_name.ts";

/** Lets a burst of removals pass before directories are let go together. */
const DROP_MS = 25;
/** By then, everybody in this process has let go of what went away. */
const ARM_MS = 4 * DROP_MS;
/** Clocks of file systems are coarse. */
const CLOCK_SLACK_MS = 2000;
const LOOKS_AT_A_TIME = 16;

/** What to watch, and how. */
export interface WatchOptions {
  readonly access: Access;
  /** As it was asked for; changes are told below it. */
  readonly path: string;
  readonly isRecursive: boolean;
  readonly ignore: Ignore;
  readonly report: (changes: Changes) => void;
}

/**
 * One watch on a path, whatever is there by and by: the nearest directory above
 * it is watched for its coming and going, and the directory itself, if it is
 * one, for what is in it.
 */
export class Watch implements Disposable, AsyncDisposable {
  readonly #options: WatchOptions;
  readonly #batch: ChangeBatch;
  readonly #watchers: DirectoryWatchers;
  /** Directories whose children are told: real path to path as it is told. */
  readonly #inside = new Map<string, string>();
  #anchor: Anchor | undefined;
  /** Real path of the file that the target, a link, leads to. */
  #linked: string | undefined;
  #isThere = false;
  /** Whether what is watched has to be found out afresh. */
  #isLoose = false;
  #isDisposed = false;
  readonly #lost = new Set<string>();
  readonly #arrived = new Set<string>();
  #dropTimer: ReturnType<typeof setTimeout> | undefined;
  #armTimer: ReturnType<typeof setTimeout> | undefined;
  #following = Promise.resolve();
  /** Work that goes on beside the events. */
  readonly #running = new Set<Promise<void>>();
  /** When changes were told the last time, and the time before. */
  #toldAtMs: readonly [last: number, before: number];

  private constructor(options: WatchOptions) {
    this.#options = options;
    const now = Date.now();
    this.#toldAtMs = [now, now];
    this.#batch = new ChangeBatch(options.path, (changes) => {
      this.#toldAtMs = [Date.now(), this.#toldAtMs[0]];
      options.report(changes);
    });
    this.#watchers = new DirectoryWatchers((event) => this.#hear(event));
  }

  /** Starts a watch; changes from now on are told. */
  static async create(options: WatchOptions): Promise<Watch> {
    const watch = new Watch(options);
    try {
      await watch.#arm(true);
      return watch;
    } catch (error) {
      watch[Symbol.dispose]();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    clearTimeout(this.#dropTimer);
    clearTimeout(this.#armTimer);
    this.#batch[Symbol.dispose]();
    this.#watchers[Symbol.dispose]();
  }

  /** Ends it, and waits for what it was doing. */
  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
    await Promise.all(this.#running);
  }

  /** Takes an event of any directory that anybody watches. */
  overhear(event: Deno.FsEvent): void {
    // What others missed is their affair.
    if (event.flag !== "rescan") this.#hear(event);
  }

  #run(work: Promise<void>): void {
    this.#running.add(work);
    work.finally(() => this.#running.delete(work));
  }

  #hear({ kind, paths, flag }: Deno.FsEvent): void {
    if (this.#isDisposed || kind === "access") return;
    if (flag === "rescan") {
      this.#batch.noteOverflow();
      this.#run(this.#noteRecent(this.#toldAtMs[1] - CLOCK_SLACK_MS));
      this.#loosen();
    }
    const [from, to] = paths;
    if (kind === "rename" && from !== undefined && to !== undefined) {
      this.#note(from, "removed");
      this.#note(to, toOccasion(from) === "old" ? "replaced" : "created");
      return;
    }
    const isArrival = kind === "create" || kind === "rename";
    const trace = isArrival
      ? "created"
      : kind === "remove"
      ? "removed"
      : "modified";
    for (const path of paths) this.#note(path, trace);
  }

  #note(path: string, trace: Trace): void {
    if (toOccasion(path) !== undefined) return;
    const told = this.#toTold(path);
    if (told !== undefined) this.#batch.note(told, trace);
    if (trace === "modified") return;
    if (this.#inside.has(path)) {
      this.#lost.add(path);
      this.#schedule();
    }
    const anchor = this.#anchor;
    if (
      path === anchor?.next || path === anchor?.directory ||
      path === this.#linked
    ) this.#loosen();
    else if (
      this.#options.isRecursive && told !== undefined && trace !== "removed"
    ) {
      this.#arrived.add(path);
      this.#schedule();
    }
  }

  /** The path under which a change is told, if it is. */
  #toTold(path: string): string | undefined {
    const { path: target, ignore } = this.#options;
    const slash = path.lastIndexOf("/");
    const parent = this.#inside.get(path.slice(0, slash) || "/");
    if (parent !== undefined) {
      const told = join(parent, path.slice(slash + 1));
      const start = target === "/" ? 1 : target.length + 1;
      return ignore(told.slice(start)) ? undefined : told;
    }
    const isTarget = this.#inside.get(path) === target ||
      path === this.#linked ||
      this.#anchor?.isDirect && path === this.#anchor.next;
    return isTarget ? target : undefined;
  }

  #loosen(): void {
    this.#isLoose = true;
    this.#schedule();
  }

  #schedule(): void {
    this.#dropTimer ??= setTimeout(() => {
      this.#dropTimer = undefined;
      this.#dropLost();
    }, DROP_MS);
    this.#armTimer ??= setTimeout(() => {
      this.#following = this.#following.then(() => {
        this.#armTimer = undefined;
        return this.#follow();
      });
      this.#run(this.#following);
    }, ARM_MS);
  }

  /** Makes up for what came and went. */
  async #follow(): Promise<void> {
    const arrived = [...this.#arrived];
    this.#arrived.clear();
    try {
      if (this.#isLoose) {
        this.#isLoose = false;
        await this.#arm(false);
      }
      await each(arrived, LOOKS_AT_A_TIME, async (path) => {
        const told = this.#toTold(path);
        if (this.#isDisposed) return;
        if (told === undefined || this.#inside.has(path)) return;
        const { isDirectory } = await Deno.lstat(path).catch(() => absent);
        if (isDirectory) await this.#enter(path, told, true);
      });
    } catch {
      // Mostly bounds of the system: from here on changes may be missed.
      if (!this.#isDisposed) this.#batch.noteOverflow();
    }
  }

  /** Directories went away: the watches of them and all below lead nowhere. */
  #dropLost(): void {
    const lost = [...this.#inside.keys()].filter((directory) => {
      for (let path = directory; path !== ""; path = parentOf(path)) {
        if (this.#lost.has(path)) return true;
      }
      return false;
    });
    this.#lost.clear();
    for (const directory of lost) this.#inside.delete(directory);
    try {
      this.#watchers.drop(lost);
    } catch {
      this.#batch.noteOverflow();
    }
  }

  /** Finds out what is there now and watches that, and nothing else. */
  async #arm(isFirst: boolean): Promise<void> {
    const { access, path } = this.#options;
    const wanted = new Set<string>();
    this.#anchor = await findAnchor(path);
    if (this.#isDisposed) return;
    if (this.#anchor !== undefined) {
      wanted.add(this.#anchor.directory);
      this.#watchers.add(wanted);
    }
    let info: Deno.FileInfo | undefined;
    let real = path;
    try {
      real = await Deno.realPath(await access.checkRead(path));
      info = await Deno.stat(real);
    } catch (error) {
      // Nothing there, or nothing that may be seen: it may change.
      if (isFirst && error instanceof AccessDenied) throw error;
    }
    if (this.#isDisposed) return;
    const isThere = info !== undefined;
    if (!isFirst && isThere !== this.#isThere) {
      this.#batch.note(path, isThere ? "created" : "removed");
    }
    this.#isThere = isThere;
    this.#linked = undefined;
    if (info?.isDirectory) {
      for (const directory of await this.#enter(real, path, !isFirst)) {
        wanted.add(directory);
      }
    } else if (info !== undefined && real !== this.#anchor?.next) {
      this.#linked = real;
      const directory = real.slice(0, real.lastIndexOf("/")) || "/";
      wanted.add(directory);
      this.#watchers.add([directory]);
    }
    if (this.#isDisposed) return;
    const unwanted = [...this.#watchers.directories]
      .filter((directory) => !wanted.has(directory));
    for (const directory of unwanted) this.#inside.delete(directory);
    this.#watchers.drop(unwanted);
  }

  /**
   * Watches a directory, and with `recursive` all below. Each is watched before
   * it is listed, so that nothing falls between.
   *
   * @param isLate Whether what is found in a directory that was not watched yet
   * is told as a change.
   * @returns All directories that are watched for it.
   */
  async #enter(
    real: string,
    told: string,
    isLate: boolean,
  ): Promise<string[]> {
    const { access, isRecursive } = this.#options;
    const entered: string[] = [];
    let level = [[real, told] as const];
    while (level.length > 0) {
      const fresh = new Set(
        level.map(([path]) => path).filter((path) => !this.#inside.has(path)),
      );
      if (this.#isDisposed) return entered;
      for (const [path, name] of level) this.#inside.set(path, name);
      this.#watchers.add(fresh);
      entered.push(...level.map(([path]) => path));
      const below: (readonly [string, string])[] = [];
      if (!isRecursive && !isLate) return entered;
      await each(level, LOOKS_AT_A_TIME, async ([path]) => {
        for (const { name, isDirectory } of await list(path)) {
          const child = join(path, name);
          const toldChild = this.#toTold(child);
          if (toldChild === undefined || toOccasion(name)) continue;
          if (isLate && fresh.has(path)) this.#batch.note(toldChild, "created");
          if (!isRecursive || !isDirectory) continue;
          if (access.restrictsReads && !await isReadable(access, child)) {
            continue;
          }
          below.push([child, toldChild]);
        }
      });
      level = below;
    }
    return entered;
  }

  /** Tells what changed in a directory since, as far as its clock says. */
  async #noteRecent(sinceMs: number): Promise<void> {
    if (this.#options.isRecursive) return;
    for (const path of [...this.#inside.keys()]) {
      await each(await list(path), LOOKS_AT_A_TIME, async ({ name }) => {
        const child = join(path, name);
        if (this.#isDisposed) return;
        try {
          const { mtime, ctime } = await Deno.lstat(child);
          const changedAtMs = Math.max(+(mtime ?? 0), +(ctime ?? 0));
          if (changedAtMs < sinceMs) return;
          const told = this.#toTold(child);
          if (told && !toOccasion(name)) this.#batch.note(told, "modified");
        } catch {
          // Gone: the directory itself is told.
        }
      });
    }
  }
}

async function isReadable(access: Access, path: string): Promise<boolean> {
  try {
    await access.checkRead(path);
    return true;
  } catch {
    return false;
  }
}

async function list(path: string): Promise<Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(path));
  } catch {
    return [];
  }
}

const absent = { isDirectory: false };

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function join(directory: string, name: string): string {
  return directory === "/" ? `/${name}` : `${directory}/${name}`;
}
