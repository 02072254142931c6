/**
 * What stored threads hold: lists of threads, turns and items, the search, and
 * how far the user has read.
 *
 * A cursor is a text that only the server understands. One of a page's
 * `nextCursor` goes on; its `backwardsCursor` with the other `sortDirection`
 * goes back, beginning with the first entry of that page.
 *
 * @module
 */
import type { JsonValue, Uint, Uint32, UnixMs, UnixSeconds } from "./scalar.ts";
import type { ThreadItem } from "./item.ts";
import type { Thread } from "./thread.ts";
import type { Turn, TurnError, TurnItemsView, TurnStatus } from "./turn.ts";

/** Oldest or newest first. */
export type SortDirection = "asc" | "desc";

/** What threads are sorted by. */
export type ThreadSortKey =
  | "created_at"
  | "updated_at"
  | "recency_at"
  | "section_position";

/** What kind of program threads come from. */
export type ThreadSourceKind =
  | "cli"
  | "vscode"
  | "exec"
  | "appServer"
  | "subAgent"
  | "subAgentReview"
  | "subAgentCompact"
  | "subAgentThreadSpawn"
  | "subAgentOther"
  | "unknown";

/** One directory, or several to choose from. */
export type ThreadListCwdFilter = string | string[];

/** Lists stored threads. */
export interface ThreadListParams {
  /**
   * Also those that hang on others.
   *
   * @experimental
   */
  includeAttachedThreads?: boolean;
  /** Only what the account that is signed in may see. Default false. */
  currentAccountOnly?: boolean;
  /** Where to go on: a cursor of another page. */
  cursor?: string | null;
  /** Most threads to answer with. Default: the server's choice. */
  limit?: Uint32 | null;
  /** Threads to leave out, at most 100; the same ones for every page. */
  excludedThreadIds?: string[] | null;
  /** What they are sorted by. Default `"created_at"`. */
  sortKey?: ThreadSortKey | null;
  /** Which come first. Default: the newest. */
  sortDirection?: SortDirection | null;
  /** Only those of these model providers; an empty list for all. */
  modelProviders?: string[] | null;
  /**
   * Only those that come from these kinds of programs. Default: those that
   * people work with.
   */
  sourceKinds?: ThreadSourceKind[] | null;
  /** Only those of these clients; this server takes an empty list alone. */
  originators?: string[] | null;
  /** Only the archived ones, instead of the others. Default false. */
  archived?: boolean | null;
  /** Only those of this section; null: of none. Absent: of any. */
  sectionId?: string | null;
  /**
   * Only those of this project; null: of none. Absent: of any.
   *
   * @experimental even-null
   */
  projectId?: string | null;
  /** Only those that work in this directory, or in one of these. */
  cwd?: ThreadListCwdFilter | null;
  /** Take the index as it is, without a look at the files. Default false. */
  useStateDbOnly?: boolean;
  /** Only those with this text in their title. */
  searchTerm?: string | null;
  /**
   * Only those that this one started; not together with `ancestorThreadId`.
   *
   * @experimental
   */
  parentThreadId?: string | null;
  /**
   * Only those that descend from this one.
   *
   * @experimental
   */
  ancestorThreadId?: string | null;
  /**
   * Only those that hang on this one.
   *
   * @experimental
   */
  attachedToThreadId?: string | null;
}

/** A page of threads. */
export interface ThreadListResponse {
  /** The threads, without their turns. */
  data: Thread[];
  /**
   * How far each was read, by its id; a thread of which that is not known is
   * left out, and null means that nothing is known.
   *
   * @experimental
   */
  readStates: { [threadId: string]: ThreadReadState } | null;
  /** Where to go on; null at the end. */
  nextCursor: string | null;
  /** Where to go back; null if the page is empty. */
  backwardsCursor: string | null;
}

/** Reads a stored thread without opening it. */
export interface ThreadReadParams {
  /** Which thread. */
  threadId: string;
  /** Answer with its turns. Default false. */
  includeTurns?: boolean;
}

