/**
 * What else is done with a thread: naming, archiving, deleting, shortening its
 * past, leaving it.
 *
 * @module
 */
import type { Empty, Path, Uint32 } from "./scalar.ts";
import type { CustomSessionSource, SubAgentSource, Thread } from "./thread.ts";

/** Ends the events of a thread on this connection. */
export interface ThreadUnsubscribeParams {
  /** Which thread. */
  threadId: string;
}

/** Whether there was something to end. */
export type ThreadUnsubscribeStatus =
  | "notLoaded"
  | "notSubscribed"
  | "unsubscribed";

/** No event of the thread follows, but for those that go to everybody. */
export interface ThreadUnsubscribeResponse {
  /** Whether there was something to end. */
  status: ThreadUnsubscribeStatus;
}

/** Moves a thread out of the way. */
export interface ThreadArchiveParams {
  /** Which thread. */
  threadId: string;
}

/** It is archived. */
export type ThreadArchiveResponse = Empty;

/** Brings an archived thread back. */
export interface ThreadUnarchiveParams {
  /** Which thread. */
  threadId: string;
}

/** It is back. */
export interface ThreadUnarchiveResponse {
  /** The thread, without its turns. */
  thread: Thread;
}

/** Deletes a thread for good. */
export interface ThreadDeleteParams {
  /** Which thread. */
  threadId: string;
}

/** It is gone. */
export type ThreadDeleteResponse = Empty;

/** Names a thread. */
export interface ThreadSetNameParams {
  /** Which thread. */
  threadId: string;
  /** Its name; space around it does not count. */
  name: string;
}

/** It has its name. */
export type ThreadSetNameResponse = Empty;

/** Changes to what is stored about a repository: absent leaves, null clears. */
export interface ThreadMetadataGitInfoUpdateParams {
  /** Commit; not empty. */
  sha?: string | null;
  /** Branch; not empty. */
  branch?: string | null;
  /** Address of the remote `origin`; not empty. */
  originUrl?: string | null;
}

/** Changes what is stored about a thread. */
export interface ThreadMetadataUpdateParams {
  /** Which thread. */
  threadId: string;
  /**
   * Project that it belongs to; empty for none.
   *
   * @experimental
   */
  projectId?: string | null;
  /** Repository that it began in. */
  gitInfo?: ThreadMetadataGitInfoUpdateParams | null;
  /**
   * Keeps the client's choice of that name.
   *
   * @experimental
   */
  daybreakEnabled?: boolean | null;
}

/** It is stored. */
export interface ThreadMetadataUpdateResponse {
  /** The thread as it is now, without its turns. */
  thread: Thread;
}

/** Lists the threads that are in memory. */
export interface ThreadLoadedListParams {
  /** Where to go on: `nextCursor` of the page before. */
  cursor?: string | null;
  /** Most threads to answer with. Default: all. */
  limit?: Uint32 | null;
}

/** A page of threads in memory. */
export interface ThreadLoadedListResponse {
  /** Their ids. */
  data: string[];
  /** Where to go on; null at the end. */
  nextCursor: string | null;
}

/** Drops the stored turns from one on; files stay as they are. */
export interface ThreadRevertParams {
  /** Which thread; it must be in memory and store its turns in pages. */
  threadId: string;
  /** First turn to drop. */
  beforeTurnId: string;
}

/** They are dropped. */
export interface ThreadRevertResponse {
  /** The thread, without its turns. */
  thread: Thread;
  /** Cursor for `thread/turns/list`, newest first, from what is left on. */
  turnsBackwardsCursor: string | null;
  /** Cursor for `thread/items/list`, newest first, from what is left on. */
  itemsBackwardsCursor: string | null;
}

/** Older form of `thread/revert`: drops some of the last turns. */
export interface ThreadRollbackParams {
  /** Which thread. */
  threadId: string;
  /** How many turns to drop; at least 1. */
  numTurns: Uint32;
}

/** They are dropped. */
export interface ThreadRollbackResponse {
  /** The thread with the turns that are left. */
  thread: Thread;
}

/** Names a stored thread by its file. */
export interface ConversationByPath {
  /** The file; a relative path counts from the home of the configuration. */
  rolloutPath: Path;
}

/** Names a stored thread by its id. */
export interface ConversationById {
  /** The id. */
  conversationId: string;
}

/** Reads the summary of a stored thread. */
export type GetConversationSummaryParams =
  | ConversationByPath
  | ConversationById;

/** The state of a git repository, in the older spelling. */
export interface ConversationGitInfo {
  /** Commit that was checked out. */
  sha: string | null;
  /** Branch that was checked out. */
  branch: string | null;
  /** Address of the remote `origin`. */
  origin_url: string | null;
}

/** The server itself, for its own ends. */
export interface InternalConversationSource {
  /** Which end. */
  internal: "memory_consolidation" | "guardian";
}

/** A sub-agent, in the older spelling. */
export interface SubAgentConversationSource {
  /** For which work. */
  subagent: SubAgentSource;
}

/** What kind of program a thread comes from, in the older spelling. */
export type ConversationSource =
  | "cli"
  | "vscode"
  | "exec"
  | "mcp"
  | CustomSessionSource
  | InternalConversationSource
  | SubAgentConversationSource
  | "unknown";

/** What is known of a stored thread. */
export interface ConversationSummary {
  /** Its id. */
  conversationId: string;
  /** File that it is stored in. */
  path: Path;
  /** Beginning of the first message of the user. */
  preview: string;
  /** When it began, as RFC 3339. */
  timestamp: string | null;
  /** When something last happened in it, as RFC 3339. */
  updatedAt: string | null;
  /** Name of the model provider. */
  modelProvider: string;
  /** Directory where it works. */
  cwd: Path;
  /** Version of the server that it began on. */
  cliVersion: string;
  /** What kind of program it comes from. */
  source: ConversationSource;
  /** Repository that it began in. */
  gitInfo: ConversationGitInfo | null;
}

/** The summary. */
export interface GetConversationSummaryResponse {
  /** What is known of it. */
  summary: ConversationSummary;
}
