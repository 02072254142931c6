/**
 * Finding what was said: over all threads, and within one.
 *
 * @module
 */
import type { Uint32 } from "./scalar.ts";
import type { Thread } from "./thread.ts";
import type { SortDirection, ThreadSourceKind } from "./thread_history.ts";

/** What found threads are sorted by. */
export type ThreadSearchSortKey = "created_at" | "updated_at" | "recency_at";

/** Searches stored threads. */
export interface ThreadSearchParams {
  /** Also those that hang on others. Default false. */
  includeAttachedThreads?: boolean;
  /** Only what the account that is signed in may see. Default false. */
  currentAccountOnly?: boolean;
  /** Where to go on: a cursor of another page. */
  cursor?: string | null;
  /** Most threads to answer with. Default: the server's choice. */
  limit?: Uint32 | null;
  /** What they are sorted by. Default `"created_at"`. */
  sortKey?: ThreadSearchSortKey | null;
  /** Which come first. Default: the newest. */
  sortDirection?: SortDirection | null;
  /**
   * Only those that come from these kinds of programs. Default: those that
   * people work with.
   */
  sourceKinds?: ThreadSourceKind[] | null;
  /** Only the archived ones, instead of the others. Default false. */
  archived?: boolean | null;
  /** What to look for; not empty. */
  searchTerm: string;
}

/** A thread that was found. */
export interface ThreadSearchResult {
  /** The thread, without its turns. */
  thread: Thread;
  /** What stands around the text that was looked for. */
  snippet: string;
}

/** A page of what was found. */
export interface ThreadSearchResponse {
  /** The threads. */
  data: ThreadSearchResult[];
  /** Where to go on; null at the end. */
  nextCursor: string | null;
  /** Where to go back; null if the page is empty. */
  backwardsCursor: string | null;
}

/** Finds where in a thread something was said. */
export interface ThreadSearchOccurrencesParams {
  /** Which thread. */
  threadId: string;
  /** What to look for, in small or capital letters. */
  searchTerm: string;
  /** Where to go on: `nextCursor` of the page before. */
  cursor?: string | null;
  /** Most places to answer with. Default: the server's choice. */
  limit?: Uint32 | null;
}

/** A stretch of a text, counted in units of UTF-16. */
export interface ThreadSearchTextRange {
  /** Its first unit. */
  start: Uint32;
  /** The first unit behind it. */
  end: Uint32;
}

/** A place where it was said. */
export interface ThreadSearchOccurrence {
  /** In which turn. */
  turnId: string;
  /** In which of its items. */
  itemId: string;
  /** What stands around it. */
  snippet: string;
  /** Where in that it stands. */
  snippetMatchRange: ThreadSearchTextRange;
  /** Cursor for `thread/turns/list` that begins with this turn. */
  turnCursor: string;
}

/** A page of places. */
export interface ThreadSearchOccurrencesResponse {
  /** The places, in order of time. */
  data: ThreadSearchOccurrence[];
  /** Where to go on; null at the end. */
  nextCursor: string | null;
}
