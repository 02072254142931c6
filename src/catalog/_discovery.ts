import { findRollout, parseRolloutName } from "../rollout/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { Database } from "./_database.ts";
import { inParallel } from "./_in_parallel.ts";
import { filesAtOnce, Intake, type ScannedFile } from "./_intake.ts";
import { RolloutFolders } from "./_rollout_folders.ts";
import { SessionNames } from "./_session_names.ts";
import { setThreadName } from "./_upsert_thread.ts";

/** A file may be so much younger than what its server told last. */
const OWN_WRITES_MS = 2_000;
const DAY_MS = 24 * 60 * 60 * 1000;
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

/**
 * Finds the rollouts that others put into the home. The first time it reads
 * all of them; afterwards it looks at folders whose time has changed: the
 * newest with every list, all of them once per process, behind the answers.
 */
export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #names: SessionNames;
  readonly #intake: Intake;
  readonly #folders: RolloutFolders;
  readonly #ending = new AbortController();
  #generation = 0;
  /** Threads created since then are in, as far as the first scan has come. */
  #completeSinceMs = Infinity;
  /** Resolves when the first scan has come further; if anybody waits for it. */
  #step: PromiseWithResolvers<void> | undefined;
  #first: Promise<void> | undefined;
  /** Those of databases that were put aside meanwhile. */
  #former: Promise<unknown> | undefined;
  #running: Promise<void> | undefined;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    this.#names = new SessionNames(options);
    this.#intake = new Intake({
      db: options.db,
      home: options.home,
      names: this.#names,
      signal: this.#ending.signal,
    });
    this.#folders = new RolloutFolders({
      ...options,
      intake: this.#intake,
      signal: this.#ending.signal,
      onFault: (error) => this.#complain(error),
    });
  }

  /**
   * Takes in what is new; waits for all of it only in a home never seen.
   *
   * @param isEnough Whether the caller knows enough already, when all threads
   * are in that were created since so many Unix milliseconds. Without it, it
   * wants all.
   */
  async refresh(isEnough?: (sinceMs: number) => boolean): Promise<void> {
    const { db } = this.#options;
    if (this.#ending.signal.aborted) return;
    if (this.#generation !== db.generation) {
      this.#generation = db.generation;
      this.#former = Promise.allSettled([this.#former, this.#first]);
      this.#first = undefined;
      this.#names.forget();
    }
    if (this.#fact("seen") === undefined) {
      const scan = this.#scanOnce();
      return await (isEnough ? this.#scanUntil(isEnough, scan) : scan);
    }
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
      if (found && await this.#intake.adopt(found.path) !== undefined) {
        return true;
      }
    }
    return false;
  }

  /** Reads single files. */
  get intake(): Intake {
    return this.#intake;
  }

  /** Tells other servers of the home a name. */
  async tellName(threadId: string, name: string): Promise<void> {
    await this.#names.append(threadId, name, this.#options.now());
  }

  /** Ends what goes on in the background. */
  async close(): Promise<void> {
    this.#ending.abort();
    await Promise.allSettled([
      this.#former,
      this.#first,
      this.#running,
      this.#folders.idle,
    ]);
  }

  /** Waits for a scan, but no longer than the caller has to. */
  async #scanUntil(
    isEnough: (sinceMs: number) => boolean,
    scan: Promise<void>,
  ): Promise<void> {
    let isOver = false;
    const over = scan.finally(() => isOver = true);
    while (!isOver && !isEnough(this.#completeSinceMs)) {
      this.#step ??= Promise.withResolvers();
      await Promise.race([over, this.#step.promise]);
    }
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
    const wasSeen = this.#fact("seen") !== undefined;
    this.#completeSinceMs = Infinity;
    await this.#folders.take(`${home}/archived_sessions`, true);
    const days = new Set(await this.#folders.days());
    // Those that went away as a whole, too.
    const known = this.#options.db.all(
      "SELECT path FROM folders WHERE path >= ? AND path < ?",
      `${home}/sessions/`,
      `${home}/sessions0`,
    );
    for (const row of known) days.add(row.path as string);
    for (const day of [...days].sort().reverse()) {
      await this.#folders.take(day, false);
      // Folders have the dates of the places where their threads began.
      const dayMs = Date.parse(day.slice(-10).replaceAll("/", "-"));
      if (!Number.isNaN(dayMs)) this.#completeSinceMs = dayMs + DAY_MS;
      this.#step?.resolve();
      this.#step = undefined;
    }
    await this.#takeNames();
    if (this.#ending.signal.aborted) return;
    this.#setFact("seen", "1");
    if (wasSeen) await this.#revisit();
  }

  /** Looks at what is likely to have changed. */
  async #look(): Promise<void> {
    const { home } = this.#options;
    const days = await this.#folders.days(WATCHED_DAYS);
    await this.#folders.take(`${home}/archived_sessions`, true);
    for (const day of days) await this.#folders.take(day, false);
    await this.#takeNames();
  }

  /** Finds files that grew or went away without a change of their folder. */
  async #revisit(): Promise<void> {
    const { db } = this.#options;
    const rows = db.all(
      "SELECT id, path, file_ms, archived FROM threads WHERE present = 1 AND file_ms IS NOT NULL",
    );
    const changed: ScannedFile[] = [];
    await inParallel(rows, filesAtOnce, async (row) => {
      const path = row.path as string;
      const name = parseRolloutName(path);
      if (this.#ending.signal.aborted || !name) return;
      const file = await this.#intake.stat({
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
          "UPDATE threads SET file_ms = ?, file_bytes = ? WHERE path = ?",
          file.changedMs,
          file.bytes,
          file.path,
        );
        // Later than what this server told of the thread: somebody else went on.
        db.run(
          `UPDATE threads SET updated_ms = ?1, recency_ms = ?1, has_tail = 0,
           searchable = 0 WHERE path = ?2 AND updated_ms < ?1 - ${OWN_WRITES_MS}`,
          file.changedMs,
          file.path,
        );
      }
    });
    // Those without a message may have one by now.
    const empty = changed.filter((file) =>
      db.get("SELECT shown FROM threads WHERE path = ?", file.path)?.shown === 0
    );
    await this.#intake.read(empty.map((file) => file.path), false);
  }

  async #takeNames(): Promise<void> {
    const names = await this.#names.readIfChanged();
    if (!names || this.#ending.signal.aborted) return;
    const { db } = this.#options;
    db.transaction(() => {
      for (const [id, name] of names) setThreadName(db, id, name);
    });
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
