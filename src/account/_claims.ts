import type { PlanType } from "../protocol/mod.ts";

/** What a token of ChatGPT says about its owner. */
export interface Claims {
  readonly email: string | null;
  readonly planType: string | null;
  readonly userId: string | null;
  readonly accountId: string | null;
  /** Unix milliseconds of its end. */
  readonly expiresAtMs: number | null;
}

/** Where the claims about the account stand. */
const authClaim = "https://api.openai.com/auth";
/** Where the claims about the person stand, if not at the top. */
const profileClaim = "https://api.openai.com/profile";

const plans: readonly string[] = [
  "free",
  "go",
  "plus",
  "pro",
  "prolite",
  "promax",
  "team",
  "self_serve_business_prolite",
  "self_serve_business_usage_based",
  "business",
  "ent26",
  "enterprise_cbp_automation",
  "enterprise_cbp_usage_based",
  "enterprise",
  "edu",
  "edu_plus",
  "edu_pro",
  "sci",
  "sci_plus",
] satisfies PlanType[];

/** The plan, in the words of the protocol. */
export function toPlanType(name: string | null): PlanType {
  return name !== null && plans.includes(name) ? name as PlanType : "unknown";
}

/**
 * Reads what a JWT claims (RFC 7519, section 3). Nobody checks its signature
 * here: it counts for what is shown, and the provider checks what it is given.
 *
 * @throws {SyntaxError} if it is none; nothing of it is repeated.
 */
export function readClaims(token: string): Claims {
  const parts = token.split(".");
  if (parts.length !== 3 || parts.includes("")) throw notAToken();
  let claims: unknown;
  try {
    const bytes = Uint8Array.fromBase64(parts[1]!, { alphabet: "base64url" });
    claims = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    );
  } catch {
    throw notAToken();
  }
  if (!isObject(claims)) throw notAToken();
  const auth = toObject(claims[authClaim]);
  const profile = toObject(claims[profileClaim]);
  const { exp } = claims;
  return {
    email: toText(claims["email"]) ?? toText(profile["email"]),
    planType: toText(auth["chatgpt_plan_type"]),
    userId: toText(auth["chatgpt_user_id"]) ?? toText(auth["user_id"]),
    accountId: toText(auth["chatgpt_account_id"]),
    expiresAtMs: typeof exp === "number" ? exp * 1000 : null,
  };
}

function notAToken(): SyntaxError {
  return new SyntaxError("invalid ID token format");
}

/** Whether a value has fields. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value, if it has fields; else something that has none. */
export function toObject(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

/** The value, if it is a text that says something. */
export function toText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
