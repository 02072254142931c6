import type {
  CreditsSnapshot,
  GetAccountRateLimitsResponse,
  RateLimitReachedType,
  RateLimitResetCredit,
  RateLimitResetCreditsSummary,
  RateLimitSnapshot,
  RateLimitWindow,
} from "../protocol/mod.ts";
import { isObject, toObject, toText } from "./_claims.ts";
import type { ChatgptAccess } from "./sign_in.ts";

type Fields = Record<string, unknown>;

/** The limit that a plan is about. */
const mainLimit = "codex";

const reached: readonly unknown[] = [
  "rate_limit_reached",
  "workspace_owner_credits_depleted",
  "workspace_member_credits_depleted",
  "workspace_owner_usage_limit_reached",
  "workspace_member_usage_limit_reached",
] satisfies RateLimitReachedType[];

/** Limits as ChatGPT tells them, in the words of the protocol. */
export function toLimits(
  usage: Fields,
  { details, access }: {
    /** Credits one by one, if they were asked for. */
    readonly details: Fields | undefined;
    /** Who asks. */
    readonly access: ChatgptAccess;
  },
): GetAccountRateLimitsResponse {
  const planType = toText(usage["plan_type"]);
  const limit = toObject(usage["rate_limit"]);
  const main: RateLimitSnapshot = {
    ...toSnapshot(mainLimit, null, limit, planType),
    credits: toMoney(usage["credits"]),
    ...toSpending(usage["spend_control"]),
    rateLimitReachedType: toReached(usage["rate_limit_reached_type"]),
  };
  const byId: Record<string, RateLimitSnapshot> = { [mainLimit]: main };
  const others = usage["additional_rate_limits"];
  for (const other of Array.isArray(others) ? others.map(toObject) : []) {
    const id = toText(other["metered_feature"]) ?? toText(other["limit_name"]);
    if (id === null) continue;
    byId[id] = toSnapshot(
      id,
      toText(other["limit_name"]),
      toObject(other["rate_limit"]),
      planType,
    );
  }
  const { allowed } = limit;
  // Whether somebody may go on is told of nobody else.
  const isOwn = usage["account_id"] === access.accountId &&
    usage["user_id"] === access.claims.userId && access.accountId !== null;
  return {
    ordinaryUsageAllowed: isOwn && typeof allowed === "boolean"
      ? allowed
      : null,
    rateLimits: main,
    rateLimitsByLimitId: byId,
    rateLimitResetCredits: toSummary(
      usage["rate_limit_reset_credits"],
      details,
    ),
    accountId: toText(usage["account_id"]),
    rateLimitUpsell: usage["rate_limit_upsell"] ?? null,
  };
}

/** The credits that ChatGPT tells of one by one. */
function toCredits(details: Fields): RateLimitResetCredit[] | undefined {
  const { credits } = details;
  if (!Array.isArray(credits)) return undefined;
  return credits.map(toObject).map((credit) => {
    const status = credit["status"];
    return {
      id: toText(credit["id"]) ?? "",
      resetType: credit["reset_type"] === "codex_rate_limits"
        ? "codexRateLimits"
        : "unknown",
      status: status === "available" || status === "redeeming" ||
          status === "redeemed"
        ? status
        : "unknown",
      grantedAt: toSeconds(credit["granted_at"]) ?? 0,
      expiresAt: toSeconds(credit["expires_at"]),
      title: toText(credit["title"]),
      description: toText(credit["description"]),
    };
  });
}

/** Details are younger than what is told with the limits. */
function toSummary(
  told: unknown,
  details: Fields | undefined,
): RateLimitResetCreditsSummary | null {
  const count = details?.["available_count"] ??
    toObject(told)["available_count"];
  return typeof count === "number"
    ? {
      availableCount: count,
      credits: details === undefined ? null : toCredits(details) ?? null,
    }
    : null;
}

/** What one person may spend. */
function toSpending(
  control: unknown,
): Pick<RateLimitSnapshot, "individualLimit" | "spendControlReached"> {
  const { reached: isReached, individual_limit: own } = toObject(control);
  const { limit, used, remaining_percent, reset_at } = toObject(own);
  return {
    spendControlReached: typeof isReached === "boolean" ? isReached : null,
    individualLimit: typeof limit === "string" && typeof used === "string"
      ? {
        limit,
        used,
        remainingPercent: toNumber(remaining_percent),
        resetsAt: toNumber(reset_at),
      }
      : null,
  };
}

function toNumber(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function toSnapshot(
  limitId: string,
  limitName: string | null,
  limit: Fields,
  planType: string | null,
): RateLimitSnapshot {
  return {
    limitId,
    limitName,
    normalModelSlug: null,
    primary: toWindow(limit["primary_window"]),
    secondary: toWindow(limit["secondary_window"]),
    credits: null,
    individualLimit: null,
    spendControlReached: null,
    planType,
    rateLimitReachedType: null,
  };
}

function toWindow(window: unknown): RateLimitWindow | null {
  if (!isObject(window)) return null;
  const { used_percent, limit_window_seconds, reset_at } = window;
  return {
    usedPercent: typeof used_percent === "number" ? used_percent : 0,
    windowDurationMins: typeof limit_window_seconds === "number"
      ? Math.ceil(limit_window_seconds / 60)
      : null,
    resetsAt: typeof reset_at === "number" ? reset_at : null,
  };
}

function toMoney(credits: unknown): CreditsSnapshot | null {
  if (!isObject(credits)) return null;
  return {
    hasCredits: credits["has_credits"] === true,
    unlimited: credits["unlimited"] === true,
    balance: toText(credits["balance"]),
  };
}

function toReached(told: unknown): RateLimitReachedType | null {
  const type = isObject(told) ? told["type"] : told;
  return reached.includes(type) ? type as RateLimitReachedType : null;
}

function toSeconds(time: unknown): number | null {
  if (typeof time === "number") return time;
  const ms = typeof time === "string" ? Date.parse(time) : NaN;
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000);
}
