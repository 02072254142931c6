import {
  RpcError,
  type ThreadReadState,
  type ThreadReadStateUpdateParams,
  type ThreadReadStateUpdateResponse,
  type ThreadUnreadPosition,
} from "../protocol/mod.ts";
import type { Database, Row } from "./_database.ts";
import type { Change } from "./change.ts";

/** `thread/readState/*`: how far the user has read. */
export class ReadStates {
  readonly #db: Database;

  constructor(options: { readonly db: Database }) {
    this.#db = options.db;
  }

  /** How far a thread was read; null if that is not known. */
  get(threadId: string): ThreadReadState | null {
    return this.of([threadId])[threadId] ?? null;
  }

  /**
   * The same of several threads; those of which nothing is known are left out:
   * threads without a message, and those that no user reads.
   */
  of(threadIds: readonly string[]): Record<string, ThreadReadState> {
    const rows = this.#db.all(
      `SELECT t.id, r.first_unread, r.revision FROM threads t
       LEFT JOIN read_states r ON r.thread_id = t.id
       WHERE t.id IN (SELECT value FROM json_each(?))
       AND t.shown <> 0 AND t.source_kind NOT LIKE 'subAgent%'`,
      JSON.stringify(threadIds),
    );
    return Object.fromEntries(
      rows.map((row) => [row.id as string, toState(row)]),
    );
  }

  /**
   * Notes that a turn ended that nobody has read yet; call it before the
   * thread is told to be idle.
   */
  advance(threadId: string, turnId: string): Change<ThreadReadState> {
    return this.#db.transaction(() => {
      const firstUnread = this.get(threadId)?.firstUnread ??
        { type: "turn" as const, turnId };
      return this.#write(threadId, firstUnread);
    });
  }

  /**
   * Marks a thread as read or as unread.
   *
   * @throws {RpcError} if it went on since the user saw it, with the state as
   * it is now in `data.readState`; or if nothing is known of it.
   */
  update(
    params: ThreadReadStateUpdateParams,
  ): Change<ThreadReadStateUpdateResponse> {
    return this.#db.transaction(() => {
      const readState = this.get(params.threadId);
      if (!readState) {
        throw RpcError.invalidRequest("thread read state unavailable");
      }
      if (readState.revision !== params.expectedRevision) {
        throw RpcError.invalidRequest("read state changed", {
          reason: "readStateConflict",
          readState,
        });
      }
      const { result, notifications } = this.#write(
        params.threadId,
        params.operation.type === "read" ? null : { type: "threadStart" },
      );
      return { result: { readState: result }, notifications };
    });
  }

  /**
   * Counts a thread as read if what was to be read first is gone.
   *
   * @param isGone Whether a turn is.
   * @returns Nothing if it is still there, or nothing was.
   */
  forget(
    threadId: string,
    isGone: (turnId: string) => boolean,
  ): Change<ThreadReadState> | undefined {
    return this.#db.transaction(() => {
      const first = this.get(threadId)?.firstUnread;
      if (first?.type !== "turn" || !isGone(first.turnId)) return undefined;
      return this.#write(threadId, null);
    });
  }

  #write(
    threadId: string,
    firstUnread: ThreadUnreadPosition | null,
  ): Change<ThreadReadState> {
    const readState = { firstUnread, revision: crypto.randomUUID() };
    this.#db.run(
      `INSERT INTO read_states (thread_id, first_unread, revision)
       VALUES (?1, ?2, ?3) ON CONFLICT (thread_id)
       DO UPDATE SET first_unread = ?2, revision = ?3`,
      threadId,
      firstUnread && JSON.stringify(firstUnread),
      readState.revision,
    );
    return {
      result: readState,
      notifications: [{
        method: "thread/readState/changed",
        params: { threadId, readState },
      }],
    };
  }
}

/** A thread of which nothing was noted yet counts as read; its id stands for that. */
function toState(row: Row): ThreadReadState {
  if (row.revision === null) {
    return { firstUnread: null, revision: `initial:${row.id as string}` };
  }
  return {
    firstUnread: row.first_unread === null
      ? null
      : JSON.parse(row.first_unread as string) as ThreadUnreadPosition,
    revision: row.revision as string,
  };
}
