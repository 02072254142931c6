/**
 * How much of an account's allowance is used up.
 *
 * @module
 */
import type { Int64, UnixSeconds } from "./scalar.ts";

/** Use within a span of time that starts again and again. */
export interface RateLimitWindow {
  /** Percent that is used. */
  usedPercent: number;
  /** Minutes that the window lasts, if known. */
  windowDurationMins: Int64 | null;
  /** When it starts again, if known. */
  resetsAt: UnixSeconds | null;
}

/** Money that was paid ahead. */
export interface CreditsSnapshot {
  /** Whether there is any. */
  hasCredits: boolean;
  /** Whether it never ends. */
  unlimited: boolean;
  /** How much, as text for people. */
  balance: string | null;
}

/** What one member of a workspace may spend. */
export interface SpendControlLimitSnapshot {
  /** As much in all. */
  limit: string;
  /** As much is spent. */
  used: string;
  /** Percent that is left. */
  remainingPercent: number;
  /** When it starts again. */
  resetsAt: UnixSeconds;
}

/** Why nothing is left. */
export type RateLimitReachedType =
  | "rate_limit_reached"
  | "workspace_owner_credits_depleted"
  | "workspace_member_credits_depleted"
  | "workspace_owner_usage_limit_reached"
  | "workspace_member_usage_limit_reached";

/** What is known of an account's limits; null stands for unknown. */
export interface RateLimitSnapshot {
  /** Which limit this is. */
  limitId: string | null;
  /** Its name for people. */
  limitName: string | null;
  /** Model whose name and efforts stand for it. */
  normalModelSlug: string | null;
  /** The shorter window. */
  primary: RateLimitWindow | null;
  /** The longer window. */
  secondary: RateLimitWindow | null;
  /** Money that was paid ahead. */
  credits: CreditsSnapshot | null;
  /** What this member may spend. */
  individualLimit: SpendControlLimitSnapshot | null;
  /** Whether spending has come to its end. */
  spendControlReached: boolean | null;
  /** Name of the plan. */
  planType: string | null;
  /** Why nothing is left, if that is so. */
  rateLimitReachedType: RateLimitReachedType | null;
}

/** News of the limits: what is null here may be known from before. */
export interface AccountRateLimitsUpdatedNotification {
  /** What is known now. */
  rateLimits: RateLimitSnapshot;
}
