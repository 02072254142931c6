import {
  type GitInfo,
  RpcError,
  type Thread,
  type ThreadListParams,
  type ThreadListResponse,
  type ThreadMetadataGitInfoUpdateParams,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { Database, Value } from "./_database.ts";
import type { Discovery } from "./_discovery.ts";
import { checkGitInfoChange } from "./_git_info_change.ts";
import type { ThreadFilter } from "./_thread_query.ts";
import { ThreadPages } from "./_thread_pages.ts";
import { setThreadName, upsertThread } from "./_upsert_thread.ts";
import type { ReadStates } from "./read_states.ts";
import {
  type MemoryMode,
  type StoredThread,
  threadColumns,
  type ThreadRow,
  threadTables,
  toStoredThread,
  toThread,
} from "./thread_row.ts";

/** What changes in the life of a loaded thread. */
export type ThreadTouch = Partial<
  Pick<
    ThreadRow,
    | "updatedAtMs"
    | "recencyAtMs"
    | "model"
    | "modelProvider"
    | "reasoningEffort"
    | "cwd"
    | "preview"
    | "hasUserMessage"
  >
>;

/** What {@linkcode ThreadIndex} is made of. */
export interface ThreadIndexOptions {
  readonly db: Database;
  /** Finds what others put on the disk. */
  readonly discovery: Discovery;
  /** How far they were read. */
  readonly readStates: ReadStates;
  /** Told of what cannot be written. */
  readonly log: Logger;
  /** Directory against which relative ones are read. */
  readonly cwd: string;
}

/** The index of threads. */
export class ThreadIndex {
  readonly #db: Database;
  readonly #discovery: Discovery;
  readonly #pages: ThreadPages;
  readonly #waiting = new Map<string, ThreadRow>();
  readonly #log: Logger;

  constructor(options: ThreadIndexOptions) {
    this.#db = options.db;
    this.#discovery = options.discovery;
    this.#pages = new ThreadPages(options);
    this.#log = options.log;
  }

  /**
   * Notes a thread, or how it is now; what people gave it stays. Written with
   * the next look at the index, or soon. Never fails: what cannot be written is
   * found again in the rollout.
   */
  upsert(row: ThreadRow): void {
    this.#waiting.set(row.id, row);
    this.#db.later(`thread ${row.id}`, () => {
      this.#waiting.delete(row.id);
      upsertThread(this.#db, row);
    });
  }

  /** Notes what changed of a thread; nothing if it is not known. */
  touch(id: string, touch: ThreadTouch): void {
    try {
      const old = this.#waiting.get(id) ?? this.get(id);
      if (old) this.upsert({ ...old, ...touch });
    } catch (error) {
      this.#log.warn("Index of threads cannot be read", {
        error: String(error),
      });
    }
  }

  /** Takes in what others put into the home. */
  async refresh(): Promise<void> {
    await this.#discovery.refresh();
  }

  /**
   * What is known of a thread whose file may have been moved, or put there
   * only now.
   *
   * @returns undefined if there is none.
   */
  async find(id: string): Promise<StoredThread | undefined> {
    const known = this.get(id);
    if (known && await isThere(known.path)) return known;
    if (await this.#discovery.locate(id)) return this.get(id);
    if (!known || known.hasUserMessage) return undefined;
    return known; // has no file before its first message
  }

  /**
   * Takes in a rollout by its path.
   *
   * @returns undefined if it is none.
   */
  async adopt(path: string): Promise<StoredThread | undefined> {
    const id = await this.#discovery.intake.adopt(path);
    return id === undefined ? undefined : this.get(id);
  }

  /** What is known of a thread. */
  get(id: string): StoredThread | undefined {
    const row = this.#db.get(
      `SELECT ${threadColumns} FROM ${threadTables} WHERE t.id = ? AND t.present = 1`,
      id,
    );
    return row && toStoredThread(row);
  }

  /** The thread as it is shown while it is not in memory. */
  read(id: string): Thread | undefined {
    const stored = this.get(id);
    return stored && toThread(stored);
  }

  /** Ids of all threads that descend from one, oldest first. */
  descendants(id: string): string[] {
    return this.#db.all(
      `WITH RECURSIVE descendants (id) AS (
        SELECT id FROM threads WHERE parent_id = ?
        UNION SELECT c.id FROM threads c JOIN descendants d
          ON c.parent_id = d.id)
      SELECT id FROM descendants ORDER BY id`,
      id,
    ).map((row) => String(row.id));
  }

  /**
   * Lists threads.
   *
   * @throws {RpcError} if the filters contradict each other, the cursor is
   * none, or an id is none.
   */
  list(params: ThreadListParams): Promise<ThreadListResponse> {
    return this.#pages.list(params);
  }

  /** A page of the index as it is. */
  page(
    filter: ThreadFilter,
    cursor: string | null | undefined,
    size: number,
  ): ThreadListResponse {
    return this.#pages.page(filter, cursor, size);
  }

  /** Sets what memories of a thread are made. */
  setMemoryMode(id: string, mode: MemoryMode): void {
    this.#set(id, "memory_mode", mode);
  }

  /** Keeps the client's choice of that name. */
  setDaybreakEnabled(id: string, enabled: boolean): void {
    this.#set(id, "daybreak", Number(enabled));
  }

  /** Keeps how many tokens the turns of a thread took. */
  setTokensUsed(id: string, tokens: number): void {
    this.#set(id, "tokens_used", tokens);
  }

  /**
   * Changes what is known of the repository of a thread.
   *
   * @param found What is known of it beside what is kept.
   * @throws {RpcError} if nothing is said, or something is empty.
   */
  setGitInfo(
    id: string,
    change: ThreadMetadataGitInfoUpdateParams,
    found: GitInfo | null = null,
  ): void {
    const old = this.get(id)?.gitInfo ?? found ??
      { sha: null, branch: null, originUrl: null };
    const next = { ...old, ...checkGitInfoChange(change) };
    const isEmpty = Object.values(next).every((value) => value === null);
    this.#set(id, "git_info", isEmpty ? null : JSON.stringify(next));
  }

  /**
   * Names a thread, also for other servers of the home.
   *
   * @returns the name without blanks around it.
   * @throws {RpcError} if it is empty.
   */
  async setName(id: string, text: string): Promise<string> {
    const name = text.trim();
    if (name === "") {
      throw RpcError.invalidRequest("thread name must not be empty");
    }
    setThreadName(this.#db, id, name);
    await this.#discovery.tellName(id, name);
    return name;
  }

  /** Notes that the file of a thread was moved. */
  setArchived(id: string, archived: boolean, path: string): void {
    this.#db.run(
      "UPDATE threads SET archived = ?, path = ? WHERE id = ?",
      Number(archived),
      path,
      id,
    );
  }

  /** Forgets a thread and everything that hangs on it. */
  remove(id: string): void {
    this.#db.transaction(() => {
      for (const table of ["goals", "queued", "attachments", "read_states"]) {
        this.#db.run(`DELETE FROM ${table} WHERE thread_id = ?`, id);
      }
      this.#db.run("DELETE FROM threads WHERE id = ?", id);
    });
  }

  #set(id: string, column: string, value: Value): void {
    this.#db.run(`UPDATE threads SET ${column} = ? WHERE id = ?`, value, id);
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}
