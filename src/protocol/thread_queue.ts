/**
 * `thread/queue/*`: messages that wait behind the turn that runs.
 *
 * @module
 */
import type { Empty, Uint32 } from "./scalar.ts";
import type { Turn } from "./turn.ts";
import type { UserInput } from "./user_input.ts";

/** A message that waits. */
export interface QueuedSubmission {
  /** Its id. */
  id: string;
  /** What it says. */
  input: UserInput[];
  /** The client's id for the message that it becomes. */
  clientUserMessageId: string;
  /** Notes for the model provider that go with it. */
  responsesapiClientMetadata: { [name: string]: string } | null;
}

/** Queues a message. */
export interface ThreadQueueAddParams {
  /** Which thread. */
  threadId: string;
  /** What it says; not empty. */
  input: UserInput[];
  /** The client's id for it. */
  clientUserMessageId: string;
  /** Notes for the model provider that go with it. */
  responsesapiClientMetadata?: { [name: string]: string } | null;
}

/** It waits. */
export interface ThreadQueueAddResponse {
  /** The message. */
  queuedSubmission: QueuedSubmission;
}

/** Lists the messages that wait. */
export interface ThreadQueueListParams {
  /** Which thread. */
  threadId: string;
  /** Where to go on: `nextCursor` of the page before. */
  cursor?: string | null;
  /** Most messages to answer with. Default: the server's choice. */
  limit?: Uint32 | null;
}

/** A page of messages. */
export interface ThreadQueueListResponse {
  /** The messages, the next one first. */
  data: QueuedSubmission[];
  /** Where to go on; null at the end. */
  nextCursor: string | null;
}

/** Changes a message that waits. */
export interface ThreadQueueUpdateParams {
  /** Which thread. */
  threadId: string;
  /** Which message. */
  queuedSubmissionId: string;
  /** What it says now. */
  input: UserInput[];
  /** Other notes for the model provider; absent or empty leaves them. */
  responsesapiClientMetadata?: { [name: string]: string } | null;
}

/** It is changed. */
export interface ThreadQueueUpdateResponse {
  /** The message as it is now. */
  queuedSubmission: QueuedSubmission;
}

/** Takes a message out of the queue. */
export interface ThreadQueueDeleteParams {
  /** Which thread. */
  threadId: string;
  /** Which message. */
  queuedSubmissionId: string;
}

/** It does not wait any more. */
export interface ThreadQueueDeleteResponse {
  /** Whether it did. */
  deleted: boolean;
}

/** Puts the messages in another order. */
export interface ThreadQueueReorderParams {
  /** Which thread. */
  threadId: string;
  /** All of them, by id, in the new order. */
  queuedSubmissionIds: string[];
}

/** They are in that order. */
export type ThreadQueueReorderResponse = Empty;

/** Starts a turn with a message that waits. */
export interface ThreadQueueStartParams {
  /** Which thread. */
  threadId: string;
  /** Which message. Default: the next one. */
  queuedSubmissionId?: string | null;
}

/** The turn began. */
export interface ThreadQueueStartResponse {
  /** The turn. */
  turn: Turn;
}

/** Messages came, went or changed; list them again. */
export interface ThreadQueueChangedNotification {
  /** Which thread. */
  threadId: string;
}
