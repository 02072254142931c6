/**
 * `thread/attachment*`: what clients hang on threads for themselves.
 *
 * @module
 */
import type { Empty, JsonValue, Uint32, UnixSeconds } from "./scalar.ts";

/** Something that hangs on a thread; type and key name it there. */
export interface ThreadAttachment {
  /** Its id. */
  id: string;
  /** What it is, in the client's words. */
  attachmentType: string;
  /** Which one of that type. */
  identityKey: string;
  /** What it holds. */
  payload: JsonValue;
  /** When it was attached. */
  createdAt: UnixSeconds;
}

/** Attaches something to a thread. */
export interface ThreadAttachmentAddParams {
  /** Which thread. */
  threadId: string;
  /** What it is, in the client's words. */
  attachmentType: string;
  /** Which one of that type. */
  identityKey: string;
  /** What it holds. */
  payload: JsonValue;
}

/** Whether it is new, or was there before and stayed as it was. */
export type ThreadAttachmentAddOutcome = "created" | "existing";

/** It is attached. */
export interface ThreadAttachmentAddResponse {
  /** Whether it is new. */
  outcome: ThreadAttachmentAddOutcome;
  /** What is attached. */
  attachment: ThreadAttachment;
}

/** Lists what is attached to a thread. */
export interface ThreadAttachmentListParams {
  /** Which thread. */
  threadId: string;
  /** Where to go on: `nextCursor` of the page before. */
  cursor?: string | null;
  /** Most attachments to answer with. Default: the server's choice. */
  limit?: Uint32 | null;
}

/** A page of attachments. */
export interface ThreadAttachmentListResponse {
  /** The attachments. */
  data: ThreadAttachment[];
  /** Where to go on; null at the end. */
  nextCursor: string | null;
}

/** Lists what threads something is attached to. */
export interface ThreadAttachmentOwnerListParams {
  /** What it is, in the client's words. */
  attachmentType: string;
  /** Which one of that type. */
  identityKey: string;
  /** Only the archived threads, or only the others. Default: all. */
  archived?: boolean | null;
  /** Where to go on: `nextCursor` of the page before. */
  cursor?: string | null;
  /** Most threads to answer with. Default: the server's choice. */
  limit?: Uint32 | null;
}

/** A thread that something is attached to. */
export interface ThreadAttachmentOwner {
  /** Which thread. */
  threadId: string;
  /** Whether it is archived. */
  archived: boolean;
}

/** A page of threads. */
export interface ThreadAttachmentOwnerListResponse {
  /** The threads. */
  data: ThreadAttachmentOwner[];
  /** Where to go on; null at the end. */
  nextCursor: string | null;
}

/** Detaches something from a thread. */
export interface ThreadAttachmentRemoveParams {
  /** Which thread. */
  threadId: string;
  /** What it is, in the client's words. */
  attachmentType: string;
  /** Which one of that type. */
  identityKey: string;
}

/** It is detached. */
export type ThreadAttachmentRemoveResponse = Empty;

/** Whether something was attached or detached. */
export type ThreadAttachmentOperation = "created" | "deleted";

/** What is attached to a thread changed. */
export interface ThreadAttachmentUpdatedNotification {
  /** Which thread. */
  threadId: string;
  /** What it is, in the client's words. */
  attachmentType: string;
  /** Which one of that type. */
  identityKey: string;
  /** Its id. */
  attachmentId: string;
  /** What happened to it. */
  operation: ThreadAttachmentOperation;
}
