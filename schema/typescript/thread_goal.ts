/**
 * `thread/goal/*`: what a thread works towards, turn after turn.
 *
 * @module
 */
import type { Int, Int64, Uint, UnixSeconds } from "./scalar.ts";

/** Where a goal stands. */
export type ThreadGoalStatus =
  | "active"
  | "paused"
  | "blocked"
  | "usageLimited"
  | "budgetLimited"
  | "complete";

/** Whether a person changed a goal, or the client of its own accord. */
export type ThreadGoalMutationOrigin = "user" | "automatic";

/** What a thread works towards. */
export interface ThreadGoal {
  /** Which thread. */
  threadId: string;
  /** What is to be reached. */
  objective: string;
  /** Where it stands. */
  status: ThreadGoalStatus;
  /** Tokens that it may use; null for any number. */
  tokenBudget: Int | null;
  /** Tokens that it has used. */
  tokensUsed: Uint;
  /** Seconds that were spent on it. */
  timeUsedSeconds: Uint;
  /** When it was set. */
  createdAt: UnixSeconds;
  /** When it last changed. */
  updatedAt: UnixSeconds;
}

/** Sets the goal of a thread, or changes what is given of it. */
export interface ThreadGoalSetParams {
  /** Which thread. */
  threadId: string;
  /** Who wants it. Default: not a person. */
  origin?: ThreadGoalMutationOrigin | null;
  /** What is to be reached; not empty. Needed for a first goal. */
  objective?: string | null;
  /** Where it stands; `active` begins to work. */
  status?: ThreadGoalStatus | null;
  /** Tokens that it may use; absent leaves it, null takes the bound away. */
  tokenBudget?: Int64 | null;
}

/** It is set. */
export interface ThreadGoalSetResponse {
  /** The goal as it is now. */
  goal: ThreadGoal;
}

/** Reads the goal of a thread. */
export interface ThreadGoalGetParams {
  /** Which thread. */
  threadId: string;
}

/** The goal. */
export interface ThreadGoalGetResponse {
  /** The goal, if there is one. */
  goal: ThreadGoal | null;
}

/** Takes the goal of a thread away. */
export interface ThreadGoalClearParams {
  /** Which thread. */
  threadId: string;
  /** Who wants it. Default: not a person. */
  origin?: ThreadGoalMutationOrigin | null;
}

/** The thread has none. */
export interface ThreadGoalClearResponse {
  /** Whether it had one. */
  cleared: boolean;
}

/** A thread works towards something else, or came further. */
export interface ThreadGoalUpdatedNotification {
  /** Which thread. */
  threadId: string;
  /** Turn that changed it. */
  turnId: string | null;
  /** The goal as it is now. */
  goal: ThreadGoal;
}

/** A thread has no goal any more. */
export interface ThreadGoalClearedNotification {
  /** Which thread. */
  threadId: string;
}
