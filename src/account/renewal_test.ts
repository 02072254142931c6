import assert from "node:assert/strict";
import { nobody, somebody } from "./_answers_test.ts";
import {
  account,
  type Desk,
  issueTokens,
  openDesk,
  toManaged,
  toToken,
} from "./_desk_test.ts";
import { readAccount, readStatus } from "./read_account.ts";

Deno.test("Renewal: a token that has ended is renewed before it is told", async () => {
  await using desk = await openDesk({
    config: account,
    auth: toManaged({ access_token: toToken({ exp: 1000 }) }),
    endpoints: { "/oauth/token": issueTokens({ plan: "plus" }) },
  });
  const { authToken } = await readStatus(desk.accounts, { includeToken: true });
  assert.equal(authToken, toToken({ plan: "plus", serial: 102 }));
  assert.equal(
    JSON.parse(desk.asked[0]!.body).refresh_reason,
    "proactive_expiry",
  );
});

Deno.test("Renewal: what the issuer has said of a token once it is not asked again", async () => {
  let status = 500;
  await using desk = await openDesk({
    config: account,
    auth: toManaged(),
    endpoints: {
      "/oauth/token": () =>
        Response.json({ error: { code: "refresh_token_reused" } }, { status }),
    },
  });
  const read = () => readAccount(desk.accounts, { refreshToken: true });
  const asked = () =>
    desk.asked.filter(({ url }) => url.endsWith("/oauth/token")).length;
  assert.deepEqual(await read(), somebody, "it may be well the next time");
  status = 401;
  assert.deepEqual(await read(), nobody);
  assert.deepEqual(await read(), nobody);
  assert.deepEqual(await readAccount(desk.accounts, {}), nobody);
  assert.deepEqual(
    await readStatus(desk.accounts, { includeToken: true }),
    { authMethod: "chatgpt", authToken: null, requiresOpenaiAuth: true },
  );
  assert.equal(asked(), 2);
});

Deno.test("Renewal: renewal keeps what others put into the file", async () => {
  await using desk = await openDesk({
    config: account,
    auth: toManaged(),
    endpoints: { "/oauth/token": issueTokens() },
  });
  assert.deepEqual(
    await readAccount(desk.accounts, { refreshToken: true }),
    somebody,
  );
  const saved = JSON.parse(await desk.saved());
  assert.deepEqual(saved, {
    ...toManaged(),
    tokens: {
      id_token: toToken({ serial: 101 }),
      access_token: toToken({ serial: 102 }),
      refresh_token: "refresh-103",
      account_id: "acc-1",
    },
    last_refresh: saved.last_refresh,
  });
  assert.ok(Date.parse(saved.last_refresh) > Date.parse("2026-01-02"));
});

Deno.test("Renewal: a token that can't be renewed is not told", async () => {
  await using desk = await openDesk({
    config: account,
    auth: toManaged(),
    endpoints: {
      "/oauth/token": () =>
        Response.json({ error: { code: "refresh_token_expired" } }, {
          status: 401,
        }),
    },
  });
  assert.deepEqual(
    await readAccount(desk.accounts, { refreshToken: true }),
    nobody,
  );
  assert.deepEqual(
    await readStatus(desk.accounts, { refreshToken: true, includeToken: true }),
    { authMethod: "chatgpt", authToken: null, requiresOpenaiAuth: true },
  );
  assert.deepEqual(JSON.parse(await desk.saved()), toManaged());
});

for (
  const { what, change, kept } of [
    {
      what: "who signs out meanwhile stays out",
      change: (desk: Desk) => desk.accounts.logout(),
      kept: undefined,
    },
    {
      what: "who signs in otherwise meanwhile stays so",
      change: (desk: Desk) => desk.accounts.logins.withKey("sk-1"),
      kept: { auth_mode: "apikey", OPENAI_API_KEY: "sk-1" },
    },
  ]
) {
  Deno.test(`Renewal: ${what}`, async () => {
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    const issue = issueTokens();
    await using desk = await openDesk({
      config: account,
      auth: toManaged(),
      endpoints: {
        "/oauth/revoke": () => Response.json({}),
        async "/oauth/token"(question) {
          asked.resolve();
          await answered.promise;
          return await issue(question);
        },
      },
    });
    const read = readStatus(desk.accounts, {
      refreshToken: true,
      includeToken: true,
    });
    await asked.promise;
    await change(desk);
    answered.resolve();
    await read;
    const saved = await desk.saved().then(JSON.parse, () => undefined);
    assert.deepEqual(saved, kept);
    const revoked = desk.asked
      .filter(({ url }) => url.endsWith("/oauth/revoke"))
      .map(({ body }) => JSON.parse(body).token);
    assert.ok(
      revoked.includes("refresh-103"),
      "the new ones are worth nothing",
    );
  });
}
