/** Directories that share one watcher of the system's. */
const GROUP_SIZE = 64;

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
  readonly #byDirectory = new Map<string, Group>();

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

  /** Lets go of directories. */
  drop(directories: Iterable<string>): void {
    const touched = new Set<Group>();
    for (const path of directories) {
      const group = this.#byDirectory.get(path);
      if (group === undefined) continue;
      group.directories.delete(path);
      this.#byDirectory.delete(path);
      touched.add(group);
    }
    for (const { watcher, directories } of touched) {
      // The new one first, so that nothing goes unwatched meanwhile.
      if (directories.size > 0) this.#open([...directories]);
      closeWatcher(watcher);
    }
  }

  [Symbol.dispose](): void {
    this.drop([...this.#byDirectory.keys()]);
  }

  #open(directories: readonly string[]): void {
    let watcher: Deno.FsWatcher;
    try {
      watcher = Deno.watchFs([...directories], { recursive: false });
    } catch (error) {
      if (!isGone(error)) throw error;
      // One of several is gone.
      if (directories.length > 1) {
        for (const path of directories) this.#open([path]);
      }
      return;
    }
    const group = { watcher, directories: new Set(directories) };
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

/** Closes a watcher that may be closed already. */
export function closeWatcher(watcher: Deno.FsWatcher): void {
  try {
    watcher.close();
  } catch {
    // It ended by itself.
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory;
}
