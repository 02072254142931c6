import type { ThreadListParams, ThreadListResponse } from "../protocol/mod.ts";
import { chooseAccess } from "./_choose_access.ts";
import type { Database, Row } from "./_database.ts";
import type { Discovery } from "./_discovery.ts";
import { toPageSize } from "./_page.ts";
import {
  decodeThreadCursor,
  encodeThreadCursor,
  type ThreadPlace,
} from "./_thread_cursor.ts";
import { toThreadFilter } from "./_thread_filter.ts";
import {
  type ThreadFilter,
  toSortColumn,
  toThreadQuery,
} from "./_thread_query.ts";
import type { ReadStates } from "./read_states.ts";
import { shown, toStoredThread, toThread } from "./thread_row.ts";

/** What {@linkcode ThreadPages} are made of. */
export interface ThreadPagesOptions {
  readonly db: Database;
  /** Finds what others put on the disk. */
  readonly discovery: Discovery;
  /** How far they were read. */
  readonly readStates: ReadStates;
  /** Directory against which relative ones are read. */
  readonly cwd: string;
}

/** The lists of threads, page by page. */
export class ThreadPages {
  readonly #db: Database;
  readonly #cwd: string;
  readonly #discovery: Discovery;
  readonly #readStates: ReadStates;

  constructor(options: ThreadPagesOptions) {
    this.#db = options.db;
    this.#cwd = options.cwd;
    this.#discovery = options.discovery;
    this.#readStates = options.readStates;
  }

  /**
   * Lists threads.
   *
   * @throws {RpcError} if the filters contradict each other, the cursor is
   * none, or an id is none.
   */
  async list(params: ThreadListParams): Promise<ThreadListResponse> {
    const filter = toThreadFilter(params, {
      db: this.#db,
      cwd: this.#cwd,
    });
    const size = toPageSize(params.limit);
    if (params.useStateDbOnly) return this.page(filter, params.cursor, size);
    await this.#discovery.refresh(
      canEndEarly(filter)
        ? (sinceMs) => this.#isFull(filter, params.cursor, size, sinceMs)
        : undefined,
    );
    const { generation } = this.#db;
    let page = this.page(filter, params.cursor, size);
    if (this.#db.generation !== generation) {
      // The index broke under this very question: it is made anew first.
      await this.#discovery.refresh();
      page = this.page(filter, params.cursor, size);
    }
    const hasNews = await this.#discovery.intake.readTails(page.data);
    return hasNews ? this.page(filter, params.cursor, size) : page;
  }

  /** Whether a page can't change by what was created before a time. */
  #isFull(
    filter: ThreadFilter,
    cursor: string | null | undefined,
    size: number,
    sinceMs: number,
  ): boolean {
    const place = cursor == null
      ? undefined
      : this.#toPlace(decodeThreadCursor(cursor, true), "created_ms");
    const last = this.#rows(filter, place, size + 1)[size];
    return last !== undefined && last.created_ms as number >= sinceMs;
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
    const rows = this.#rows(filter, place, size + 1);
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
      readStates: this.#readStates.of(page.map((row) => row.id as string)),
      nextCursor: rows.length > size ? toCursor(page.at(-1)!, false) : null,
      backwardsCursor: page[0] ? toCursor(page[0], true) : null,
    };
  }

  #rows(
    filter: ThreadFilter,
    place: ThreadPlace | undefined,
    count: number,
  ): Row[] {
    const { access, chosen } = chooseAccess(this.#db, filter);
    const ask = (asked: ThreadFilter): Row[] => {
      const query = toThreadQuery(asked, place, count, access);
      return this.#db.all(query.sql, ...query.values);
    };
    if (access !== "walk" || !filter.includeAttachedThreads) return ask(chosen);
    // Each of the two is in order in the index, both together are not.
    const column = toSortColumn(filter.sortKey);
    const sign = filter.direction === "asc" ? 1 : -1;
    return [shown.listed, shown.attached]
      .flatMap((shownAs) => ask({ ...chosen, shownAs }))
      .sort((a, b) =>
        sign * ((a[column] as number) - (b[column] as number) ||
          (a.id! < b.id! ? -1 : 1))
      ).slice(0, count);
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
}

/** Whether the newest threads alone may be a page: the usual one. */
function canEndEarly(filter: ThreadFilter): boolean {
  return filter.sortKey === "created_at" && filter.direction === "desc" &&
    !filter.archived && !filter.includeAttachedThreads &&
    filter.parentId === undefined && filter.ancestorId === undefined &&
    filter.ownerId === undefined;
}
