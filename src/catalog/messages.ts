import {
  RpcError,
  type ThreadItem,
  type ThreadSearchOccurrence,
  type ThreadSearchOccurrencesParams,
  type ThreadSearchOccurrencesResponse,
  type ThreadSearchParams,
  type ThreadSearchResponse,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { Database } from "./_database.ts";
import { MessageStore } from "./_message_store.ts";
import {
  decodeOccurrenceCursor,
  encodeOccurrenceCursor,
} from "./_occurrence_cursor.ts";
import { toPageSize } from "./_page.ts";
import { findMatches, toOneLine, toSnippet } from "./_snippet.ts";
import { toSpokenText } from "./_spoken_text.ts";
import type { ThreadIndex } from "./thread_index.ts";

/** What {@linkcode Messages} are made of. */
export interface MessagesOptions {
  /** Where they are kept. */
  readonly db: Database;
  /** `$CODEX_HOME`. */
  readonly home: string;
  /** Told of rollouts that cannot be read. */
  readonly log: Logger;
  /** The threads. */
  readonly threads: ThreadIndex;
}

/** `thread/search` and `thread/searchOccurrences`: what was said. */
export class Messages {
  readonly #db: Database;
  readonly #threads: ThreadIndex;
  readonly #store: MessageStore;

  constructor(options: MessagesOptions) {
    this.#db = options.db;
    this.#threads = options.threads;
    this.#store = new MessageStore(options);
  }

  /**
   * Notes an item that is complete, if somebody said something in it. Written
   * a little later, since the index of words takes its time; if the process
   * dies before, it is read from the rollout instead.
   */
  add(threadId: string, turnId: string, item: ThreadItem): void {
    const text = toSpokenText(item);
    if (text === undefined) return;
    this.#store.add(threadId, { turnId, itemId: item.id, text });
  }

  /** Forgets what is known of a thread: its past is another. Read again when somebody searches. */
  forget(threadId: string): void {
    this.#store.forget(threadId);
  }

  /**
   * Finds threads in which something was said.
   *
   * @throws {RpcError} if there is nothing to look for, or the cursor is none.
   */
  async search(
    params: ThreadSearchParams,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<ThreadSearchResponse> {
    const term = toTerm(params.searchTerm, "thread/search");
    await this.#threads.refresh();
    await this.#store.fill({ ...(signal && { signal }) });
    const numbers = this.#store.threadsWith(term);
    const { includeAttachedThreads, sourceKinds } = params;
    const { data, nextCursor, backwardsCursor } = this.#threads.page(
      {
        sortKey: params.sortKey ?? "created_at",
        direction: params.sortDirection ?? "desc",
        archived: params.archived ?? false,
        excluded: [],
        numbers,
        ...(includeAttachedThreads && { includeAttachedThreads }),
        ...(sourceKinds && { sourceKinds }),
      },
      params.cursor,
      toPageSize(params.limit),
    );
    return {
      data: data.map((thread) => ({
        thread,
        snippet: this.#firstSnippet(thread.id, term),
      })),
      nextCursor,
      backwardsCursor,
    };
  }

  /**
   * Finds where in a thread something was said, in order of time.
   *
   * @param toTurnCursor the cursor of `thread/turns/list` for a turn.
   * @throws {RpcError} if there is nothing to look for, the thread has no
   * messages to search, or the cursor is none.
   */
  async searchOccurrences(
    params: ThreadSearchOccurrencesParams,
    toTurnCursor: (turnId: string) => string,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<ThreadSearchOccurrencesResponse> {
    const { threadId } = params;
    const term = toTerm(params.searchTerm, "thread/searchOccurrences");
    const row = this.#db.get(
      "SELECT 1 FROM threads WHERE id = ? AND present = 1 AND shown <> 0",
      threadId,
    );
    if (!row) {
      throw RpcError.methodNotFound(
        "thread/searchOccurrences is not supported yet",
      );
    }
    const from = decodeOccurrenceCursor(params.cursor, threadId, term);
    await this.#store.fill({ threadId, ...(signal && { signal }) });
    const size = toPageSize(params.limit);
    const data: ThreadSearchOccurrence[] = [];
    for (const message of this.#store.of(threadId, from.position)) {
      const matches = findMatches(message.text, term);
      const first = message.position === from.position ? from.index : 0;
      for (let index = first; index < matches.length; index++) {
        if (data.length === size) {
          const place = { position: message.position, index };
          return {
            data,
            nextCursor: encodeOccurrenceCursor(place, threadId, term),
          };
        }
        const { text, match } = toSnippet(message.text, matches[index]!);
        data.push({
          turnId: message.turnId,
          itemId: message.itemId,
          snippet: text,
          snippetMatchRange: match,
          turnCursor: toTurnCursor(message.turnId),
        });
      }
    }
    return { data, nextCursor: null };
  }

  /** Writes what waits to be written, and ends work in the background. */
  async close(): Promise<void> {
    await this.#store.close();
  }

  #firstSnippet(threadId: string, term: string): string {
    for (const message of this.#store.of(threadId, 0)) {
      const [match] = findMatches(message.text, term);
      if (match) return toSnippet(message.text, match).text;
    }
    return "";
  }
}

function toTerm(text: string, method: string): string {
  const term = toOneLine(text);
  if (term !== "") return term;
  throw RpcError.invalidRequest(`${method} requires a non-empty searchTerm`);
}
