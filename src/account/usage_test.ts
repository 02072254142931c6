import assert from "node:assert/strict";
import { refusal } from "./_answers_test.ts";
import { type DeskOptions, openDesk, toManaged } from "./_desk_test.ts";
import { listSessions, switchSession } from "./sessions.ts";
import {
  consumeCredit,
  readMessages,
  readRateLimits,
  readUsage,
  sendNudge,
} from "./usage.ts";

const usage = {
  plan_type: "pro",
  account_id: "acc-1",
  user_id: "user-1",
  rate_limit: {
    allowed: true,
    primary_window: {
      used_percent: 42,
      limit_window_seconds: 18_000,
      reset_at: 1_800_000_000,
    },
    secondary_window: null,
  },
  credits: { has_credits: true, unlimited: false, balance: "12.5" },
  additional_rate_limits: [{
    limit_name: "Other",
    metered_feature: "codex_other",
    rate_limit: { primary_window: { used_percent: 1 } },
  }],
  rate_limit_reset_credits: { available_count: 1 },
};

const endpoints: DeskOptions["endpoints"] = {
  "/backend-api/wham/usage": () => Response.json(usage),
};

Deno.test("account/rateLimits/read: limits by their id, and credits one by one", async () => {
  await using desk = await openDesk({
    auth: toManaged(),
    endpoints: {
      ...endpoints,
      "/backend-api/wham/rate-limit-reset-credits": () =>
        Response.json({
          credits: [{
            id: "c1",
            reset_type: "codex_rate_limits",
            status: "available",
            granted_at: "2026-01-01T00:00:00Z",
            expires_at: null,
            title: "One",
          }],
        }),
    },
  });
  const rest = {
    normalModelSlug: null,
    secondary: null,
    individualLimit: null,
    spendControlReached: null,
    planType: "pro",
    rateLimitReachedType: null,
  };
  const main = {
    ...rest,
    limitId: "codex",
    limitName: null,
    primary: {
      usedPercent: 42,
      windowDurationMins: 300,
      resetsAt: 1_800_000_000,
    },
    credits: { hasCredits: true, unlimited: false, balance: "12.5" },
  };
  const expected = {
    ordinaryUsageAllowed: true,
    rateLimits: main,
    rateLimitsByLimitId: {
      codex: main,
      codex_other: {
        ...rest,
        limitId: "codex_other",
        limitName: "Other",
        primary: { usedPercent: 1, windowDurationMins: null, resetsAt: null },
        credits: null,
      },
    },
    rateLimitResetCredits: {
      availableCount: 1,
      credits: [{
        id: "c1",
        resetType: "codexRateLimits",
        status: "available",
        grantedAt: 1_767_225_600,
        expiresAt: null,
        title: "One",
        description: null,
      }],
    },
    accountId: "acc-1",
    rateLimitUpsell: null,
  };
  assert.deepEqual(await readRateLimits(desk.accounts, {}), expected);
  assert.deepEqual(
    await readRateLimits(desk.accounts, { excludeResetCreditDetails: true }),
    {
      ...expected,
      rateLimitResetCredits: { availableCount: 1, credits: null },
    },
  );
});

Deno.test("account/rateLimits/read: whether somebody may go on is told of nobody else", async () => {
  for (const other of [{ account_id: "acc-2" }, { user_id: "user-2" }]) {
    await using desk = await openDesk({
      auth: toManaged(),
      endpoints: {
        "/backend-api/wham/usage": () => Response.json({ ...usage, ...other }),
      },
    });
    const limits = await readRateLimits(desk.accounts, {});
    assert.equal(limits.ordinaryUsageAllowed, null);
  }
});

Deno.test("account/rateLimits/read: what one person may spend", async () => {
  const own = { limit: "10", used: "1", remaining_percent: 90, reset_at: 9 };
  const cases: [unknown, unknown, unknown][] = [
    [
      { reached: true, individual_limit: own },
      true,
      { limit: "10", used: "1", remainingPercent: 90, resetsAt: 9 },
    ],
    [{ reached: false, individual_limit: null }, false, null],
    [null, null, null],
  ];
  for (const [control, spendControlReached, individualLimit] of cases) {
    await using desk = await openDesk({
      auth: toManaged(),
      endpoints: {
        "/backend-api/wham/usage": () =>
          Response.json({ spend_control: control }),
      },
    });
    const { rateLimits } = await readRateLimits(desk.accounts, {});
    assert.deepEqual(
      [rateLimits.spendControlReached, rateLimits.individualLimit],
      [spendControlReached, individualLimit],
    );
  }
});

Deno.test("account/rateLimits/read: details are younger than the sum", async () => {
  await using desk = await openDesk({
    auth: toManaged(),
    endpoints: {
      "/backend-api/wham/usage": () =>
        Response.json({ rate_limit_reset_credits: { available_count: 2 } }),
      "/backend-api/wham/rate-limit-reset-credits": () =>
        Response.json({ available_count: 1, credits: [] }),
    },
  });
  const { rateLimitResetCredits } = await readRateLimits(desk.accounts, {});
  assert.deepEqual(rateLimitResetCredits, { availableCount: 1, credits: [] });
});

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

Deno.test("accountSession/*: the one sign-in that is kept, and nothing to switch to", async () => {
  await using none = await openDesk();
  assert.deepEqual(await listSessions(none.accounts, {}), {
    activeSessionId: null,
    sessions: [],
  });
  await assert.rejects(
    switchSession(none.accounts, { sessionId: "s", accountId: "a" }),
    refusal("Workspace switching requires a managed ChatGPT login"),
  );
  await using desk = await openDesk({
    auth: toManaged({ login_owner_id: "owner" }),
  });
  const listed = await listSessions(desk.accounts, {
    refreshWorkspaceMetadata: true,
  });
  assert.deepEqual(listed, {
    activeSessionId: "owner",
    sessions: [{
      sessionId: "owner",
      email: "a@b.example",
      userId: "user-1",
      displayName: null,
      imageUrl: null,
      lastUsedAt: listed.sessions[0]!.lastUsedAt,
      isActive: true,
      selectedWorkspaceAccountId: "acc-1",
      workspaces: [{
        accountId: "acc-0",
        name: null,
        imageUrl: null,
        kind: null,
      }, {
        accountId: "acc-1",
        name: "Work",
        imageUrl: null,
        kind: "workspace",
      }, {
        accountId: "acc-2",
        name: null,
        imageUrl: null,
        kind: null,
      }],
    }],
  });
  await switchSession(desk.accounts, {
    sessionId: "owner",
    accountId: "acc-1",
  });
  await assert.rejects(
    switchSession(desk.accounts, { sessionId: "other", accountId: "acc-1" }),
    refusal("Only the active managed account session can be switched"),
  );
  await assert.rejects(
    switchSession(desk.accounts, { sessionId: "owner", accountId: "acc-2" }),
    refusal(
      "This server keeps one login: sign in again to use another workspace",
    ),
  );
});
