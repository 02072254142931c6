import {
  RpcError,
  type ThreadAttachment,
  type ThreadAttachmentAddParams,
  type ThreadAttachmentAddResponse,
  type ThreadAttachmentListParams,
  type ThreadAttachmentListResponse,
  type ThreadAttachmentOperation,
  type ThreadAttachmentOwnerListParams,
  type ThreadAttachmentOwnerListResponse,
  type ThreadAttachmentRemoveParams,
  type ThreadAttachmentRemoveResponse,
} from "../protocol/mod.ts";
import type { Database, Row } from "./_database.ts";
import { toPage, toPageSize } from "./_page.ts";
import type { Change, KeptNotification } from "./change.ts";

const MOST_NAME_BYTES = 256;
const MOST_PAYLOAD_BYTES = 65_536;

/** What {@linkcode Attachments} are made of. */
export interface AttachmentsOptions {
  /** Where they are kept. */
  readonly db: Database;
  /** Makes an id. */
  readonly nextId: () => string;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
}

/** `thread/attachment*`: what clients hang on threads. */
export class Attachments {
  readonly #db: Database;
  readonly #nextId: () => string;
  readonly #now: () => number;

  constructor(options: AttachmentsOptions) {
    this.#db = options.db;
    this.#nextId = options.nextId;
    this.#now = options.now;
  }

  /**
   * Hangs something on a thread, unless the same is there already.
   *
   * @throws {RpcError} if the thread is unknown or has no message yet, or
   * something is empty or too large.
   */
  add(params: ThreadAttachmentAddParams): Change<ThreadAttachmentAddResponse> {
    checkAttachmentName(params);
    const payload = JSON.stringify(params.payload ?? null);
    if (toBytes(payload) > MOST_PAYLOAD_BYTES) {
      throw RpcError.invalidParams(
        `attachment payload must not exceed ${MOST_PAYLOAD_BYTES} bytes`,
      );
    }
    const { outcome, attachment } = this.#db.transaction(
      (): ThreadAttachmentAddResponse => {
        this.#checkThread(params.threadId);
        const old = this.#read(params);
        if (old) return { outcome: "existing", attachment: old };
        this.#db.run(
          `INSERT INTO attachments
           (thread_id, type, key, id, payload, created_ms)
           VALUES (?, ?, ?, ?, ?, ?)`,
          params.threadId,
          params.attachmentType,
          params.identityKey,
          this.#nextId(),
          payload,
          this.#now(),
        );
        return { outcome: "created", attachment: this.#read(params)! };
      },
    );
    return {
      result: { outcome, attachment },
      notifications: outcome === "created"
        ? told(params, attachment.id, "created")
        : [],
    };
  }

  /**
   * Lists what hangs on a thread, the oldest first.
   *
   * @throws {RpcError} if the cursor is none.
   */
  list(params: ThreadAttachmentListParams): ThreadAttachmentListResponse {
    const size = toPageSize(params.limit);
    const from = { ms: -1, id: "" };
    if (params.cursor != null) {
      const parts = params.cursor.split("|");
      const ms = Number(parts[1]);
      if (
        parts.length !== 3 || parts[0] !== params.threadId ||
        !/^\d+$/.test(parts[1]!)
      ) throw badCursor();
      from.ms = ms;
      from.id = parts[2]!;
    }
    const rows = this.#db.all(
      `SELECT * FROM attachments WHERE thread_id = ?
       AND (created_ms, id) > (?, ?) ORDER BY created_ms, id LIMIT ?`,
      params.threadId,
      from.ms,
      from.id,
      size + 1,
    );
    return toPage(
      rows,
      size,
      toAttachment,
      (row) => `${row.thread_id}|${row.created_ms}|${row.id}`,
    );
  }

  /**
   * Lists the threads on which something hangs, by their ids.
   *
   * @throws {RpcError} if the cursor is none.
   */
  owners(
    params: ThreadAttachmentOwnerListParams,
  ): ThreadAttachmentOwnerListResponse {
    checkAttachmentName(params);
    const size = toPageSize(params.limit);
    const archived = params.archived ?? null;
    const rows = this.#db.all(
      `SELECT a.thread_id, t.archived FROM attachments a
       JOIN threads t ON t.id = a.thread_id
       WHERE a.type = ?1 AND a.key = ?2 AND a.thread_id > ?3
       AND (?4 IS NULL OR t.archived = ?4) ORDER BY a.thread_id LIMIT ?5`,
      params.attachmentType,
      params.identityKey,
      params.cursor == null ? "" : toLastOwner(params.cursor, params),
      archived === null ? null : Number(archived),
      size + 1,
    );
    return toPage(
      rows,
      size,
      (row) => ({
        threadId: row.thread_id as string,
        archived: row.archived === 1,
      }),
      (row) =>
        JSON.stringify({
          attachment_type: params.attachmentType,
          identity_key: params.identityKey,
          archived,
          thread_id: row.thread_id,
        }),
    );
  }

  /** Takes something off a thread; fine if it does not hang there. */
  remove(
    params: ThreadAttachmentRemoveParams,
  ): Change<ThreadAttachmentRemoveResponse> {
    const row = this.#db.get(
      `DELETE FROM attachments WHERE thread_id = ? AND type = ? AND key = ?
       RETURNING id`,
      params.threadId,
      params.attachmentType,
      params.identityKey,
    );
    return {
      result: {},
      notifications: row ? told(params, row.id as string, "deleted") : [],
    };
  }

  #checkThread(id: string): void {
    // A thread without a message is on no disk that could keep it.
    const row = this.#db.get(
      "SELECT 1 FROM threads WHERE id = ? AND shown <> 0",
      id,
    );
    if (!row) throw RpcError.invalidParams(`thread not found: ${id}`);
  }

  #read(params: ThreadAttachmentRemoveParams): ThreadAttachment | undefined {
    const row = this.#db.get(
      "SELECT * FROM attachments WHERE thread_id = ? AND type = ? AND key = ?",
      params.threadId,
      params.attachmentType,
      params.identityKey,
    );
    return row && toAttachment(row);
  }
}

