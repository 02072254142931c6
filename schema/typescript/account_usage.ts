/**
 * What an account of ChatGPT has used, and what its owner is told about it.
 *
 * @module
 */
import type { Int64, JsonValue, UnixSeconds } from "./scalar.ts";
import type { RateLimitSnapshot } from "./rate_limits.ts";

/** Asks for the rate limits. */
export interface GetAccountRateLimitsParams {
  /** Changes nothing here. */
  supportsLunaReserve?: boolean;
  /** Do not look up each credit. Default false. */
  excludeResetCreditDetails?: boolean;
}

/** What a credit resets. */
export type RateLimitResetType = "codexRateLimits" | "unknown";

/** What became of a credit. */
export type RateLimitResetCreditStatus =
  | "available"
  | "redeeming"
  | "redeemed"
  | "unknown";

/** A credit that resets a limit. */
export interface RateLimitResetCredit {
  /** Its id. */
  id: string;
  /** What it resets. */
  resetType: RateLimitResetType;
  /** What became of it. */
  status: RateLimitResetCreditStatus;
  /** When it was given. */
  grantedAt: UnixSeconds;
  /** When it ends, if it does. */
  expiresAt: UnixSeconds | null;
  /** Its name for people. */
  title: string | null;
  /** More about it. */
  description: string | null;
}

/** The credits that reset a limit. */
export interface RateLimitResetCreditsSummary {
  /** How many there are. */
  availableCount: Int64;
  /** Each of them, maybe not all; null if that was not looked up. */
  credits: RateLimitResetCredit[] | null;
}

/** The rate limits. */
export interface GetAccountRateLimitsResponse {
  /** Whether what the plan includes may be used now; null for unknown. */
  ordinaryUsageAllowed: boolean | null;
  /** The usual limit. */
  rateLimits: RateLimitSnapshot;
  /** All limits by their id. */
  rateLimitsByLimitId: { [limitId: string]: RateLimitSnapshot } | null;
  /** Credits that reset them. */
  rateLimitResetCredits: RateLimitResetCreditsSummary | null;
  /** The account that they are of. */
  accountId: string | null;
  /** What the provider wants to be shown beside them, as it says it. */
  rateLimitUpsell: JsonValue | null;
}

/** Spends a credit. */
export interface ConsumeAccountRateLimitResetCreditParams {
  /** Names this attempt; the same one is not carried out twice. */
  idempotencyKey: string;
  /** Which credit. Default: the next one. */
  creditId?: string | null;
}

/** What came of it. */
export type ConsumeAccountRateLimitResetCreditOutcome =
  | "reset"
  | "nothingToReset"
  | "noCredit"
  | "alreadyRedeemed";

/** What came of spending a credit. */
export interface ConsumeAccountRateLimitResetCreditResponse {
  /** What. */
  outcome: ConsumeAccountRateLimitResetCreditOutcome;
}

/** Asks how many tokens were used. */
export interface GetAccountTokenUsageParams {
  /** Ask for what this thread cost in place of the account. */
  threadId?: string | null;
}

/** Tokens of an account over time; null for unknown. */
export interface AccountTokenUsageSummary {
  /** Since the beginning. */
  lifetimeTokens: Int64 | null;
  /** On the busiest day. */
  peakDailyTokens: Int64 | null;
  /** Seconds of the longest turn. */
  longestRunningTurnSec: Int64 | null;
  /** Days in a row until today. */
  currentStreakDays: Int64 | null;
  /** Most days in a row. */
  longestStreakDays: Int64 | null;
}

/** Tokens of a day. */
export interface AccountTokenUsageDailyBucket {
  /** The day, `YYYY-MM-DD`. */
  startDate: string;
  /** Its tokens. */
  tokens: Int64;
}

/** What a thread cost with one model. */
export interface ThreadUsageBreakdownGroup {
  /** The model. */
  model: string | null;
  /** Its effort. */
  reasoningEffort: string | null;
  /** Its service tier. */
  speed: string | null;
  /** Millionths of a credit. */
  estimatedUsageCreditsMicros: Int64;
  /** Tokens in that were new. */
  netNewInputTokens: Int64 | null;
  /** Tokens in that were cached. */
  cachedInputTokens: Int64 | null;
  /** Tokens in. */
  inputTokens: Int64 | null;
  /** Tokens out. */
  outputTokens: Int64 | null;
  /** Both. */
  totalTokens: Int64 | null;
}

/** What a thread cost. */
export interface ThreadUsage {
  /** Which thread. */
  threadId: string;
  /** Millionths of a credit. */
  estimatedUsageCreditsMicros: Int64;
  /** Millionths of a dollar. */
  estimatedUsageUsdMicros: Int64 | null;
  /** Millionths of a dollar that were billed as such. */
  nativeUsageUsdMicros?: Int64 | null;
  /** By model. */
  groups: ThreadUsageBreakdownGroup[];
}

/** How many tokens were used. */
export interface GetAccountTokenUsageResponse {
  /** In all. */
  summary: AccountTokenUsageSummary;
  /** By day. */
  dailyUsageBuckets: AccountTokenUsageDailyBucket[] | null;
  /** What the thread cost, if one was asked for. */
  threadUsage?: ThreadUsage | null;
}

/** How loud a message is. */
export type WorkspaceMessageType = "headline" | "announcement" | "unknown";

/** A message to the members of a workspace. */
export interface WorkspaceMessage {
  /** Its id. */
  messageId: string;
  /** How loud it is. */
  messageType: WorkspaceMessageType;
  /** Its text. */
  messageBody: string;
  /** When it was written. */
  createdAt: UnixSeconds | null;
  /** When it was put away. */
  archivedAt: UnixSeconds | null;
}

/** The messages of the workspace. */
export interface GetWorkspaceMessagesResponse {
  /** Whether this workspace can have any. */
  featureEnabled: boolean;
  /** The messages. */
  messages: WorkspaceMessage[];
}

/** What the owner of a workspace is asked for. */
export type AddCreditsNudgeCreditType = "credits" | "usage_limit";

/** Asks the owner of the workspace for more, by mail. */
export interface SendAddCreditsNudgeEmailParams {
  /** For what. */
  creditType: AddCreditsNudgeCreditType;
}

/** Whether the mail is on its way, or one was sent not long ago. */
export type AddCreditsNudgeEmailStatus = "sent" | "cooldown_active";

/** What became of the mail. */
export interface SendAddCreditsNudgeEmailResponse {
  /** What. */
  status: AddCreditsNudgeEmailStatus;
}

/** What to do about the account's security. */
export interface AccountSecuritySetupAction {
  /** What the button says. */
  label: string;
  /** Where it leads. */
  url: string;
}

/** A reminder to secure the account. */
export interface AccountSecuritySetupNotice {
  /** The account. */
  accountId: string;
  /** The person. */
  userId: string;
  /** Its title. */
  title: string;
  /** Its text. */
  description: string;
  /** What to do. */
  action: AccountSecuritySetupAction;
}

/** Whether the owner should be reminded. */
export interface GetAccountSecuritySetupResponse {
  /** The reminder, if there is one. */
  notice: AccountSecuritySetupNotice | null;
}
