import type { Thread } from "../protocol/mod.ts";
import {
  parseRolloutName,
  readHead,
  readTail,
  type RolloutHead,
  type RolloutName,
  type RolloutTail,
} from "../rollout/mod.ts";
import type { Database } from "./_database.ts";
import { inParallel } from "./_in_parallel.ts";
import { toThreadRow } from "./_row_of_rollout.ts";
import type { SessionNames } from "./_session_names.ts";
import { setThreadName, upsertThread } from "./_upsert_thread.ts";
import type { ThreadRow } from "./thread_row.ts";

/** Files that are read at once. */
export const filesAtOnce = 32;
const ROWS_PER_TRANSACTION = 500;

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
    const names = await this.#options.names.read();
    let batch: Found[] = [];
    const flush = (): void => {
      const full = batch;
      batch = [];
      if (!this.#options.signal.aborted) this.#enter(full, names);
    };
    await inParallel(paths, filesAtOnce, async (path) => {
      const name = parseRolloutName(path);
      if (this.#options.signal.aborted || !name) return;
      if (this.#unreadable.has(path)) return;
      const file = await this.stat({ path, name, isArchived });
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
