import assert from "node:assert/strict";
import {
  type Answer,
  ask,
  modelAt,
  refuse,
  serveModel,
  sse,
  stillClock,
} from "./_model_server_test.ts";

/** A cause, and what clients are told of it; `URL` is the address. */
interface Cause {
  readonly name: string;
  readonly answer: Answer;
  readonly message: string;
  readonly info: unknown;
  /** Whether it is asked again, and after how long if that is known. */
  readonly again?: true | number;
  readonly status?: number;
}

const error = (fields: Record<string, unknown>) => ({ error: fields });
const boom = error({ message: "boom" });
const failed = (fields: Record<string, unknown>) =>
  sse({ type: "response.failed", response: { id: "r", error: fields } });
const cutOff = "stream disconnected before completion: ";
/** Times are told in the zone of the machine: these are in it, too. */
const toSeconds = (at: Date) => at.getTime() / 1000;
const nowMs = new Date(2026, 10, 21, 9).getTime();
const later = toSeconds(new Date(2030, 0, 21, 7, 14));
const limit = (plan: string | undefined, fields = {}) =>
  error({
    type: "usage_limit_reached",
    plan_type: plan,
    resets_at: later,
    ...fields,
  });
const when = "ry again at Jan 21st, 2030 7:14 AM.";
const exceeded = { info: "usageLimitExceeded" } as const;

function unexpected(status: number, reason: string): Cause {
  return {
    name: `HTTP ${status}`,
    answer: refuse(status, boom),
    message: `unexpected status ${status} ${reason}: boom, url: URL`,
    info: { httpConnectionFailed: { httpStatusCode: status } },
    again: true,
    status,
  };
}

