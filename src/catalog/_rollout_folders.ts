import { parseRolloutName } from "../rollout/mod.ts";
import type { Database } from "./_database.ts";
import { inParallel } from "./_in_parallel.ts";
import { filesAtOnce, type Intake } from "./_intake.ts";

/** A folder of more files is read behind the answer. */
const LARGE_FOLDER = 5_000;
/** A folder that changed so recently may change again within its time stamp. */
const SETTLED_MS = 2_000;

/** What {@linkcode RolloutFolders} need. */
export interface RolloutFoldersOptions {
  readonly db: Database;
  /** `$CODEX_HOME`. */
  readonly home: string;
  readonly now: () => number;
  readonly intake: Intake;
  /** Aborted when the server goes. */
  readonly signal: AbortSignal;
  /** Told why a folder can't be read, which keeps what was known of it. */
  readonly onFault: (error: unknown) => void;
}

/** The folders that rollouts lie in; the index knows when each was read. */
export class RolloutFolders {
  readonly #options: RolloutFoldersOptions;
  #background: Promise<void> = Promise.resolve();

  constructor(options: RolloutFoldersOptions) {
    this.#options = options;
  }

  /** Resolves when none is read behind an answer any more. */
  get idle(): Promise<void> {
    return this.#background;
  }

  /** Folders of days, the newest first. */
  async days(most = Infinity): Promise<string[]> {
    const found: string[] = [];
    const descend = async (path: string, depth: number): Promise<void> => {
      if (depth === 3) {
        found.push(path);
        return;
      }
      const names = await this.#list(
        path,
        (entry) => entry.isDirectory && /^\d+$/.test(entry.name),
      );
      for (const name of names.sort().reverse()) {
        if (found.length >= most) return;
        await descend(`${path}/${name}`, depth + 1);
      }
    };
    await descend(`${this.#options.home}/sessions`, 0);
    return found;
  }

  /** Takes in what is new in a folder, unless its time says that nothing is. */
  async take(path: string, isArchived: boolean): Promise<void> {
    const { db, now } = this.#options;
    if (this.#options.signal.aborted) return;
    const changedMs = await this.#changed(path);
    const known = db.get("SELECT changed_ms FROM folders WHERE path = ?", path);
    if (changedMs === undefined ? !known : known?.changed_ms === changedMs) {
      return;
    }
    const isLarge = known !== undefined && db.get(
          "SELECT count(*) AS n FROM threads WHERE path >= ? AND path < ?",
          `${path}/`,
          `${path}0`,
        )!.n as number > LARGE_FOLDER;
    const read = async (): Promise<void> => {
      await this.#readFolder(path, isArchived);
      if (this.#options.signal.aborted) return;
      if (changedMs === undefined) {
        db.run("DELETE FROM folders WHERE path = ?", path);
        return;
      }
      const isSettled = now() - changedMs > SETTLED_MS;
      db.run(
        `INSERT INTO folders (path, changed_ms) VALUES (?1, ?2)
         ON CONFLICT (path) DO UPDATE SET changed_ms = ?2`,
        path,
        isSettled ? changedMs : -1,
      );
    };
    const tried = (): Promise<void> =>
      read().catch((error) => this.#options.onFault(error));
    if (!isLarge) return await tried();
    this.#background = this.#background.then(tried);
  }

  async #readFolder(path: string, isArchived: boolean): Promise<void> {
    const { db } = this.#options;
    const onDisk = new Set(
      await this.#list(
        path,
        (entry) => parseRolloutName(entry.name) !== undefined,
      ),
    );
    const known = new Map(
      db.all(
        "SELECT path, file_ms, present FROM threads WHERE path >= ? AND path < ?",
        `${path}/`,
        `${path}0`,
      ).map((row) => [row.path as string, row]),
    );
    const gone = known.values().filter((row) =>
      row.present === 1 && row.file_ms !== null &&
      !onDisk.has((row.path as string).slice(path.length + 1))
    ).toArray();
    db.transaction(() => {
      for (const row of gone) {
        // Kept, but out of sight: it may come back, and what people gave it
        // stands nowhere else.
        db.run(
          "UPDATE threads SET present = 0, shown = 0 WHERE path = ?",
          row.path!,
        );
      }
    });
    const fresh: string[] = [];
    const unstamped: string[] = [];
    for (const name of onDisk) {
      const file = `${path}/${name}`;
      const row = known.get(file);
      if (row === undefined || row.present === 0) fresh.push(file);
      else if (row.file_ms === null) unstamped.push(file);
    }
    // Newest first, as lists show them; and what lies side by side in the index
    // is entered one after the other.
    await this.#options.intake.read(fresh.sort().reverse(), isArchived);
    await this.#stamp(unstamped);
  }

  /** Notes the files of threads that this server told of itself. */
  async #stamp(paths: readonly string[]): Promise<void> {
    const { db } = this.#options;
    await inParallel(paths, filesAtOnce, async (path) => {
      const name = parseRolloutName(path)!;
      const file = await this.#options.intake.stat({
        path,
        name,
        isArchived: false,
      });
      if (!file || this.#options.signal.aborted) return;
      db.run(
        "UPDATE threads SET file_ms = ?, file_bytes = ? WHERE path = ?",
        file.changedMs,
        file.bytes,
        path,
      );
    });
  }

  async #changed(path: string): Promise<number | undefined> {
    try {
      return (await Deno.stat(path)).mtime?.getTime() ?? 0;
    } catch {
      return undefined;
    }
  }

  async #list(
    path: string,
    fits: (entry: Deno.DirEntry) => boolean,
  ): Promise<string[]> {
    const names: string[] = [];
    try {
      for await (const entry of Deno.readDir(path)) {
        if (fits(entry)) names.push(entry.name);
      }
    } catch (error) {
      // One that cannot be read is not empty: nothing may be taken for gone.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return names;
  }
}
