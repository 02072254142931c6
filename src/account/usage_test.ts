import assert from "node:assert/strict";
import { refusal } from "./_answers_test.ts";
import { openDesk, toManaged } from "./_desk_test.ts";
import {
  consumeCredit,
  readMessages,
  readRateLimits,
  readUsage,
  sendNudge,
} from "./usage.ts";

Deno.test("account/usage/read: sums, and what was used on each day", async () => {
  await using desk = await openDesk({
    auth: toManaged(),
    endpoints: {
      "/backend-api/wham/profiles/me": () =>
        Response.json({
          stats: {
            lifetime_tokens: 5,
            daily_usage_buckets: [{ start_date: "2026-01-01", tokens: 3 }],
          },
        }),
    },
  });
  assert.deepEqual(await readUsage(desk.accounts, {}), {
    summary: {
      lifetimeTokens: 5,
      peakDailyTokens: null,
      longestRunningTurnSec: null,
      currentStreakDays: null,
      longestStreakDays: null,
    },
    dailyUsageBuckets: [{ startDate: "2026-01-01", tokens: 3 }],
    threadUsage: null,
  });
});

Deno.test("account/*: each names the account that it needs", async () => {
  await using none = await openDesk();
  await using key = await openDesk({ auth: { OPENAI_API_KEY: "sk" } });
  const cases = [
    [(a: typeof none.accounts) => readRateLimits(a, {}), "to read rate limits"],
    [(a: typeof none.accounts) => readUsage(a, {}), "to read token usage"],
    [readMessages, "to read workspace messages"],
    [
      (a: typeof none.accounts) => consumeCredit(a, { idempotencyKey: "k" }),
      "for rate limit reset credits",
    ],
    [
      (a: typeof none.accounts) => sendNudge(a, { creditType: "credits" }),
      "to notify workspace owner",
    ],
  ] as const;
  for (const [call, purpose] of cases) {
    await assert.rejects(
      call(none.accounts),
      refusal(`codex account authentication required ${purpose}`),
    );
    await assert.rejects(
      call(key.accounts),
      refusal(`chatgpt authentication required ${purpose}`),
    );
  }
});

Deno.test("account/*: what ChatGPT says when it refuses is not repeated", async () => {
  await using desk = await openDesk({
    auth: toManaged(),
    endpoints: {
      "/backend-api/wham/usage": ({ headers }) =>
        new Response(headers.get("authorization"), { status: 418 }),
      "/backend-api/wham/profiles/me": () => new Response("no JSON"),
    },
  });
  await assert.rejects(
    readRateLimits(desk.accounts, {}),
    refusal(
      "failed to fetch codex rate limits: GET https://chat.example/backend-api/wham/usage failed: 418 I'm a teapot",
      -32603,
    ),
  );
  await assert.rejects(
    readUsage(desk.accounts, {}),
    refusal(
      "failed to fetch token usage profile: GET https://chat.example/backend-api/wham/profiles/me failed: the answer is not what it should be",
      -32603,
    ),
  );
  await assert.rejects(
    readUsage(desk.accounts, { threadId: "x" }),
    (error: Error) => error.message.startsWith("invalid thread id: "),
  );
});

Deno.test("account/workspaceMessages/read: a workspace that can have none has none", async () => {
  await using desk = await openDesk({ auth: toManaged() });
  assert.deepEqual(await readMessages(desk.accounts), {
    featureEnabled: false,
    messages: [],
  });
});

Deno.test("account/rateLimitResetCredit/consume: says what came of it", async () => {
  for (
    const [code, outcome] of [
      ["reset", "reset"],
      ["already_redeemed", "alreadyRedeemed"],
    ] as const
  ) {
    await using desk = await openDesk({
      auth: toManaged(),
      endpoints: {
        "/backend-api/wham/rate-limit-reset-credits/consume": () =>
          Response.json({ code }),
      },
    });
    const params = { idempotencyKey: "k", creditId: "c1" };
    assert.deepEqual(await consumeCredit(desk.accounts, params), { outcome });
    assert.deepEqual(desk.asked.map(({ body }) => JSON.parse(body)), [
      { redeem_request_id: "k", credit_id: "c1" },
    ]);
    await assert.rejects(
      consumeCredit(desk.accounts, { idempotencyKey: "" }),
      refusal("idempotencyKey must not be empty"),
    );
  }
});

Deno.test("account/sendAddCreditsNudgeEmail: one mail at a time", async () => {
  let status = 200;
  await using desk = await openDesk({
    auth: toManaged(),
    endpoints: {
      "/backend-api/wham/accounts/send_add_credits_nudge_email": () =>
        Response.json({}, { status }),
    },
  });
  const send = () => sendNudge(desk.accounts, { creditType: "usage_limit" });
  assert.deepEqual(await send(), { status: "sent" });
  status = 429;
  assert.deepEqual(await send(), { status: "cooldown_active" });
});
