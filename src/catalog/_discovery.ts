import type { Thread } from "../protocol/mod.ts";
import {
  findRollout,
  parseRolloutName,
  readHead,
  readTail,
  type RolloutHead,
  type RolloutName,
  type RolloutTail,
} from "../rollout/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { Database } from "./_database.ts";
import { inParallel } from "./_in_parallel.ts";
import { toThreadRow } from "./_row_of_rollout.ts";
import { SessionNames } from "./_session_names.ts";
import { setThreadName, upsertThread } from "./_upsert_thread.ts";
import type { ThreadRow } from "./thread_row.ts";

const FILES_AT_ONCE = 32;
const ROWS_PER_TRANSACTION = 500;
/** A folder of more files is read behind the answer. */
const LARGE_FOLDER = 5_000;
/** A folder that changed so recently may change again within its time stamp. */
const SETTLED_MS = 2_000;
/** Newest days that every list looks at. */
const WATCHED_DAYS = 2;

/** What {@linkcode Discovery} needs. */
export interface DiscoveryOptions {
  readonly db: Database;
  /** `$CODEX_HOME`. */
  readonly home: string;
  readonly log: Logger;
  readonly now: () => number;
}

/** A rollout that was found, and what its beginning says. */
interface Found {
  readonly file: ScannedFile;
  readonly head: RolloutHead;
}

interface ScannedFile {
  readonly path: string;
  readonly name: RolloutName;
  readonly isArchived: boolean;
  readonly changedMs: number;
  readonly bytes: number;
}

/**
 * Finds the rollouts that others put into the home. The first time it reads
 * all of them; afterwards it looks at folders whose time has changed: the
 * newest with every list, all of them once per process, behind the answers.
 */
