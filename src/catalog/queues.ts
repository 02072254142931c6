import {
  type QueuedSubmission,
  RpcError,
  type ThreadQueueAddParams,
  type ThreadQueueAddResponse,
  type ThreadQueueDeleteParams,
  type ThreadQueueDeleteResponse,
  type ThreadQueueListParams,
  type ThreadQueueListResponse,
  type ThreadQueueReorderParams,
  type ThreadQueueReorderResponse,
  type ThreadQueueUpdateParams,
  type ThreadQueueUpdateResponse,
  type UserInput,
} from "../protocol/mod.ts";
import type { Database, Row } from "./_database.ts";
import { toPageSize } from "./_page.ts";
import type { Change, KeptNotification } from "./change.ts";

/** `thread/queue/*`: messages of the user that wait for their turn. */
export class Queues {
  readonly #db: Database;
  readonly #nextId: () => string;

  constructor(
    options: { readonly db: Database; readonly nextId: () => string },
  ) {
    this.#db = options.db;
    this.#nextId = options.nextId;
  }

  /**
   * Lists what waits, the next one first.
   *
   * @throws {RpcError} if the cursor is none.
   */
  list(params: ThreadQueueListParams): ThreadQueueListResponse {
    const size = toPageSize(params.limit);
    const all = this.#all(params.threadId);
    const from = params.cursor == null ? 0 : toOffset(params.cursor);
    const end = from + size;
    return {
      data: all.slice(from, end),
      nextCursor: end < all.length ? String(end) : null,
    };
  }

  /** The submission with that id, or else the next one; undefined if there is none. */
  peek(threadId: string, id?: string | null): QueuedSubmission | undefined {
    const row = id == null
      ? this.#db.get(
        "SELECT * FROM queued WHERE thread_id = ? ORDER BY place LIMIT 1",
        threadId,
      )
      : this.#db.get(
        "SELECT * FROM queued WHERE thread_id = ? AND id = ?",
        threadId,
        id,
      );
    return row && toSubmission(row);
  }

  /**
   * Puts a message at the end.
   *
   * @throws {RpcError} if it is empty.
   */
  add(params: ThreadQueueAddParams): Change<ThreadQueueAddResponse> {
    const queuedSubmission: QueuedSubmission = {
      id: this.#nextId(),
      input: toInput(params.input),
      clientUserMessageId: params.clientUserMessageId,
      responsesapiClientMetadata: params.responsesapiClientMetadata ?? null,
    };
    this.#db.run(
      `INSERT INTO queued (thread_id, place, id, input, client_id, metadata)
       SELECT ?1, coalesce(max(place), 0) + 1, ?2, ?3, ?4, ?5 FROM queued
       WHERE thread_id = ?1`,
      params.threadId,
      queuedSubmission.id,
      JSON.stringify(queuedSubmission.input),
      queuedSubmission.clientUserMessageId,
      toMetadata(queuedSubmission.responsesapiClientMetadata),
    );
    return { result: { queuedSubmission }, notifications: told(params) };
  }

  /**
   * Replaces a message. Metadata stays unless there is other.
   *
   * @throws {RpcError} if it does not wait (any more), or is empty.
   */
  update(params: ThreadQueueUpdateParams): Change<ThreadQueueUpdateResponse> {
    const { threadId, queuedSubmissionId: id } = params;
    const input = toInput(params.input);
    const queuedSubmission = this.#db.transaction(() => {
      const old = this.peek(threadId, id);
      if (!old) {
        throw RpcError.invalidRequest(`queued submission not found: ${id}`);
      }
      const added = params.responsesapiClientMetadata ?? {};
      const metadata = Object.keys(added).length > 0
        ? added
        : old.responsesapiClientMetadata;
      this.#db.run(
        "UPDATE queued SET input = ?, metadata = ? WHERE thread_id = ? AND id = ?",
        JSON.stringify(input),
        toMetadata(metadata),
        threadId,
        id,
      );
      return { ...old, input, responsesapiClientMetadata: metadata };
    });
    return { result: { queuedSubmission }, notifications: told(params) };
  }

  /** Takes a message out of the queue: it is to be sent, or dropped. */
  delete(params: ThreadQueueDeleteParams): Change<ThreadQueueDeleteResponse> {
    const deleted = this.#db.run(
      "DELETE FROM queued WHERE thread_id = ? AND id = ?",
      params.threadId,
      params.queuedSubmissionId,
    ) > 0;
    return { result: { deleted }, notifications: deleted ? told(params) : [] };
  }

  /**
   * Puts the messages into another order.
   *
   * @throws {RpcError} unless the ids are those that wait, each once.
   */
  reorder(
    params: ThreadQueueReorderParams,
  ): Change<ThreadQueueReorderResponse> {
    const { threadId, queuedSubmissionIds: ids } = params;
    this.#db.transaction(() => {
      const known = new Map(this.#all(threadId).map((one) => [one.id, one]));
      const isWhole = ids.length === known.size &&
        new Set(ids).size === ids.length && ids.every((id) => known.has(id));
      if (!isWhole) {
        throw RpcError.invalidRequest(
          "queue reorder must include every queued submission exactly once",
        );
      }
      // Twice, because no two rows may hold one place at any time.
      for (const sign of [-1, 1]) {
        ids.forEach((id, index) =>
          this.#db.run(
            "UPDATE queued SET place = ? WHERE thread_id = ? AND id = ?",
            sign * (index + 1),
            threadId,
            id,
          )
        );
      }
    });
    return { result: {}, notifications: told(params) };
  }

  #all(threadId: string): QueuedSubmission[] {
    return this.#db.all(
      "SELECT * FROM queued WHERE thread_id = ? ORDER BY place",
      threadId,
    ).map(toSubmission);
  }
}

function told(params: { threadId: string }): KeptNotification[] {
  const { threadId } = params;
  return [{ method: "thread/queue/changed", params: { threadId } }];
}

function toSubmission(row: Row): QueuedSubmission {
  return {
    id: row.id as string,
    input: JSON.parse(row.input as string) as UserInput[],
    clientUserMessageId: row.client_id as string,
    responsesapiClientMetadata: row.metadata === null
      ? null
      : JSON.parse(row.metadata as string) as Record<string, string>,
  };
}

function toInput(input: readonly UserInput[]): UserInput[] {
  if (input.length === 0) {
    throw RpcError.invalidRequest(
      "only user input can be added to the user-message queue",
    );
  }
  return input.map((part) =>
    part.type === "text" && part.text_elements === undefined
      ? { ...part, text_elements: [] }
      : part
  );
}

function toMetadata(metadata: Record<string, string> | null): string | null {
  return metadata && JSON.stringify(metadata);
}

function toOffset(cursor: string): number {
  if (/^\+?\d{1,15}$/.test(cursor)) return Number(cursor);
  throw RpcError.invalidRequest(
    `invalid queue pagination cursor: ${
      cursor === ""
        ? "cannot parse integer from empty string"
        : "invalid digit found in string"
    }`,
  );
}