const causes: readonly Cause[] = [
  ...([
    [301, "Moved Permanently"],
    [401, "Unauthorized"],
    [402, "Payment Required"],
    [403, "Forbidden"],
    [404, "Not Found"],
    [408, "Request Timeout"],
    [413, "Payload Too Large"],
    [418, "I'm a teapot"],
    [422, "Unprocessable Entity"],
    [502, "Bad Gateway"],
    [503, "Service Unavailable"],
    [529, "<unknown status code>"],
  ] as const).map(([status, reason]) => unexpected(status, reason)),
  {
    name: "HTTP 500",
    answer: refuse(500, boom),
    message:
      "We’re currently experiencing high demand, which may cause temporary errors.",
    info: "internalServerError",
    again: true,
  },
  {
    name: "HTTP 400",
    answer: refuse(400, boom),
    message: '{"error":{"message":"boom"}}',
    info: "other",
    status: 400,
  },
  {
    name: "HTTP 400 of a request that must not be made",
    answer: refuse(400, { error: { code: "invalid_prompt", message: "m" } }),
    message: "m",
    info: "other",
  },
  {
    name: "HTTP 400 of one for which there is no reason",
    answer: refuse(400, { error: { code: "bio_policy" } }),
    message: "Invalid request.",
    info: "other",
  },
  {
    name: "HTTP 400 of a picture",
    answer: refuse(
      400,
      error({
        message: "The image data you provided does not represent a valid image",
      }),
    ),
    message:
      "Invalid image in your last message. Please remove it and try again.",
    info: "badRequest",
  },
  {
    name: "HTTP 400 context_length_exceeded",
    answer: refuse(400, error({ code: "context_length_exceeded" })),
    message:
      "Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying.",
    info: "contextWindowExceeded",
  },
  {
    name: "HTTP 400 cyber_policy",
    answer: refuse(400, error({ code: "cyber_policy", message: "no" })),
    message: "no",
    info: "cyberPolicy",
  },
  {
    name: "HTTP 404 model_not_found",
    answer: refuse(404, error({ code: "model_not_found", message: "none" })),
    message: "none",
    info: "modelNotFound",
  },
  {
    name: "HTTP 404 without a body",
    answer: refuse(404, ""),
    message: "unexpected status 404 Not Found: Unknown error, url: URL",
    info: { httpConnectionFailed: { httpStatusCode: 404 } },
    again: true,
    status: 404,
  },
  {
    name: "HTTP 404 with a long body",
    answer: refuse(404, "y".repeat(2000)),
    message: `unexpected status 404 Not Found: ${
      "y".repeat(1000)
    }..., url: URL`,
    info: { httpConnectionFailed: { httpStatusCode: 404 } },
    again: true,
    status: 404,
  },
  {
    name: "HTTP 401 with notes in its headers",
    answer: refuse(401, { detail: "d" }, {
      "x-request-id": "req_1",
      "cf-ray": "ray",
      "x-openai-authorization-error": "missing",
    }),
    message:
      'unexpected status 401 Unauthorized: {"detail":"d"}, url: URL, cf-ray: ray, request id: req_1, auth error: missing',
    info: { httpConnectionFailed: { httpStatusCode: 401 } },
    again: true,
    status: 401,
  },
  {
    name: "HTTP 403 of a gatekeeper",
    answer: refuse(403, "<html>Cloudflare blocked", { "cf-ray": "r1" }),
    message:
      "Access blocked by Cloudflare. This usually happens when connecting from a restricted region (status 403 Forbidden), url: URL, cf-ray: r1",
    info: { httpConnectionFailed: { httpStatusCode: 403 } },
    again: true,
    status: 403,
  },
  {
    name: "HTTP 503 server_is_overloaded",
    answer: refuse(503, error({ code: "server_is_overloaded" })),
    message: "Selected model is at capacity. Please try a different model.",
    info: "serverOverloaded",
  },
  {
    name: "HTTP 503 slow_down",
    answer: refuse(503, error({ code: "slow_down", message: "ov" })),
    message: "rate limit exceeded: ov",
    info: "rateLimitExceeded",
    again: true,
  },
  {
    name: "HTTP 429",
    answer: refuse(429, boom),
    message: "exceeded retry limit, last status: 429 Too Many Requests",
    info: { responseTooManyFailedAttempts: { httpStatusCode: 429 } },
    status: 429,
  },
  {
    name: "HTTP 429 with Retry-After",
    answer: refuse(429, boom, { "retry-after": "1" }),
    message: "exceeded retry limit, last status: 429 Too Many Requests",
    info: { responseTooManyFailedAttempts: { httpStatusCode: 429 } },
    again: 1000,
    status: 429,
  },
  {
    name: "HTTP 429 with a date in Retry-After",
    answer: refuse(429, boom, {
      "retry-after": new Date(nowMs + 4000).toUTCString(),
    }),
    message: "exceeded retry limit, last status: 429 Too Many Requests",
    info: { responseTooManyFailedAttempts: { httpStatusCode: 429 } },
    again: 4000,
    status: 429,
  },
  {
    name: "HTTP 429 usage_not_included",
    answer: refuse(429, error({ type: "usage_not_included" })),
    message:
      "To use Codex with your ChatGPT plan, upgrade to Plus: https://chatgpt.com/explore/plus.",
    ...exceeded,
  },
  {
    name: "HTTP 429 insufficient_quota",
    answer: refuse(429, error({ code: "insufficient_quota" })),
    message: "Quota exceeded. Check your plan and billing details.",
    ...exceeded,
  },
  ...[
    [undefined, `T${when}`],
    ["enterprise", `T${when}`],
    ["nosuch", `T${when}`],
    ["constructor", `T${when}`],
    [
      "free",
      `Upgrade to Plus to continue using Codex (https://chatgpt.com/explore/plus), or t${when}`,
    ],
    [
      "plus",
      `Upgrade to Pro (https://chatgpt.com/explore/pro), visit https://chatgpt.com/settings/usage to purchase more credits or t${when}`,
    ],
    [
      "pro",
      `Visit https://chatgpt.com/settings/usage to purchase more credits or t${when}`,
    ],
    [
      "team",
      `To get more access now, send a request to your admin or t${when}`,
    ],
  ].map(([plan, text]): Cause => ({
    name: `HTTP 429 usage_limit_reached on plan ${plan}`,
    answer: refuse(429, limit(plan)),
    message: `You’ve hit your usage limit. ${text}`,
    ...exceeded,
  })),
  {
    name: "HTTP 429 usage_limit_reached without a time",
    answer: refuse(429, error({ type: "usage_limit_reached" })),
    message: "You’ve hit your usage limit. Try again later.",
    ...exceeded,
  },
  {
    name: "HTTP 429 usage_limit_reached today",
    answer: refuse(
      429,
      limit(undefined, { resets_at: toSeconds(new Date(2026, 10, 21, 12, 5)) }),
    ),
    message: "You’ve hit your usage limit. Try again at 12:05 PM.",
    ...exceeded,
  },
  {
    name: "HTTP 429 usage_limit_reached with a promotion",
    answer: refuse(429, limit("pro"), { "x-codex-promo-message": "Promo." }),
    message: `You’ve hit your usage limit. Promo., or t${when}`,
    ...exceeded,
  },
  {
    name: "HTTP 429 usage_limit_reached of a model",
    answer: refuse(429, limit("pro"), {
      "x-codex-active-limit": "codex_fox",
      "x-codex-fox-limit-name": "Fox",
    }),
    message:
      `You’ve hit your usage limit for Fox. Switch to another model now, or t${when}`,
    ...exceeded,
  },
  ...[
    [
      "workspace_owner_credits_depleted",
      "Your workspace is out of credits. Add credits to continue.",
    ],
    [
      "workspace_member_credits_depleted",
      "Your workspace is out of credits. Ask your workspace owner to refill in order to continue.",
    ],
    [
      "workspace_owner_usage_limit_reached",
      "You hit your spend cap set in your workspace. Increase your spend cap to continue.",
    ],
    [
      "workspace_member_usage_limit_reached",
      "You hit your spend cap set by the owner of your workspace. Ask an owner to increase your spend cap to continue.",
    ],
  ].map(([type, message]): Cause => ({
    name: `HTTP 429 usage_limit_reached, ${type}`,
    answer: refuse(429, limit("team"), {
      "x-codex-rate-limit-reached-type": type!,
    }),
    message: message!,
    ...exceeded,
  })),
  {
    name: "response.failed context_length_exceeded",
    answer: failed({ code: "context_length_exceeded", message: "m" }),
    message:
      "Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying.",
    info: "contextWindowExceeded",
  },
  {
    name: "response.failed insufficient_quota",
    answer: failed({ code: "insufficient_quota", message: "m" }),
    message: "Quota exceeded. Check your plan and billing details.",
    ...exceeded,
  },
  {
    name: "response.failed usage_not_included",
    answer: failed({ code: "usage_not_included", message: "m" }),
    message:
      "To use Codex with your ChatGPT plan, upgrade to Plus: https://chatgpt.com/explore/plus.",
    ...exceeded,
  },
  {
    name: "response.failed server_is_overloaded",
    answer: failed({ code: "server_is_overloaded", message: "m" }),
    message: "Selected model is at capacity. Please try a different model.",
    info: "serverOverloaded",
  },
  {
    name: "response.failed invalid_prompt",
    answer: failed({ code: "invalid_prompt", message: "m" }),
    message: "m",
    info: "other",
  },
  {
    name: "response.failed invalid_prompt without a message",
    answer: failed({ code: "invalid_prompt" }),
    message: "Invalid request.",
    info: "other",
  },
  {
    name: "response.failed cyber_policy without a message",
    answer: failed({ code: "cyber_policy" }),
    message: "This request has been flagged for possible cybersecurity risk.",
    info: "cyberPolicy",
  },
  {
    name: "response.failed model_not_found",
    answer: failed({ code: "model_not_found", message: "m" }),
    message: "m",
    info: "modelNotFound",
  },
  ...([
    ["Please try again in 11.054s.", 11_054],
    ["try again in 28ms please", 28],
    ["Try again in 1 seconds.", 1000],
    ["no hint", true],
  ] as const).map(([message, again]): Cause => ({
    name: `response.failed rate_limit_exceeded: ${message}`,
    answer: failed({ code: "rate_limit_exceeded", message }),
    message: `rate limit exceeded: ${message}`,
    info: "rateLimitExceeded",
    again,
  })),
  {
    name: "response.failed with another code",
    answer: failed({ code: "weird", message: "m" }),
    message: `${cutOff}m`,
    info: "other",
    again: true,
  },
  {
    name: "response.failed without an error",
    answer: sse({ type: "response.failed", response: {} }),
    message: `${cutOff}response.failed event received`,
    info: "other",
    again: true,
  },
  {
    name: "response.incomplete at a limit",
    answer: sse({
      type: "response.incomplete",
      response: { incomplete_details: { reason: "max_output_tokens" } },
    }),
    message: "Incomplete response returned, reason: max_output_tokens",
    info: "other",
  },
  {
    name: "response.incomplete by a filter",
    answer: sse({
      type: "response.incomplete",
      response: { incomplete_details: { reason: "content_filter" } },
    }),
    message: `${cutOff}Incomplete response returned, reason: content_filter`,
    info: "other",
    again: true,
  },
  {
    name: "response.incomplete without a reason",
    answer: sse({ type: "response.incomplete", response: {} }),
    message: "Incomplete response returned, reason: unknown",
    info: "other",
  },
  ...[
    ["the end of the stream", sse({ type: "response.created" })],
    ["an answer that is no stream", sse('{"id":"x"}')],
    ["[DONE]", sse("data: [DONE]\n\n")],
    [
      "half an event",
      sse('data: {"type":"response.completed","response":{"id":"r"}}\n'),
    ],
    [
      "response.completed without a response",
      sse({
        type: "response.completed",
      }),
    ],
  ].map(([name, answer]): Cause => ({
    name: name as string,
    answer: answer as Answer,
    message: `${cutOff}stream closed before response.completed`,
    info: "other",
    again: true,
  })),
  {
    name: "response.completed without an id",
    answer: sse({ type: "response.completed", response: {} }),
    message: `${cutOff}failed to parse ResponseCompleted: missing field \`id\``,
    info: "other",
    again: true,
  },
  {
    name: "response.completed with half its usage",
    answer: sse({
      type: "response.completed",
      response: { id: "r", usage: { input_tokens: 1 } },
    }),
    message:
      `${cutOff}failed to parse ResponseCompleted: missing field \`output_tokens\``,
    info: "other",
    again: true,
  },
  {
    name: "a stream that breaks off",
    answer: () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            controller.error(new Error("broken"));
          },
        }),
      ),
    message:
      `${cutOff}Transport error: network error: error decoding response body`,
    info: "other",
    again: true,
  },
];

