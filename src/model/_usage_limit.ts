import type { RateLimitSnapshot } from "../protocol/mod.ts";

/** What a provider says of a limit that was reached. */
export interface UsageLimit {
  /** Plan of the account, if it says so. */
  readonly plan: string | undefined;
  /** When to come back, in seconds since 1970, if it says so. */
  readonly resetsAtSeconds: number | undefined;
  /** A sentence of advice from the provider. */
  readonly promotion: string | undefined;
  /** The limits as its headers tell them. */
  readonly rateLimits: RateLimitSnapshot;
  /** The present, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** Workspaces that ran dry say what to do, and not when to come back. */
const reachedTexts: Readonly<Record<string, string>> = {
  workspace_owner_credits_depleted:
    "Your workspace is out of credits. Add credits to continue.",
  workspace_member_credits_depleted:
    "Your workspace is out of credits. Ask your workspace owner to refill in order to continue.",
  workspace_owner_usage_limit_reached:
    "You hit your spend cap set in your workspace. Increase your spend cap to continue.",
  workspace_member_usage_limit_reached:
    "You hit your spend cap set by the owner of your workspace. Ask an owner to increase your spend cap to continue.",
};

const buyCredits =
  "isit https://chatgpt.com/settings/usage to purchase more credits";
const upgradeToPlus =
  "Upgrade to Plus to continue using Codex (https://chatgpt.com/explore/plus),";
const askAdmin = "To get more access now, send a request to your admin";

/** What each plan is advised to do. */
const advice: Readonly<Record<string, string>> = {
  free: upgradeToPlus,
  go: upgradeToPlus,
  plus: `Upgrade to Pro (https://chatgpt.com/explore/pro), v${buyCredits}`,
  pro: `V${buyCredits}`,
  prolite: `V${buyCredits}`,
  promax: `V${buyCredits}`,
  team: askAdmin,
  business: askAdmin,
  self_serve_business_usage_based: askAdmin,
  enterprise_cbp_usage_based: askAdmin,
};

/** The message of a limit, word for word as clients know it. */
export function toUsageLimitText(limit: UsageLimit): string {
  const { rateLimits, promotion, plan } = limit;
  const reached = reachedTexts[rateLimits.rateLimitReachedType ?? ""];
  if (reached !== undefined) return reached;
  const name = rateLimits.limitName;
  const hit = "You’ve hit your usage limit";
  const when = toWhen(limit);
  if (name !== null && name.toLowerCase() !== "codex") {
    return `${hit} for ${name}. Switch to another model now, or ${when}`;
  }
  if (promotion !== undefined) return `${hit}. ${promotion}, or ${when}`;
  const advised = plan !== undefined && Object.hasOwn(advice, plan)
    ? advice[plan]
    : undefined;
  return advised === undefined
    ? `${hit}. T${when.slice(1)}`
    : `${hit}. ${advised} or ${when}`;
}

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

function toWhen({ resetsAtSeconds, nowMs }: UsageLimit): string {
  if (resetsAtSeconds === undefined) return "try again later.";
  const at = new Date(resetsAtSeconds * 1000);
  const now = new Date(nowMs);
  const hours = at.getHours();
  const minutes = String(at.getMinutes()).padStart(2, "0");
  const time = `${hours % 12 || 12}:${minutes} ${hours < 12 ? "AM" : "PM"}`;
  if (at.toDateString() === now.toDateString()) return `try again at ${time}.`;
  const day = at.getDate();
  return `try again at ${months[at.getMonth()]} ${day}${toOrdinal(day)}, ` +
    `${at.getFullYear()} ${time}.`;
}

function toOrdinal(day: number): string {
  if (day >= 11 && day <= 13) return "th";
  return ["th", "st", "nd", "rd"][day % 10] ?? "th";
}
