/** Directories that share one watcher of the system's. */
const GROUP_SIZE = 64;

/** How long a replaced watcher may hand out what it had seen before. */
export const RETIRE_MS = 25;

interface Group {
  readonly watcher: Deno.FsWatcher;
  readonly directories: Set<string>;
}

/**
 * Watches directories, each by itself, by their real paths.
 *
 * The runtime keeps one watcher for the whole process and counts who wants
 * which path. That is only sound for real paths that are watched without what
 * is below them; and a directory that went away has to be let go by all before
 * any can watch its successor of the same name.
 */
export class DirectoryWatchers implements Disposable {
  readonly #onEvent: (event: Deno.FsEvent) => void;
  readonly #groups = new Set<Group>();
  readonly #byDirectory = new Map<string, Group>();
  readonly #retiring = new Map<
    Deno.FsWatcher,
    ReturnType<typeof setTimeout>
  >();

  constructor(onEvent: (event: Deno.FsEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** Directories that are watched. */
  get directories(): Iterable<string> {
    return this.#byDirectory.keys();
  }

  /**
   * Watches more directories. What has vanished is left out.
   *
   * @throws {Error} if the system's bounds are reached.
   */
  add(directories: Iterable<string>): void {
    const fresh = [...new Set(directories)]
      .filter((path) => !this.#byDirectory.has(path));
    for (let at = 0; at < fresh.length; at += GROUP_SIZE) {
      this.#open(fresh.slice(at, at + GROUP_SIZE));
    }
  }

  /** Lets go of directories, within {@linkcode RETIRE_MS} at the latest. */
  drop(directories: Iterable<string>): void {
    const touched = new Set<Group>();
    for (const path of directories) {
      const group = this.#byDirectory.get(path);
      if (group === undefined) continue;
      group.directories.delete(path);
      this.#byDirectory.delete(path);
      touched.add(group);
    }
    for (const group of touched) {
      this.#groups.delete(group);
      if (group.directories.size === 0) {
        close(group.watcher);
        continue;
      }
      // The new one first, and the old one a little longer: nothing is missed.
      this.#open([...group.directories]);
      const timer = setTimeout(() => {
        this.#retiring.delete(group.watcher);
        close(group.watcher);
      }, RETIRE_MS);
      this.#retiring.set(group.watcher, timer);
    }
  }

  [Symbol.dispose](): void {
    for (const { watcher } of this.#groups) close(watcher);
    for (const [watcher, timer] of this.#retiring) {
      clearTimeout(timer);
      close(watcher);
    }
    this.#groups.clear();
    this.#byDirectory.clear();
    this.#retiring.clear();
  }

  #open(directories: string[]): void {
    let watcher: Deno.FsWatcher;
    try {
      watcher = Deno.watchFs(directories, { recursive: false });
    } catch (error) {
      if (!isGone(error)) throw error;
      // One of several is gone.
      if (directories.length > 1) {
        for (const path of directories) this.#open([path]);
      }
      return;
    }
    const group = { watcher, directories: new Set(directories) };
    this.#groups.add(group);
    for (const path of directories) this.#byDirectory.set(path, group);
    this.#pump(watcher);
  }

  async #pump(watcher: Deno.FsWatcher): Promise<void> {
    try {
      for await (const event of watcher) this.#onEvent(event);
    } catch {
      this.#onEvent({ kind: "any", paths: [], flag: "rescan" });
    }
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory;
}

function close(watcher: Deno.FsWatcher): void {
  try {
    watcher.close();
  } catch {
    // It ended by itself.
  }
}