for (const { name, answer, message, info, again, status } of causes) {
  Deno.test(`Model.stream tells of ${name}`, async () => {
    await using server = serveModel(answer);
    const model = modelAt(server.url, {}, { clock: stillClock(nowMs) });
    const { failure } = await ask(model);
    assert.ok(failure);
    assert.deepEqual({
      message: failure.message.replace(`${server.url}/responses`, "URL"),
      info: failure.info,
      again: failure.isRetryable ? failure.retryAfterMs ?? true : undefined,
      status: failure.status,
    }, { message, info, again, status });
    assert.equal(server.seen.length, 1);
  });
}

Deno.test("ModelError carries the limits that stopped a request", async () => {
  await using server = serveModel(refuse(429, limit("pro"), {
    "x-codex-primary-used-percent": "99.5",
    "x-codex-primary-window-minutes": "300",
    "x-codex-primary-reset-at": String(later),
    "x-codex-secondary-used-percent": "40",
    "x-codex-rate-limit-reached-type": "rate_limit_reached",
  }));
  const { failure } = await ask(modelAt(server.url));
  assert.deepEqual(failure?.rateLimits, {
    limitId: "codex",
    limitName: null,
    normalModelSlug: null,
    primary: { usedPercent: 100, windowDurationMins: 300, resetsAt: later },
    secondary: { usedPercent: 40, windowDurationMins: null, resetsAt: null },
    credits: null,
    individualLimit: null,
    spendControlReached: null,
    planType: null,
    rateLimitReachedType: "rate_limit_reached",
  });
});
