import {
  texts,
  toCodedFailure,
  toInvalid,
  toTooFast,
} from "./_failed_response.ts";
import { readActiveLimit } from "./_rate_limits.ts";
import { toStatusText } from "./_status_text.ts";
import { toUsageLimitText } from "./_usage_limit.ts";
import { ModelError } from "./model.ts";

type Fields = Readonly<Record<string, unknown>>;

/** An HTTP answer that is no stream. */
export interface Refusal {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** Address that was asked, without its query: that may hold a key. */
  readonly url: string;
  /** The present, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** Why a provider refused, in the words that clients know. */
export function toHttpFailure(refusal: Refusal): ModelError {
  const { status, body } = refusal;
  const error = readError(body);
  const code = toText(error["code"]);
  const message = toText(error["message"]);
  if (status === 429) return toTooMany(refusal, error);
  if (status === 503 && code === "server_is_overloaded") {
    return new ModelError(texts.overloaded, { info: "serverOverloaded" });
  }
  if (status === 503 && code === "slow_down") return toTooFast(message ?? "");
  if (status === 500) {
    return new ModelError(
      "We’re currently experiencing high demand, which may cause temporary errors.",
      { info: "internalServerError", isRetryable: true },
    );
  }
  if (status === 400 || status === 404) {
    const coded = code === undefined
      ? undefined
      : toCodedFailure(code, message);
    if (coded !== undefined) return coded;
  }
  if (status === 400) {
    if (code === "invalid_prompt" || code === "bio_policy") {
      return toInvalid(message);
    }
    return body.includes(invalidImage)
      ? new ModelError(
        "Invalid image in your last message. Please remove it and try again.",
        { info: "badRequest" },
      )
      : new ModelError(body, { info: "other", status });
  }
  return new ModelError(toUnexpected(refusal, message), {
    info: { httpConnectionFailed: { httpStatusCode: status } },
    isRetryable: true,
    status,
    retryAfterMs: readRetryAfter(refusal),
  });
}

const invalidImage =
  "The image data you provided does not represent a valid image";

function toTooMany(refusal: Refusal, error: Fields): ModelError {
  const { status, headers, nowMs } = refusal;
  const type = toText(error["type"]);
  if (type === "usage_limit_reached") {
    const rateLimits = readActiveLimit(headers);
    const resetsAt = error["resets_at"];
    const message = toUsageLimitText({
      plan: toText(error["plan_type"]),
      resetsAtSeconds: typeof resetsAt === "number" ? resetsAt : undefined,
      promotion: headers.get("x-codex-promo-message") ?? undefined,
      rateLimits,
      nowMs,
    });
    return new ModelError(message, { info: "usageLimitExceeded", rateLimits });
  }
  for (const name of [type, toText(error["code"])]) {
    if (name === "usage_not_included" || name === "insufficient_quota") {
      return toCodedFailure(name, undefined) as ModelError;
    }
  }
  const retryAfterMs = readRetryAfter(refusal);
  return new ModelError(
    `exceeded retry limit, last status: ${status} ${toStatusText(status)}`,
    {
      info: { responseTooManyFailedAttempts: { httpStatusCode: status } },
      // Without a word of when, asking again only makes it worse.
      isRetryable: retryAfterMs !== undefined,
      status,
      retryAfterMs,
    },
  );
}

function toUnexpected(refusal: Refusal, message: string | undefined): string {
  const { status, headers, body, url } = refusal;
  const reason = `${status} ${toStatusText(status)}`;
  const isBlocked = status === 403 && body.includes("Cloudflare") &&
    body.includes("blocked");
  let text = isBlocked
    ? "Access blocked by Cloudflare. This usually happens when connecting " +
      `from a restricted region (status ${reason})`
    : `unexpected status ${reason}: ${shorten(message ?? body)}`;
  text += `, url: ${url}`;
  const notes = [
    ["cf-ray", "cf-ray"],
    ["request id", "x-request-id"],
    ["auth error", "x-openai-authorization-error"],
  ] as const;
  for (const [label, name] of notes) {
    const value = headers.get(name);
    if (value !== null) text += `, ${label}: ${value}`;
  }
  return text;
}

/** Characters of a body that stand in a message. */
const shownLength = 1000;

function shorten(body: string): string {
  const text = body.trim();
  if (text === "") return "Unknown error";
  return text.length > shownLength ? `${text.slice(0, shownLength)}...` : text;
}

/** Milliseconds out of `Retry-After`: seconds, or a date. */
function readRetryAfter({ headers, nowMs }: Refusal): number | undefined {
  const text = headers.get("retry-after")?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

function readError(body: string): Fields {
  try {
    const error = JSON.parse(body)?.error;
    return typeof error === "object" && error !== null ? error : {};
  } catch {
    return {};
  }
}

function toText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
