import assert from "node:assert/strict";
import { nobody, refusal, somebody, success } from "./_answers_test.ts";
import {
  account,
  issuerUrl,
  openDesk,
  toManaged,
  toToken,
} from "./_desk_test.ts";
import { readAccount, readStatus } from "./read_account.ts";

const isWindows = Deno.build.os === "windows";

Deno.test("Accounts: a key is kept in auth.json for its owner alone, and told to all", async () => {
  await using desk = await openDesk({ config: account });
  assert.deepEqual(await readAccount(desk.accounts, {}), nobody);
  await desk.accounts.logins.withKey("sk-one");
  await desk.accounts.announceSignIn(null);
  assert.equal(
    await desk.saved(),
    '{\n  "auth_mode": "apikey",\n  "OPENAI_API_KEY": "sk-one"\n}',
  );
  if (!isWindows) {
    const { mode } = await Deno.stat(`${desk.home}/auth.json`);
    assert.equal(mode! & 0o777, 0o600);
  }
  assert.deepEqual(desk.told, [
    ["account/login/completed", success],
    ["account/updated", { authMode: "apikey", planType: null }],
  ]);
  assert.deepEqual(await readAccount(desk.accounts, { refreshToken: true }), {
    ...nobody,
    account: { type: "apiKey" },
  });
});

Deno.test("Accounts: the key is given to whoever asks for it, and to nobody else", async () => {
  await using desk = await openDesk({
    config: account,
    auth: { OPENAI_API_KEY: "sk-older-file" },
  });
  const plain = await readStatus(desk.accounts, {});
  assert.deepEqual(plain, {
    authMethod: "apikey",
    authToken: null,
    requiresOpenaiAuth: true,
  });
  const full = await readStatus(desk.accounts, { includeToken: true });
  assert.deepEqual(full, { ...plain, authToken: "sk-older-file" });
});

Deno.test("Accounts: a provider that takes no account has none", async () => {
  await using desk = await openDesk({
    config: { model_provider: "mine", model_providers: { mine: {} } },
    auth: toManaged(),
  });
  assert.deepEqual(await readAccount(desk.accounts, {}), {
    ...nobody,
    requiresOpenaiAuth: false,
  });
  assert.deepEqual(await readStatus(desk.accounts, { includeToken: true }), {
    authMethod: null,
    authToken: null,
    requiresOpenaiAuth: false,
  });
  assert.deepEqual(desk.asked, []);
});

Deno.test("Accounts: tokens of a client stay in memory, and keep other ways out", async () => {
  await using desk = await openDesk({ config: account });
  const { accounts } = desk;
  await accounts.logins.withTokens({
    type: "chatgptAuthTokens",
    accessToken: toToken(),
    chatgptAccountId: "acc-1",
  });
  await accounts.announceSignIn(null);
  assert.deepEqual(desk.told, [
    ["account/login/completed", success],
    ["account/updated", { authMode: "chatgptAuthTokens", planType: "pro" }],
  ]);
  assert.deepEqual(await readAccount(accounts, {}), somebody);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(desk.home)), []);
  const blocked = refusal(
    "External auth is active. Use account/login/start (chatgptAuthTokens) to update it or account/logout to clear it.",
  );
  await assert.rejects(accounts.logins.withKey("sk"), blocked);
  await assert.rejects(accounts.logins.withBrowser(), blocked);
  await assert.rejects(accounts.logins.withCode(), blocked);
  await accounts.logout();
  await accounts.announceAccount();
  assert.deepEqual(desk.told.at(-1), [
    "account/updated",
    { authMode: null, planType: null },
  ]);
  assert.deepEqual(await readAccount(accounts, {}), nobody);
});

Deno.test("Accounts: what is no token is refused, and not repeated", async () => {
  await using desk = await openDesk({ config: account });
  for (
    const accessToken of [
      "secret-junk",
      "a.b",
      "a.b.c",
      "a..c",
      "a.!!.c",
      `a.${btoa("[1]")}.c`,
      `a.${btoa('"text"')}.c`,
    ]
  ) {
    await assert.rejects(
      desk.accounts.logins.withTokens({
        type: "chatgptAuthTokens",
        accessToken,
        chatgptAccountId: "acc-1",
      }),
      refusal("failed to set external auth: invalid ID token format", -32603),
    );
  }
  assert.deepEqual(await readAccount(desk.accounts, {}), nobody);
});