export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #names: SessionNames;
  readonly #unreadable = new Set<string>();
  readonly #ending = new AbortController();
  #generation = 0;
  #first: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  #background: Promise<void> = Promise.resolve();

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    this.#names = new SessionNames(options);
  }

  /** Takes in what is new; waits for all of it only in a home never seen. */
  async refresh(): Promise<void> {
    const { db } = this.#options;
    if (this.#ending.signal.aborted) return;
    if (this.#generation !== db.generation) {
      this.#generation = db.generation;
      this.#first = undefined;
      this.#names.forget();
    }
    if (this.#fact("seen") === undefined) return await this.#scanOnce();
    // Lists that come together share one look.
    this.#running ??= this.#look().catch((error) => this.#complain(error))
      .finally(() => this.#running = undefined);
    await this.#running;
    void this.#scanOnce();
  }

  /**
   * Finds a thread by its id, wherever its file is.
   *
   * @returns whether there is one.
   */
  async locate(threadId: string): Promise<boolean> {
    const { home } = this.#options;
    for (const archived of [false, true]) {
      const found = await findRollout(home, threadId, { archived });
      if (found && await this.adopt(found.path) !== undefined) return true;
    }
    return false;
  }

  /**
   * Takes in one file.
   *
   * @returns the id of its thread; undefined if it is no rollout.
   */
  async adopt(path: string): Promise<string | undefined> {
    const { home } = this.#options;
    const name = parseRolloutName(path);
    const isArchived = path.startsWith(`${home}/archived_sessions/`);
    const file = name && await this.#stat({ path, name, isArchived });
    if (!file) return undefined;
    const head = await readHead(path, { home }).catch(() => undefined);
    if (!head) return undefined;
    this.#enter([{ file, head }], await this.#names.read(), { force: true });
    return file.name.threadId;
  }

  /**
   * Reads what only the ends of files say, of threads that are shown now.
   *
   * @returns whether there was any.
   */
  async readTails(threads: readonly Thread[]): Promise<boolean> {
    const { db } = this.#options;
    const rows = db.all(
      `SELECT id, path FROM threads WHERE has_tail = 0
       AND id IN (SELECT value FROM json_each(?))`,
      JSON.stringify(threads.map((thread) => thread.id)),
    );
    if (rows.length === 0) return false;
    const found: { id: string; model: string | null; effort: string | null }[] =
      [];
    await inParallel(rows, FILES_AT_ONCE, async (row) => {
      const tail = await readTail(row.path as string).catch(() => undefined);
      found.push({ id: row.id as string, ...toModel(tail) });
    });
    if (this.#ending.signal.aborted) return false;
    db.transaction(() => {
      for (const { id, model, effort } of found) {
        db.run(
          `UPDATE threads SET has_tail = 1, model = coalesce(?, model),
           reasoning_effort = coalesce(?, reasoning_effort) WHERE id = ?`,
          model,
          effort,
          id,
        );
      }
    });
    return true;
  }

  /** Tells other servers of the home a name. */
  async tellName(threadId: string, name: string): Promise<void> {
    await this.#names.append(threadId, name, this.#options.now());
  }

  /** Ends what goes on in the background. */
  async close(): Promise<void> {
    this.#ending.abort();
    await Promise.allSettled([this.#first, this.#running, this.#background]);
  }

  /** Looks at everything, once per process. */
  async #scanOnce(): Promise<void> {
    this.#first ??= this.#scanAll().catch((error) => {
      this.#complain(error);
      this.#first = undefined;
    });
    await this.#first;
  }

  /** Looks at everything. */
  async #scanAll(): Promise<void> {
    const { home } = this.#options;
    await this.#folder(`${home}/archived_sessions`, true);
    for (const day of await this.#days()) await this.#folder(day, false);
    await this.#takeNames();
    if (this.#ending.signal.aborted) return;
    this.#setFact("seen", "1");
    await this.#revisit();
  }

  /** Looks at what is likely to have changed. */
  async #look(): Promise<void> {
    const { home } = this.#options;
    const days = await this.#days(WATCHED_DAYS);
    await this.#folder(`${home}/archived_sessions`, true);
    for (const day of days) await this.#folder(day, false);
    await this.#takeNames();
  }

  /** Folders of days, the newest first. */
  async #days(most = Infinity): Promise<string[]> {
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
  async #folder(path: string, isArchived: boolean): Promise<void> {
    const { db, now } = this.#options;
    if (this.#ending.signal.aborted) return;
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
      if (this.#ending.signal.aborted) return;
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
    if (!isLarge) return await read();
    this.#background = this.#background.then(read)
      .catch((error) => this.#complain(error));
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
    const fresh = [...onDisk].filter((name) => {
      const row = known.get(`${path}/${name}`);
      return (row === undefined || row.present === 0 || row.file_ms === null) &&
        !this.#unreadable.has(`${path}/${name}`);
    });
    await this.#read(fresh.map((name) => `${path}/${name}`), isArchived);
  }

  /** Reads the beginnings of files and enters them. */
  async #read(paths: readonly string[], isArchived: boolean): Promise<void> {
    if (paths.length === 0) return;
    const names = await this.#names.read();
    let batch: Found[] = [];
    const flush = (): void => {
      const full = batch;
      batch = [];
      if (!this.#ending.signal.aborted) this.#enter(full, names);
    };
    await inParallel(paths, FILES_AT_ONCE, async (path) => {
      if (this.#ending.signal.aborted) return;
      const name = parseRolloutName(path)!;
      const file = await this.#stat({ path, name, isArchived });
      if (!file) return;
      const isSegment = name.segmentId !== name.threadId;
      const head = await readHead(
        path,
        isSegment ? { home: this.#options.home } : {},
      ).catch(() => undefined);
      if (!head) {
        this.#unreadable.add(path);
        return;
      }
      batch.push({ file, head });
      if (batch.length >= ROWS_PER_TRANSACTION) flush();
    });
    flush();
  }

  #enter(
    found: readonly Found[],
    names: ReadonlyMap<string, string>,
    { force = false }: { force?: boolean } = {},
  ): void {
    const { db } = this.#options;
    db.transaction(() => {
      for (const { file, head } of found) {
        const row = toThreadRow(
          { ...file, threadId: file.name.threadId },
          head,
        );
        if (!force && !this.#isNewest(file, row)) continue;
        const name = names.get(row.id);
        upsertThread(db, row, file);
        const mode = head.meta.memory_mode;
        if (mode === "enabled" || mode === "disabled") {
          db.run(
            "UPDATE threads SET memory_mode = ? WHERE id = ? AND memory_mode IS NULL",
            mode,
            row.id,
          );
        }
        if (name !== undefined) setThreadName(db, row.id, name);
      }
    });
  }

  /** Whether no newer file of the same thread is known. */
  #isNewest(file: ScannedFile, row: ThreadRow): boolean {
    const old = this.#options.db.get(
      "SELECT path, present FROM threads WHERE id = ?",
      row.id,
    );
    if (!old || old.present === 0 || typeof old.path !== "string") return true;
    const other = parseRolloutName(old.path);
    return !other || other.segmentId <= file.name.segmentId;
  }

  /** Finds files that grew or went away without a change of their folder. */
  async #revisit(): Promise<void> {
    const { db } = this.#options;
    const rows = db.all(
      "SELECT id, path, file_ms, archived FROM threads WHERE present = 1 AND file_ms IS NOT NULL",
    );
    const changed: ScannedFile[] = [];
    await inParallel(rows, FILES_AT_ONCE, async (row) => {
      const path = row.path as string;
      const name = parseRolloutName(path);
      if (this.#ending.signal.aborted || !name) return;
      const file = await this.#stat({
        path,
        name,
        isArchived: row.archived === 1,
      });
      if (file && file.changedMs !== row.file_ms) changed.push(file);
    });
    if (this.#ending.signal.aborted) return;
    db.transaction(() => {
      for (const file of changed) {
        db.run(
          `UPDATE threads SET file_ms = ?1, file_bytes = ?2,
           updated_ms = max(updated_ms, ?1), recency_ms = max(recency_ms, ?1),
           has_tail = 0, searchable = 0 WHERE path = ?3`,
          file.changedMs,
          file.bytes,
          file.path,
        );
      }
    });
    // Those without a message may have one by now.
    const empty = changed.filter((file) =>
      db.get("SELECT shown FROM threads WHERE path = ?", file.path)?.shown === 0
    );
    await this.#read(empty.map((file) => file.path), false);
  }

  async #takeNames(): Promise<void> {
    const names = await this.#names.readIfChanged();
    if (!names || this.#ending.signal.aborted) return;
    const { db } = this.#options;
    db.transaction(() => {
      for (const [id, name] of names) setThreadName(db, id, name);
    });
  }

  async #stat(
    file: Pick<ScannedFile, "path" | "name" | "isArchived">,
  ): Promise<ScannedFile | undefined> {
    try {
      const { mtime, size } = await Deno.stat(file.path);
      return { ...file, changedMs: mtime?.getTime() ?? 0, bytes: size };
    } catch {
      return undefined; // gone since, or not ours to see
    }
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
      if (!(error instanceof Deno.errors.NotFound)) this.#complain(error);
    }
    return names;
  }

  #fact(name: string): string | undefined {
    const row = this.#options.db.get(
      "SELECT value FROM facts WHERE name = ?",
      name,
    );
    return row?.value as string | undefined;
  }

  #setFact(name: string, value: string): void {
    this.#options.db.run(
      "INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)",
      name,
      value,
    );
  }

  #complain(error: unknown): void {
    if (this.#ending.signal.aborted) return;
    this.#options.log.warn("Stored threads cannot all be found", {
      error: String(error),
    });
  }
}

/** Model and effort that a thread last was set to. */
function toModel(
  tail: RolloutTail | undefined,
): { model: string | null; effort: string | null } {
  const text = (value: unknown): string | null =>
    typeof value === "string" && value !== "" ? value : null;
  const settings = tail?.settings;
  const context = tail?.context;
  return {
    model: text(settings?.model) ?? text(context?.model),
    effort: text(settings?.reasoning_effort) ?? text(context?.effort),
  };
}