/** The thread. */
export interface ThreadReadResponse {
  /** The thread; with its turns if they were asked for. */
  thread: Thread;
  /**
   * How far it was read; null if that is not known.
   *
   * @experimental
   */
  readState: ThreadReadState | null;
}

/** Lists the turns of a thread. */
export interface ThreadTurnsListParams {
  /** Which thread. */
  threadId: string;
  /** Where to go on: a cursor of another page. */
  cursor?: string | null;
  /** Most turns to answer with. Default: the server's choice. */
  limit?: Uint32 | null;
  /** Which come first. Default: the newest. */
  sortDirection?: SortDirection | null;
  /** How much of each. Default `"summary"`. */
  itemsView?: TurnItemsView | null;
}

/** A page of turns. */
export interface TurnsPage {
  /** The turns. */
  data: Turn[];
  /** Where to go on; null at the end. */
  nextCursor: string | null;
  /** Where to go back; null if the page is empty. */
  backwardsCursor: string | null;
}

/** A page of turns. */
export type ThreadTurnsListResponse = TurnsPage;

/** The place beside an item. */
export interface ThreadItemsListAnchor {
  /** Tag of this kind. */
  type: "item";
  /** The item; it is not in the page itself. */
  itemId: string;
}

/** Where a page of items begins: a cursor, or the place beside an item. */
export type ThreadItemsListCursor = string | ThreadItemsListAnchor;

/** Which outputs to leave out; `thread/items/read` gives them. */
export interface ThreadItemOutputDeferral {
  /**
   * Those of commands that went well. Default false.
   *
   * @experimental
   */
  commandExecution?: boolean;
  /**
   * Those of MCP tools that went well and gave plain text. Default false.
   *
   * @experimental
   */
  mcpToolCall?: boolean;
}

/** Lists the items of a thread, or of one of its turns. */
export interface ThreadItemsListParams {
  /** Which thread. */
  threadId: string;
  /** Which turn. Default: all. */
  turnId?: string | null;
  /** Where to go on; the place beside an item needs `turnId`. */
  cursor?: ThreadItemsListCursor | null;
  /** Most items to answer with. Default: the server's choice. */
  limit?: Uint32 | null;
  /** Which come first. Default: the oldest. */
  sortDirection?: SortDirection | null;
  /** Outputs to leave out; needs `turnId`. */
  deferOutput?: ThreadItemOutputDeferral | null;
}

/** An item and where it stands. */
export interface ThreadItemEntry {
  /** Turn that it belongs to. */
  turnId: string;
  /** The item. */
  item: ThreadItem;
  /**
   * Whether its output was left out. Default false.
   *
   * @experimental
   */
  outputDeferred?: boolean;
  /** When it began, if that is stored. */
  startedAtMs: UnixMs | null;
  /** When it was complete, if that is stored. */
  completedAtMs: UnixMs | null;
}

/** A page of items. */
export interface ThreadItemsListResponse {
  /** The items. */
  data: ThreadItemEntry[];
  /** Where to go on; null at the end. */
  nextCursor: string | null;
  /** Where to go back; null if the page is empty. */
  backwardsCursor: string | null;
}

/** Reads chosen items of a turn. */
export interface ThreadItemsReadParams {
  /** Which thread. */
  threadId: string;
  /** Which turn. */
  turnId: string;
  /** Which items; 1 to 100. */
  itemIds: string[];
}

/** Those that are there, in the order in which they are stored. */
export interface ThreadItemsReadResponse {
  /** The items, whole. */
  data: ThreadItemEntry[];
}

/** Older form of `thread/items/list`: lists the items of one turn. */
export interface ThreadTurnsItemsListParams {
  /** Which thread. */
  threadId: string;
  /** Which turn. */
  turnId: string;
  /** Where to go on: a cursor of another page. */
  cursor?: string | null;
  /** Most items to answer with. Default: the server's choice. */
  limit?: Uint32 | null;
  /** Which come first. Default: the oldest. */
  sortDirection?: SortDirection | null;
}

/** A page of items. */
export interface ThreadTurnsItemsListResponse {
  /** The items. */
  data: ThreadItem[];
  /** Where to go on; null at the end. */
  nextCursor: string | null;
  /** Where to go back; null if the page is empty. */
  backwardsCursor: string | null;
}

