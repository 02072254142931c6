import type { Thread } from "../protocol/mod.ts";
import {
  HeadScanner,
  parseRolloutName,
  readHead,
  readTail,
  type RolloutHead,
  type RolloutName,
  type RolloutTail,
  type ScannedHead,
} from "../rollout/mod.ts";
import type { Database } from "./_database.ts";
import { inParallel } from "./_in_parallel.ts";
import { Pace } from "./_pace.ts";
import { toThreadRow } from "./_row_of_rollout.ts";
import type { SessionNames } from "./_session_names.ts";
import { setThreadName, upsertThread } from "./_upsert_thread.ts";
import type { ThreadRow } from "./thread_row.ts";

/** Files that are read at once. */
export const filesAtOnce = 32;
/** Few enough that nobody waits for long while they are entered. */
const ROWS_PER_TRANSACTION = 50;

/** A rollout that was found, and what its beginning says. */
interface Found {
  readonly file: ScannedFile;
  readonly head: RolloutHead;
}

/** A rollout as it lies on the disk. */
export interface ScannedFile {
  readonly path: string;
  readonly name: RolloutName;
  readonly isArchived: boolean;
  readonly changedMs: number;
  readonly bytes: number;
}

/** What {@linkcode Intake} needs. */
export interface IntakeOptions {
  readonly db: Database;
  /** `$CODEX_HOME`. */
  readonly home: string;
  /** The names that threads have. */
  readonly names: SessionNames;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Makes rows of rollouts. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #unreadable = new Set<string>();

  constructor(options: IntakeOptions) {
    this.#options = options;
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
    const file = name && await this.stat({ path, name, isArchived });
    if (!file) return undefined;
    const head = await readHead(path, { home }).catch(() => undefined);
    if (!head) return undefined;
    this.#enter([{ file, head }], await this.#options.names.read(), {
      force: true,
    });
    return file.name.threadId;
  }

  /** Reads the beginnings of files and enters them. */
  async read(paths: readonly string[], isArchived: boolean): Promise<void> {
    if (paths.length === 0) return;
    const { home, signal } = this.#options;
    const names = await this.#options.names.read();
    const scanner = new HeadScanner(home);
    const pace = new Pace();
    const batch: Found[] = [];
    const flush = (): void => {
      if (!signal.aborted) this.#enter(batch.splice(0), names);
    };
    for (const path of paths) {
      if (signal.aborted) return;
      const name = parseRolloutName(path);
      if (!name || this.#unreadable.has(path)) continue;
      const scanned = await this.#scan(path, scanner);
      if (scanned?.head === undefined) continue;
      const { head, changedMs, bytes } = scanned;
      batch.push({ file: { path, name, isArchived, changedMs, bytes }, head });
      if (batch.length >= ROWS_PER_TRANSACTION) flush();
      if (pace.isDue) await pace.pause();
    }
    flush();
  }

  /** Reads the beginning of a file; undefined if nothing can be read of it. */
  async #scan(
    path: string,
    scanner: HeadScanner,
  ): Promise<ScannedHead | undefined> {
    try {
      const scanned = scanner.scan(path) ?? await scanner.scanFully(path);
      if (scanned.head === undefined) this.#unreadable.add(path);
      return scanned;
    } catch (error) {
      // Gone since it was listed: it may come back.
      if (!(error instanceof Deno.errors.NotFound)) this.#unreadable.add(path);
      return undefined;
    }
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
    await inParallel(rows, filesAtOnce, async (row) => {
      const tail = await readTail(row.path as string).catch(() => undefined);
      found.push({ id: row.id as string, ...toModel(tail) });
    });
    if (this.#options.signal.aborted) return false;
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

  /** How a file is now; undefined if it is gone, or not ours to see. */
  async stat(
    file: Pick<ScannedFile, "path" | "name" | "isArchived">,
  ): Promise<ScannedFile | undefined> {
    try {
      const { mtime, size } = await Deno.stat(file.path);
      return { ...file, changedMs: mtime?.getTime() ?? 0, bytes: size };
    } catch {
      return undefined;
    }
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
