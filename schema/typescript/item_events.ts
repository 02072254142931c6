/**
 * What is told of the items of a turn while they come into being. Deltas are not
 * stored; what they add up to comes with `item/completed`.
 *
 * @module
 */
import type { JsonValue, Uint, UnixMs } from "./scalar.ts";
import type { ThreadItem } from "./item.ts";
import type { FileUpdateChange } from "./item_command.ts";
import type { TokenUsageBreakdown } from "./thread_events.ts";
import type {
  AutoReviewDecisionSource,
  GuardianApprovalReview,
  GuardianApprovalReviewAction,
} from "./review.ts";

/** An item of a turn began. */
export interface ItemStartedNotification {
  /** The item as it is now. */
  item: ThreadItem;
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** When it began. */
  startedAtMs: UnixMs;
}

/** An item of a turn is complete. */
export interface ItemCompletedNotification {
  /** The item as it will be stored. */
  item: ThreadItem;
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** Tokens of its content, if they were counted. */
  contentTokenCount?: Uint | null;
  /** When it was complete. */
  completedAtMs: UnixMs;
}

/** More text of the model's message. */
export interface AgentMessageDeltaNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** Its item. */
  itemId: string;
  /** More text. */
  delta: string;
}

/** More text of the model's plan. */
export interface PlanDeltaNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** Its item. */
  itemId: string;
  /** More text. */
  delta: string;
}

/** A command of the model wrote something. */
export interface CommandExecutionOutputDeltaNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** Its item. */
  itemId: string;
  /** What it wrote, stdout and stderr as they came. */
  delta: string;
}

/** Known to older clients; not sent any more. */
export interface FileChangeOutputDeltaNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** Its item. */
  itemId: string;
  /** More output. */
  delta: string;
}

/** More text of the summary of the model's reasoning. */
export interface ReasoningSummaryTextDeltaNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** Its item. */
  itemId: string;
  /** More text. */
  delta: string;
  /** Which part of the summary, from 0. */
  summaryIndex: Uint;
}

/** The summary of the reasoning has another part. */
export interface ReasoningSummaryPartAddedNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** Its item. */
  itemId: string;
  /** Which part, from 0. */
  summaryIndex: Uint;
}

/** More text of the model's reasoning. */
export interface ReasoningTextDeltaNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** Its item. */
  itemId: string;
  /** More text. */
  delta: string;
  /** Which part of the reasoning, from 0. */
  contentIndex: Uint;
}

/** The model wrote to the terminal of its command. */
export interface TerminalInteractionNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** Its item. */
  itemId: string;
  /** The terminal. */
  processId: string;
  /** What it wrote; empty if it only looked. */
  stdin: string;
}

/** More of the patch that the model writes. */
export interface FileChangePatchUpdatedNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** Its item. */
  itemId: string;
  /** The changes so far. */
  changes: FileUpdateChange[];
}

/** How far the call of an MCP tool is. */
export interface McpToolCallProgressNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** Its item. */
  itemId: string;
  /** What the MCP server says. */
  message: string;
}

/** An automatic review began. */
export interface ItemGuardianApprovalReviewStartedNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** When the review began. */
  startedAtMs: UnixMs;
  /** Id of the review. */
  reviewId: string;
  /** Item that it is about, if it is about one. */
  targetItemId: string | null;
  /** The review as it is now. */
  review: GuardianApprovalReview;
  /** What it is about. */
  action: GuardianApprovalReviewAction;
}

/** An automatic review ended. */
export interface ItemGuardianApprovalReviewCompletedNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** When the review began. */
  startedAtMs: UnixMs;
  /** When it ended. */
  completedAtMs: UnixMs;
  /** Id of the review. */
  reviewId: string;
  /** Item that it is about, if it is about one. */
  targetItemId: string | null;
  /** Who decided. */
  decisionSource: AutoReviewDecisionSource;
  /** The review as it is now. */
  review: GuardianApprovalReview;
  /** What it is about. */
  action: GuardianApprovalReviewAction;
}

/** From now on every command of the turn is reviewed. */
export interface StrictReviewRequiredNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** From when on. */
  startedAtMs: UnixMs;
}

/** An item as the model provider sent it. */
export interface RawResponseItemCompletedNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** An item of the Responses API. */
  item: JsonValue;
}

/** What the model provider notes about its prices. */
export interface ResponseUsageMetadata {
  /** The price. */
  amount: string | null;
  /** Further notes. */
  metadata: JsonValue;
}

/** What one answer of the model provider used. */
export interface RawResponseCompletedNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** The provider's name for the answer. */
  responseId: string;
  /** Tokens. */
  usage: TokenUsageBreakdown | null;
  /** Prices. */
  usageMetadata: ResponseUsageMetadata | null;
}
