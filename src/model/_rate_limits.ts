import type {
  CreditsSnapshot,
  RateLimitReachedType,
  RateLimitSnapshot,
  RateLimitWindow,
} from "../protocol/mod.ts";

const reachedTypes: ReadonlySet<string> = new Set<RateLimitReachedType>([
  "rate_limit_reached",
  "workspace_owner_credits_depleted",
  "workspace_member_credits_depleted",
  "workspace_owner_usage_limit_reached",
  "workspace_member_usage_limit_reached",
]);

const familyHeader =
  /^x-(codex(?:-[a-z0-9-]+?)?)-(?:primary|secondary)-used-percent$/;

/**
 * What the headers of an answer say of the limits of the account: one set of
 * limits for each name that has some, the usual one first. Providers that say
 * nothing have the usual one, empty.
 */
export function readRateLimits(headers: Headers): RateLimitSnapshot[] {
  const families = new Set<string>();
  for (const [name] of headers) {
    const family = familyHeader.exec(name)?.[1];
    if (family !== undefined) families.add(family);
  }
  families.delete("codex");
  const usual = readFamily(headers, "codex");
  if (isEmpty(usual) && families.size > 0) {
    return [...families].map((family) => readFamily(headers, family));
  }
  return [usual, ...[...families].map((name) => readFamily(headers, name))];
}

/** The limits that stopped a request: those the provider names, or the usual. */
export function readActiveLimit(headers: Headers): RateLimitSnapshot {
  const active = headers.get("x-codex-active-limit") ?? "codex";
  return readFamily(headers, active.toLowerCase().replaceAll("_", "-"));
}

function isEmpty({ primary, secondary, credits }: RateLimitSnapshot): boolean {
  return primary === null && secondary === null && credits === null;
}

function readFamily(headers: Headers, family: string): RateLimitSnapshot {
  const reached = headers.get(`x-codex-rate-limit-reached-type`);
  return {
    limitId: family.replaceAll("-", "_"),
    limitName: headers.get(`x-${family}-limit-name`)?.trim() || null,
    normalModelSlug: null,
    primary: readWindow(headers, `x-${family}-primary`),
    secondary: readWindow(headers, `x-${family}-secondary`),
    credits: readCredits(headers, `x-${family}-credits`),
    individualLimit: null,
    spendControlReached: null,
    planType: null,
    rateLimitReachedType: reached !== null && reachedTypes.has(reached)
      ? reached as RateLimitReachedType
      : null,
  };
}

function readWindow(headers: Headers, name: string): RateLimitWindow | null {
  const used = readNumber(headers.get(`${name}-used-percent`));
  if (used === null) return null;
  return {
    usedPercent: Math.round(used),
    windowDurationMins: readWhole(headers.get(`${name}-window-minutes`)),
    resetsAt: readWhole(headers.get(`${name}-reset-at`)),
  };
}

function readCredits(headers: Headers, name: string): CreditsSnapshot | null {
  const hasCredits = readFlag(headers.get(`${name}-has-credits`));
  const unlimited = readFlag(headers.get(`${name}-unlimited`));
  if (hasCredits === null || unlimited === null) return null;
  const balance = headers.get(`${name}-balance`)?.trim() || null;
  return { hasCredits, unlimited, balance };
}

function readNumber(text: string | null): number | null {
  if (text === null || text.trim() === "") return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

function readWhole(text: string | null): number | null {
  const value = readNumber(text);
  return value !== null && Number.isSafeInteger(value) ? value : null;
}

function readFlag(text: string | null): boolean | null {
  switch (text?.trim().toLowerCase()) {
    case "true":
    case "1":
      return true;
    case "false":
    case "0":
      return false;
    default:
      return null;
  }
}