Deno.test("Accounts: the plan that the client names goes over the token's", async () => {
  for (
    const [chatgptPlanType, planType] of [
      ["plus", "plus"],
      ["weird", "unknown"],
      [null, "pro"],
    ] as const
  ) {
    await using desk = await openDesk({ config: account });
    await desk.accounts.logins.withTokens({
      type: "chatgptAuthTokens",
      accessToken: toToken(),
      chatgptAccountId: "acc-1",
      chatgptPlanType,
    });
    const read = await readAccount(desk.accounts, {});
    assert.deepEqual(read, {
      ...somebody,
      account: { ...somebody.account, planType },
    });
  }
});

Deno.test("Accounts: only the ways that the configuration allows", async () => {
  await using api = await openDesk({
    config: { ...account, forced_login_method: "api" },
    auth: toManaged(),
  });
  const noChatgpt = refusal(
    "ChatGPT login is disabled. Use API key login instead.",
  );
  await assert.rejects(api.accounts.logins.withBrowser(), noChatgpt);
  await assert.rejects(api.accounts.logins.withCode(), noChatgpt);
  await assert.rejects(
    api.accounts.logins.withTokens({
      type: "chatgptAuthTokens",
      accessToken: toToken(),
      chatgptAccountId: "acc-1",
    }),
    refusal("External ChatGPT auth is disabled. Use API key login instead."),
  );
  assert.deepEqual(await readAccount(api.accounts, {}), nobody);
  await using chatgpt = await openDesk({
    config: { ...account, forced_login_method: "chatgpt" },
    auth: { OPENAI_API_KEY: "sk" },
  });
  await assert.rejects(
    chatgpt.accounts.logins.withKey("sk"),
    refusal("API key login is disabled. Use ChatGPT login instead."),
  );
  assert.deepEqual(await readAccount(chatgpt.accounts, {}), nobody);
});

Deno.test("Accounts: only the workspaces that the configuration allows", async () => {
  for (const ids of ["acc-9", ["acc-8", " acc-9 "]]) {
    await using desk = await openDesk({
      config: { ...account, forced_chatgpt_workspace_id: ids },
      auth: toManaged(),
    });
    assert.deepEqual(await readAccount(desk.accounts, {}), nobody);
    const names = [ids].flat().map((id) => id.trim());
    await assert.rejects(
      desk.accounts.logins.withTokens({
        type: "chatgptAuthTokens",
        accessToken: toToken(),
        chatgptAccountId: "acc-1",
      }),
      refusal(
        `External auth must use one of workspace(s) [${
          names.map((name) => `"${name}"`).join(", ")
        }], but received "acc-1".`,
      ),
    );
  }
});

Deno.test("Accounts: a key without a character is one that nobody is told", async () => {
  await using desk = await openDesk({ config: account });
  await desk.accounts.logins.withKey("");
  assert.deepEqual(await readAccount(desk.accounts, {}), {
    ...nobody,
    account: { type: "apiKey" },
  });
  assert.deepEqual(await readStatus(desk.accounts, { includeToken: true }), {
    authMethod: null,
    authToken: null,
    requiresOpenaiAuth: true,
  });
});

Deno.test("Accounts: signing out takes the file away and makes its token worthless", async () => {
  await using desk = await openDesk({ config: account, auth: toManaged() });
  await desk.accounts.logout();
  assert.deepEqual(await Array.fromAsync(Deno.readDir(desk.home)), []);
  assert.deepEqual(
    desk.asked.map(({ url, body }) => [url, JSON.parse(body)]),
    [[`${issuerUrl}/oauth/revoke`, {
      token: "refresh-1",
      token_type_hint: "refresh_token",
      client_id: "app_EMoamEEZ73f0CkXaXp7hrann",
    }]],
  );
  await desk.accounts.logout(); // nobody is there, and that is fine
});

Deno.test("Accounts: a broken file is nobody's, and signing out takes it away", async () => {
  await using desk = await openDesk({
    config: account,
    auth: '{"OPENAI_API_KEY":"sk-torn',
  });
  assert.deepEqual(await readAccount(desk.accounts, {}), nobody);
  assert.ok(desk.lines.length > 0);
  assert.ok(!desk.lines.join("").includes("sk-torn"));
  await desk.accounts.logout();
  assert.deepEqual(await Array.fromAsync(Deno.readDir(desk.home)), []);
});

Deno.test("Accounts: ways that other programs know are nobody here", async () => {
  await using desk = await openDesk({
    config: account,
    auth: { auth_mode: "bedrockApiKey", bedrock_api_key: { api_key: "k" } },
  });
  assert.deepEqual(await readAccount(desk.accounts, {}), nobody);
});