function toAttachment(row: Row): ThreadAttachment {
  return {
    id: row.id as string,
    attachmentType: row.type as string,
    identityKey: row.key as string,
    payload: JSON.parse(row.payload as string),
    createdAt: Math.floor(row.created_ms as number / 1000),
  };
}

function told(
  params: ThreadAttachmentRemoveParams,
  attachmentId: string,
  operation: ThreadAttachmentOperation,
): KeptNotification[] {
  return [{
    method: "thread/attachment/updated",
    params: {
      threadId: params.threadId,
      attachmentType: params.attachmentType,
      identityKey: params.identityKey,
      attachmentId,
      operation,
    },
  }];
}

function toLastOwner(
  cursor: string,
  params: ThreadAttachmentOwnerListParams,
): string {
  let last: unknown;
  try {
    last = JSON.parse(cursor);
  } catch {
    throw badCursor();
  }
  if (
    typeof last !== "object" || last === null ||
    !("attachment_type" in last) || !("identity_key" in last) ||
    last.attachment_type !== params.attachmentType ||
    last.identity_key !== params.identityKey ||
    !("thread_id" in last) || typeof last.thread_id !== "string"
  ) throw badCursor();
  return last.thread_id;
}

function badCursor(): RpcError {
  return RpcError.invalidParams("invalid pagination cursor");
}

/**
 * Under which name something hangs on a thread.
 *
 * @throws {RpcError} if a part of it is empty or too long.
 */
export function checkAttachmentName(
  { attachmentType, identityKey }: {
    readonly attachmentType: string;
    readonly identityKey: string;
  },
): void {
  checkName("attachmentType", attachmentType);
  checkName("identityKey", identityKey);
}

function checkName(field: string, text: string): void {
  if (text.trim() === "") {
    throw RpcError.invalidParams(`${field} must not be empty`);
  }
  if (toBytes(text) <= MOST_NAME_BYTES) return;
  throw RpcError.invalidParams(
    `${field} must not exceed ${MOST_NAME_BYTES} bytes`,
  );
}

function toBytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
