import {
  RpcError,
  type Thread,
  type ThreadListParams,
  type ThreadListResponse,
  type ThreadMetadataGitInfoUpdateParams,
  toThreadId,
} from "../protocol/mod.ts";
import type { Database, Row, Value } from "./_database.ts";
import { toPageSize } from "./_page.ts";
import {
  decodeThreadCursor,
  encodeThreadCursor,
  type ThreadPlace,
} from "./_thread_cursor.ts";
import {
  checkThreadFilter,
  type ThreadFilter,
  toSortColumn,
  toThreadQuery,
} from "./_thread_query.ts";
import { toState } from "./read_states.ts";
import {
  type MemoryMode,
  type StoredThread,
  threadColumns,
  type ThreadRow,
  threadTables,
  toColumns,
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

/** A page as the index has it. */
export interface ThreadPage extends ThreadListResponse {
  /** The same threads with what else is known of them. */
  readonly stored: readonly StoredThread[];
}

/** The index of threads. */
export class ThreadIndex {
  readonly #db: Database;
  readonly #cwd: string;
  readonly #refresh: (useIndexOnly: boolean) => Promise<void>;

  constructor(options: {
    readonly db: Database;
    /** Directory against which relative ones are read. */
    readonly cwd: string;
    /** Takes in what others put on the disk. */
    readonly refresh: (useIndexOnly: boolean) => Promise<void>;
  }) {
    this.#db = options.db;
    this.#cwd = options.cwd;
    this.#refresh = options.refresh;
  }

  /** Notes a thread, or how it is now; what people gave it stays. */
  upsert(row: ThreadRow): void {
    upsertThread(this.#db, toColumns(row));
  }

  /** Notes what changed of a thread; far cheaper than the whole row. */
  touch(id: string, touch: ThreadTouch): void {
    const old = this.get(id);
    if (old) this.upsert({ ...old, ...touch });
  }

  /** What is known of a thread. */
  get(id: string): StoredThread | undefined {
    const row = this.#db.get(
      `SELECT ${threadColumns} FROM ${threadTables} WHERE t.id = ?`,
      id,
    );
    return row && toStoredThread(row);
  }

  /** The thread as it is shown while it is not in memory. */
  read(id: string): Thread | undefined {
    const stored = this.get(id);
    return stored && toThread(stored);
  }

  /**
   * Lists threads.
   *
   * @throws {RpcError} if the filters contradict each other, the cursor is
   * none, or an id is none.
   */
  async list(params: ThreadListParams): Promise<ThreadListResponse> {
    const filter = this.#toFilter(params);
    await this.#refresh(params.useStateDbOnly ?? false);
    return this.page(filter, params.cursor, toPageSize(params.limit));
  }

  /** A page of the index as it is. */
  page(
    filter: ThreadFilter,
    cursor: string | null | undefined,
    size: number,
  ): ThreadListResponse {
    const isTime = filter.sortKey !== "section_position";
    const column = toSortColumn(filter.sortKey);
    const place = cursor == null
      ? undefined
      : this.#toPlace(decodeThreadCursor(cursor, isTime), column);
    const query = toThreadQuery(filter, place, size + 1);
    const rows = this.#db.all(query.sql, ...query.values);
    const page = rows.slice(0, size);
    const toCursor = (row: Row, inclusive: boolean): string =>
      encodeThreadCursor({
        value: row[column] as number,
        id: row.id as string,
        inclusive,
        isTime,
      });
    return {
      data: page.map((row) => toThread(toStoredThread(row))),
      readStates: this.#readStates(page),
      nextCursor: rows.length > size ? toCursor(page.at(-1)!, false) : null,
      backwardsCursor: page[0] ? toCursor(page[0], true) : null,
    };
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
   * @throws {RpcError} if nothing is said, or something is empty.
   */
  setGitInfo(id: string, change: ThreadMetadataGitInfoUpdateParams): void {
    const entries = Object.entries(change).filter(([, value]) =>
      value !== undefined
    );
    if (entries.length === 0) {
      throw RpcError.invalidRequest("gitInfo must include at least one field");
    }
    for (const [field, value] of entries) {
      if (value === null || value.trim() !== "") continue;
      throw RpcError.invalidRequest(`gitInfo.${field} must not be empty`);
    }
    const old = this.get(id)?.gitInfo ??
      { sha: null, branch: null, originUrl: null };
    this.#set(
      id,
      "git_info",
      JSON.stringify({ ...old, ...Object.fromEntries(entries) }),
    );
  }

  /** Names a thread. */
  setName(id: string, name: string): void {
    this.#set(id, "name", name);
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

  #toFilter(params: ThreadListParams): ThreadFilter {
    checkThreadFilter(params);
    const excluded = params.excludedThreadIds ?? [];
    if (excluded.length > 100) {
      throw RpcError.invalidParams(
        "excludedThreadIds accepts at most 100 entries",
      );
    }
    const sortKey = params.sortKey ?? "created_at";
    const project = params.projectId;
    if (
      project != null &&
      !this.#db.get("SELECT 1 FROM projects WHERE id = ?", project)
    ) throw RpcError.invalidParams(`project not found: ${project}`);
    const id = (text: string | null | undefined, what: string) =>
      text == null ? undefined : toThreadId(text, what);
    const parentId = id(params.parentThreadId, "parent thread id");
    const ancestorId = id(params.ancestorThreadId, "ancestor thread id");
    const ownerId = id(params.attachedToThreadId, "attached thread parent id");
    const cwds = params.cwd == null
      ? undefined
      : [params.cwd].flat().map((cwd) => toDirectory(cwd, this.#cwd));
    return {
      sortKey,
      direction: params.sortDirection ??
        (sortKey === "section_position" ? "asc" : "desc"),
      archived: params.archived ?? false,
      excluded: excluded.map(toExcludedId),
      ...(params.modelProviders && { modelProviders: params.modelProviders }),
      ...(params.sourceKinds && { sourceKinds: params.sourceKinds }),
      ...(params.searchTerm && { searchTerm: params.searchTerm }),
      ...(params.includeAttachedThreads && { includeAttachedThreads: true }),
      ...(params.sectionId !== undefined && { sectionId: params.sectionId }),
      ...(project !== undefined && { projectId: project }),
      ...(parentId !== undefined && { parentId }),
      ...(ancestorId !== undefined && { ancestorId }),
      ...(ownerId !== undefined && { ownerId }),
      ...(cwds && { cwds }),
    };
  }

  /**
   * Where a cursor stands in this index. One of the reference names a thread
   * but whole seconds only: the thread says the rest.
   */
  #toPlace(place: ThreadPlace, column: string): ThreadPlace {
    if (!place.wholeSeconds || place.id === undefined) return place;
    const row = this.#db.get(
      `SELECT ${column} AS value FROM threads WHERE id = ?`,
      place.id,
    );
    if (typeof row?.value !== "number") return place;
    const isSame = Math.floor(row.value / 1000) === place.value / 1000;
    return isSame ? { ...place, value: row.value } : place;
  }

  #readStates(page: readonly Row[]): ThreadListResponse["readStates"] {
    const rows = this.#db.all(
      `SELECT * FROM read_states
       WHERE thread_id IN (SELECT value FROM json_each(?))`,
      JSON.stringify(page.map((row) => row.id)),
    );
    return Object.fromEntries(
      rows.map((row) => [row.thread_id as string, toState(row)]),
    );
  }
}

/** Writes columns of a thread. */
export function upsertThread(
  db: Database,
  columns: Readonly<Record<string, Value>>,
): void {
  const names = Object.keys(columns);
  const list = names.join(", ");
  const marks = names.map(() => "?").join(", ");
  const changes = names.map((name) => `${name} = excluded.${name}`).join(", ");
  db.run(
    `INSERT INTO threads (${list}) VALUES (${marks})
     ON CONFLICT (id) DO UPDATE SET ${changes}`,
    ...Object.values(columns),
  );
}

function toExcludedId(text: string): string {
  try {
    return toThreadId(text, "excluded thread id");
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw RpcError.invalidParams(error.message);
  }
}

function toDirectory(path: string, cwd: string): string {
  const parts: string[] = [];
  const whole = path.startsWith("/") ? path : `${cwd}/${path}`;
  for (const part of whole.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
