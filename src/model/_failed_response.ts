import { ModelError } from "./model.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Texts that clients show whatever the provider wrote. */
export const texts = {
  contextWindow:
    "Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying.",
  quota: "Quota exceeded. Check your plan and billing details.",
  notIncluded:
    "To use Codex with your ChatGPT plan, upgrade to Plus: https://chatgpt.com/explore/plus.",
  overloaded: "Selected model is at capacity. Please try a different model.",
  cyber: "This request has been flagged for possible cybersecurity risk.",
} as const;

/** What a code of a failure means, wherever it stands. */
export function toCodedFailure(
  code: string,
  message: string | undefined,
): ModelError | undefined {
  switch (code) {
    case "context_length_exceeded":
      return new ModelError(texts.contextWindow, {
        info: "contextWindowExceeded",
      });
    case "insufficient_quota":
      return new ModelError(texts.quota, { info: "usageLimitExceeded" });
    case "usage_not_included":
      return new ModelError(texts.notIncluded, { info: "usageLimitExceeded" });
    case "cyber_policy":
      return new ModelError(message ?? texts.cyber, { info: "cyberPolicy" });
    case "model_not_found":
      return new ModelError(message ?? "Model not found.", {
        info: "modelNotFound",
      });
    default:
      return undefined;
  }
}

/** A refusal that may be over by the time that its text names, if it does. */
export function toTooFast(message: string): ModelError {
  return new ModelError(`rate limit exceeded: ${message}`, {
    info: "rateLimitExceeded",
    isRetryable: true,
    retryAfterMs: readDelay(message),
  });
}

/** A request that must not be made; the provider says why. */
export function toInvalid(message: string | undefined): ModelError {
  return new ModelError(message ?? "Invalid request.", { info: "other" });
}

/** The failure that a `response.failed` tells of. */
export function toFailedResponse(response: Fields): ModelError {
  const error = response["error"];
  if (typeof error !== "object" || error === null) {
    return cutOff("response.failed event received");
  }
  const { code, message } = error as Fields;
  const text = typeof message === "string" ? message : undefined;
  switch (code) {
    case "server_is_overloaded":
      return new ModelError(texts.overloaded, { info: "serverOverloaded" });
    case "invalid_prompt":
    case "bio_policy":
      return toInvalid(text);
    case "rate_limit_exceeded":
    case "slow_down":
      return toTooFast(text ?? "");
  }
  const coded = typeof code === "string"
    ? toCodedFailure(code, text)
    : undefined;
  return coded ?? cutOff(text ?? "");
}

/** The failure that a `response.incomplete` tells of. */
export function toIncompleteResponse(response: Fields): ModelError {
  const details = response["incomplete_details"] as Fields | null | undefined;
  const reason = details?.["reason"];
  const text = "Incomplete response returned, reason: " +
    (typeof reason === "string" ? reason : "unknown");
  // What a filter cut off may pass the next time; a limit stays where it is.
  if (reason === "content_filter") return cutOff(text);
  return new ModelError(text, { info: "other" });
}

/** A stream that did not reach its end, and may the next time. */
export function cutOff(reason: string, cause?: unknown): ModelError {
  return new ModelError(`stream disconnected before completion: ${reason}`, {
    info: "other",
    isRetryable: true,
    cause,
  });
}

/** Milliseconds out of `try again in 11.054s`, `28ms` or `1 seconds`. */
function readDelay(text: string): number | undefined {
  const found = /try again in\s*(\d+(?:\.\d+)?)\s*(ms|s|seconds?)\b/i
    .exec(text);
  if (found === null) return undefined;
  const value = Number(found[1]);
  return Math.round(found[2]?.toLowerCase() === "ms" ? value : value * 1000);
}
