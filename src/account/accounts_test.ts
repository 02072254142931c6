import assert from "node:assert/strict";
import { RpcError } from "../protocol/mod.ts";
import {
  account,
  checkedWorkspaces,
  issuerUrl,
  issueTokens,
  openDesk,
  toManaged,
  toToken,
} from "./_desk_test.ts";
import { readAccount, readStatus } from "./read_account.ts";

const isWindows = Deno.build.os === "windows";

const nobody = {
  account: null,
  userId: null,
  requiresOpenaiAuth: true,
  workspaceRouting: null,
};

const somebody = {
  account: {
    type: "chatgpt",
    email: "a@b.example",
    planType: "pro",
    workspaceName: "Work",
  },
  userId: "user-1",
  requiresOpenaiAuth: true,
  workspaceRouting: {
    chatgptAccountId: "acc-1",
    backendOrigin: "https://backend.example",
    accountRoutingOverride: "us",
  },
};

const success = {
  loginId: null,
  success: true,
  error: null,
  onboardingEntrypoint: null,
};

function refusal(message: string, code = -32600): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof RpcError);
    assert.deepEqual([error.code, error.message], [code, message]);
    return true;
  };
}

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

Deno.test("Accounts: without its workspace, an account is not told", async () => {
  const good = {
    id: "acc-1",
    workspace_backend_origin: "https://x.example",
    account_routing_override: "us",
  };
  const cases: [() => Response, string][] = [];
  const add = (message: string, ...accounts: unknown[]) =>
    cases.push([() => Response.json({ accounts }), message]);
  add("selected workspace missing from routing discovery", { id: "acc-2" });
  add("duplicate workspace in routing discovery", { id: "acc-1" }, good);
  add("workspace routing discovery missing backend origin", { id: "acc-1" });
  for (const origin of ["", "nonsense"]) {
    add("invalid workspace backend URL", {
      ...good,
      workspace_backend_origin: origin,
    });
  }
  for (const origin of ["http://x.example", "https://u:p@x.example"]) {
    add("workspace backend must use an HTTPS origin without credentials", {
      ...good,
      workspace_backend_origin: origin,
    });
  }
  add("workspace routing discovery must return an origin", {
    ...good,
    workspace_backend_origin: "https://x.example/path",
  });
  for (const override of [undefined, null, "mars"]) {
    add("workspace routing discovery has invalid account routing override", {
      ...good,
      account_routing_override: override,
    });
  }
  const failed = "workspace routing discovery failed";
  add(failed, { ...good, name: 5 });
  add(failed, good, { id: 5 });
  cases.push([() => Response.json({ accounts: { "acc-1": good } }), failed]);
  for (const status of [302, 403, 500]) {
    cases.push([() => new Response("no", { status }), failed]);
  }
  for (const [answer, message] of cases) {
    await using desk = await openDesk({
      config: account,
      auth: toManaged(),
      endpoints: { "/backend-api/wham/accounts/check": answer },
    });
    await assert.rejects(
      readAccount(desk.accounts, {}),
      refusal(message, -32603),
    );
    await desk.accounts.announceSignIn("some-id");
    assert.deepEqual(desk.told, [["account/login/completed", {
      loginId: "some-id",
      success: false,
      error: message,
      onboardingEntrypoint: null,
    }]]);
  }
});

Deno.test("Accounts: a workspace is looked up once for its tokens", async () => {
  await using desk = await openDesk({ config: account, auth: toManaged() });
  await Promise.all([1, 2, 3].map(() => readAccount(desk.accounts, {})));
  assert.deepEqual(await readAccount(desk.accounts, {}), somebody);
  assert.equal(desk.asked.length, 1);
  assert.equal(
    desk.asked[0]!.url,
    "https://chat.example/backend-api/wham/accounts/check",
  );
  assert.equal(desk.asked[0]!.headers.get("chatgpt-account-id"), "acc-1");
});

Deno.test("Accounts: another workspace of the same token is looked up anew", async () => {
  await using desk = await openDesk({ config: account });
  const origins: (string | undefined)[] = [];
  for (const chatgptAccountId of ["acc-1", "acc-2"]) {
    await desk.accounts.logins.withTokens({
      type: "chatgptAuthTokens",
      accessToken: toToken(),
      chatgptAccountId,
    });
    const { workspaceRouting } = await readAccount(desk.accounts, {});
    origins.push(workspaceRouting?.backendOrigin);
  }
  assert.deepEqual(origins, [
    "https://backend.example",
    "https://second.example",
  ]);
});

Deno.test("Accounts: an account without a workspace has none to look up", async () => {
  await using saved = await openDesk({
    config: account,
    auth: toManaged({
      account_id: undefined,
      id_token: toToken({ accountId: "" }),
    }),
  });
  assert.deepEqual(await readAccount(saved.accounts, {}), {
    ...somebody,
    account: { ...somebody.account, workspaceName: null },
    workspaceRouting: null,
  });
  await using external = await openDesk({ config: account });
  await external.accounts.logins.withTokens({
    type: "chatgptAuthTokens",
    accessToken: toToken(),
    chatgptAccountId: "",
  });
  await assert.rejects(
    readAccount(external.accounts, {}),
    refusal("workspace routing requires a ChatGPT account id", -32603),
  );
  assert.deepEqual([saved.asked, external.asked], [[], []]);
});

Deno.test("Accounts: who is signed in from an earlier time is told once it is known", async () => {
  await using desk = await openDesk({ config: account, auth: toManaged() });
  await readAccount(desk.accounts, {});
  await readAccount(desk.accounts, {});
  assert.deepEqual(desk.told, [[
    "account/updated",
    { authMode: "chatgpt", planType: "pro" },
  ]]);
});

Deno.test("Accounts: ChatGPT refuses a token, a client brings another one", async () => {
  const newer = toToken({ serial: 9, plan: "plus" });
  await using desk = await openDesk({
    config: account,
    answer: () =>
      Promise.resolve({ accessToken: newer, chatgptAccountId: "acc-1" }),
    endpoints: {
      "/backend-api/wham/accounts/check": (asked) =>
        asked.headers.get("authorization") === `Bearer ${newer}`
          ? checkedWorkspaces(asked)
          : new Response(null, { status: 401 }),
    },
  });
  await desk.accounts.logins.withTokens({
    type: "chatgptAuthTokens",
    accessToken: toToken(),
    chatgptAccountId: "acc-1",
  });
  await desk.accounts.announceSignIn(null);
  assert.deepEqual(desk.told, [
    ["account/login/completed", success],
    ["account/updated", { authMode: "chatgptAuthTokens", planType: "plus" }],
  ]);
  assert.deepEqual(await readAccount(desk.accounts, {}), {
    ...somebody,
    account: { ...somebody.account, planType: "plus" },
  });
  assert.deepEqual([desk.asked.length, desk.questions.length], [2, 1]);
});

Deno.test("Accounts: ChatGPT refuses a token, and there is no other one", async () => {
  await using desk = await openDesk({
    config: account,
    auth: toManaged(),
    endpoints: {
      "/backend-api/wham/accounts/check": () =>
        new Response(null, { status: 401 }),
    },
  });
  await assert.rejects(
    readAccount(desk.accounts, {}),
    refusal("workspace routing discovery unauthorized (401)", -32603),
  );
});

Deno.test("Accounts: a token that has ended is renewed before it is told", async () => {
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

Deno.test("Accounts: what the issuer has said of a token once it is not asked again", async () => {
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

Deno.test("Accounts: renewal keeps what others put into the file", async () => {
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

Deno.test("Accounts: a token that can't be renewed is not told", async () => {
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
