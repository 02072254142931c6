/**
 * What is told of turns, of the model behind them, and of what deserves
 * attention. What is told of a thread itself stands with it.
 *
 * @module
 */
import type { JsonValue, Uint } from "./scalar.ts";
import type { MessageId } from "./thread_work.ts";
import type { Turn, TurnError } from "./turn.ts";

/** A turn began. */
export interface TurnStartedNotification {
  /** Its thread. */
  threadId: string;
  /** The turn; its items come one by one. */
  turn: Turn;
}

/** A turn ended, well or not. */
export interface TurnCompletedNotification {
  /** Its thread. */
  threadId: string;
  /** The turn; its items have come before. */
  turn: Turn;
}

/** What a turn changed in files so far. */
export interface TurnDiffUpdatedNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** All changes as one unified diff. */
  diff: string;
}

/** How far a step of a plan is. */
export type TurnPlanStepStatus = "pending" | "inProgress" | "completed";

/** A step of a plan. */
export interface TurnPlanStep {
  /** What to do. */
  step: string;
  /** How far it is. */
  status: TurnPlanStepStatus;
}

/** What a turn means to do. */
export interface TurnPlanUpdatedNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** Why it changed. */
  explanation: string | null;
  /** All steps. */
  plan: TurnPlanStep[];
}

/** Something went wrong in a turn. */
export interface ErrorNotification {
  /** What. */
  error: TurnError;
  /** Whether it is tried again; if not, the turn ends. */
  willRetry: boolean;
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
}

/** Tokens of one request, or of several. */
export interface TokenUsageBreakdown {
  /** All of them. */
  totalTokens: Uint;
  /** Those that went in. */
  inputTokens: Uint;
  /** Those of them that the provider still had. */
  cachedInputTokens: Uint;
  /** Those of them that the provider put aside. */
  cacheWriteInputTokens: Uint;
  /** Those that came out. */
  outputTokens: Uint;
  /** Those of them that are reasoning. */
  reasoningOutputTokens: Uint;
}

/** Tokens of a thread. */
export interface ThreadTokenUsage {
  /** Of all requests. */
  total: TokenUsageBreakdown;
  /** Of the last one: what the context holds. */
  last: TokenUsageBreakdown;
  /** How many the context can hold. */
  modelContextWindow: Uint | null;
}

/** How many tokens a thread has used. */
export interface ThreadTokenUsageUpdatedNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** How many. */
  tokenUsage: ThreadTokenUsage;
}

/** The context of a thread was shortened; the item of that kind tells more. */
export interface ContextCompactedNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
}

/** A question to the client is settled: answered, by whomever, or void. */
export interface ServerRequestResolvedNotification {
  /** Its thread. */
  threadId: string;
  /** Id of the question. */
  requestId: MessageId;
}

/** A guess. */
export interface CompletedPrediction {
  /** Tag of this kind. */
  type: "completed";
  /** The guess; null if there is none. */
  text: string | null;
}

/** No guess could be made. */
export interface FailedPrediction {
  /** Tag of this kind. */
  type: "failed";
}

/** What came of guessing. */
export type ThreadPredictionResult = CompletedPrediction | FailedPrediction;

/** What the user may say next. */
export interface ThreadPredictionUpdatedNotification {
  /** Its thread. */
  threadId: string;
  /** Turn after which. */
  sourceTurnId: string;
  /** What came of guessing. */
  result: ThreadPredictionResult;
}

/** The place where a thread works is reached, or out of reach. */
export interface EnvironmentConnectionNotification {
  /** Its thread. */
  threadId: string;
  /** The place. */
  environmentId: string;
}

/** Why another model answers. */
export type ModelRerouteReason = "highRiskCyberActivity";

/** Another model than the chosen one answers. */
export interface ModelReroutedNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** The chosen one. */
  fromModel: string;
  /** The other. */
  toModel: string;
  /** Why. */
  reason: ModelRerouteReason;
}

/** What a user can be verified for. */
export type ModelVerification = "trustedAccessForCyber";

/** The model asks for a verification of the user. */
export interface ModelVerificationNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** For what. */
  verifications: ModelVerification[];
}

/** The server tries to sign in again at the model provider, or has. */
export interface AuthRecoveryNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** The provider. */
  provider: string;
  /** What happens, for people. */
  message: string;
}

/** What moderation says about a turn. */
export interface TurnModerationMetadataNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** It, as the provider sent it. */
  metadata: JsonValue;
}

/** Output is held back for a safety check, or no longer. */
export interface ModelSafetyBufferingUpdatedNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn. */
  turnId: string;
  /** The model. */
  model: string;
  /** What the check is about. */
  useCases: string[];
  /** Why it is made. */
  reasons: string[];
  /** Whether to show that one waits. */
  showBufferingUi: boolean;
  /** Model without such a check. */
  fasterModel: string | null;
}

/** Something that deserves attention. */
export interface WarningNotification {
  /** Thread that it is about, if it is about one. */
  threadId: string | null;
  /** What, for people. */
  message: string;
}

/** The automatic review warns. */
export interface GuardianWarningNotification {
  /** Its thread. */
  threadId: string;
  /** Of what, for people. */
  message: string;
}

/** Something that is used will go away. */
export interface DeprecationNoticeNotification {
  /** What, for people. */
  summary: string;
  /** What to use in its place. */
  details: string | null;
}
