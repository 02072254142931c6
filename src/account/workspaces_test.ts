import assert from "node:assert/strict";
import { refusal, somebody, success } from "./_answers_test.ts";
import {
  account,
  checkedWorkspaces,
  openDesk,
  toManaged,
  toToken,
} from "./_desk_test.ts";
import { readAccount } from "./read_account.ts";

Deno.test("Workspaces: without its workspace, an account is not told", async () => {
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

Deno.test("Workspaces: a workspace is looked up once for its tokens", async () => {
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

Deno.test("Workspaces: another workspace of the same token is looked up anew", async () => {
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

Deno.test("Workspaces: an account without a workspace has none to look up", async () => {
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

Deno.test("Workspaces: who is signed in from an earlier time is told once it is known", async () => {
  await using desk = await openDesk({ config: account, auth: toManaged() });
  await readAccount(desk.accounts, {});
  await readAccount(desk.accounts, {});
  assert.deepEqual(desk.told, [[
    "account/updated",
    { authMode: "chatgpt", planType: "pro" },
  ]]);
});

Deno.test("Workspaces: ChatGPT refuses a token, a client brings another one", async () => {
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

Deno.test("Workspaces: ChatGPT refuses a token, and there is no other one", async () => {
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
