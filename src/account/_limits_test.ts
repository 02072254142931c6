import assert from "node:assert/strict";
import { type DeskOptions, openDesk, toManaged } from "./_desk_test.ts";
import { readRateLimits } from "./usage.ts";

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