/** Lists what happened in a thread in order of time. */
export interface ThreadTimelineListParams {
  /** Which thread. */
  threadId: string;
  /** Where to go on: `nextCursor` of the page before. */
  cursor?: string | null;
  /** Most entries to answer with. Default: the server's choice. */
  limit?: Uint32 | null;
}

/** An item of a turn. */
export interface ThreadTimelineItem {
  /** Tag of this kind. */
  type: "item";
  /** Where it stands; later entries have larger numbers. */
  position: Uint;
  /** Turn that it belongs to. */
  turnId: string;
  /** The item. */
  item: ThreadItem;
}

/** An item of a spoken conversation. */
export interface ThreadTimelineRealtime {
  /** Tag of this kind. */
  type: "realtime";
  /** Where it stands; later entries have larger numbers. */
  position: Uint;
  /** The item. */
  item: JsonValue;
}

/** A turn began. */
export interface ThreadTimelineTurnStarted {
  /** Tag of this kind. */
  type: "turnStarted";
  /** Where it stands; later entries have larger numbers. */
  position: Uint;
  /** Which turn. */
  turnId: string;
  /** When it began. */
  startedAt: UnixSeconds | null;
}

/** A turn ended. */
export interface ThreadTimelineTurnCompleted {
  /** Tag of this kind. */
  type: "turnCompleted";
  /** Where it stands; later entries have larger numbers. */
  position: Uint;
  /** Which turn. */
  turnId: string;
  /** How it ended. */
  status: TurnStatus;
  /** Why it failed; else null. */
  error: TurnError | null;
  /** When it began. */
  startedAt: UnixSeconds | null;
  /** When it ended. */
  completedAt: UnixSeconds | null;
  /** Milliseconds that it took. */
  durationMs: Uint | null;
}

/** Something that happened in a thread. */
export type ThreadTimelineEntry =
  | ThreadTimelineItem
  | ThreadTimelineRealtime
  | ThreadTimelineTurnStarted
  | ThreadTimelineTurnCompleted;

/** A page of what happened. */
export interface ThreadTimelineListResponse {
  /** What happened. */
  data: ThreadTimelineEntry[];
  /** Where to go on; null at the end. */
  nextCursor: string | null;
  /** Spoken conversation that went on where the page begins. */
  activeRealtimeSessionAtPageStart: string | null;
}

/** The turn at which the unread part of a thread begins. */
export interface UnreadFromTurn {
  /** Tag of this kind. */
  type: "turn";
  /** Which turn. */
  turnId: string;
}

/** Nothing of the thread was read. */
export interface UnreadFromThreadStart {
  /** Tag of this kind. */
  type: "threadStart";
}

/** Where the unread part of a thread begins. */
export type ThreadUnreadPosition = UnreadFromThreadStart | UnreadFromTurn;

/** How far the user has read a thread. */
export interface ThreadReadState {
  /** Where the unread part begins; null if there is none. */
  firstUnread: ThreadUnreadPosition | null;
  /** State of the thread that this speaks of, for `expectedRevision`. */
  revision: string;
}

/** All of it was read. */
export interface MarkThreadRead {
  /** Tag of this kind. */
  type: "read";
}

/** Show it as unread. */
export interface MarkThreadUnread {
  /** Tag of this kind. */
  type: "unread";
}

/** What to note. */
export type ThreadReadStateOperation = MarkThreadRead | MarkThreadUnread;

/** Notes how far a thread was read. */
export interface ThreadReadStateUpdateParams {
  /** Which thread. */
  threadId: string;
  /** What to note. */
  operation: ThreadReadStateOperation;
  /** `revision` of what the user saw; refused if the thread went on since. */
  expectedRevision: string;
}

/** It is noted. */
export interface ThreadReadStateUpdateResponse {
  /** How far it was read. */
  readState: ThreadReadState;
}

/** A thread was read further, or has something new to read. */
export interface ThreadReadStateChangedNotification {
  /** Which thread. */
  threadId: string;
  /** How far it was read. */
  readState: ThreadReadState;
}
