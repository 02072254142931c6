import assert from "node:assert/strict";
import {
  account,
  issueTokens,
  openDesk,
  toManaged,
  toToken,
} from "./_desk_test.ts";

/** Comes back from the page of the issuer. */
async function comeBack(
  authUrl: string,
  query: Record<string, string>,
  init: RequestInit = {},
): Promise<{ status: number; text: string }> {
  const page = new URL(authUrl).searchParams;
  const target = new URL(page.get("redirect_uri")!);
  target.search = new URLSearchParams({
    state: page.get("state")!,
    ...query,
  }).toString();
  const response = await fetch(target, { redirect: "manual", ...init });
  return { status: response.status, text: await response.text() };
}

function ended(loginId: string, error: string | null): unknown {
  return {
    loginId,
    success: error === null,
    error,
    onboardingEntrypoint: null,
  };
}

Deno.test("account/login/start chatgpt: somebody signs in with a browser", async () => {
  await using desk = await openDesk({
    config: account,
    endpoints: { "/oauth/token": issueTokens() },
  });
  const { loginId, authUrl } = await desk.accounts.signInWithBrowser();
  const page = new URL(authUrl);
  assert.equal(
    page.origin + page.pathname,
    "https://issuer.example/oauth/authorize",
  );
  const { status, text } = await comeBack(authUrl, { code: "code-1" });
  assert.equal(status, 200);
  assert.ok(!text.includes("eyJ"), "no token in what the browser shows");
  assert.deepEqual(
    await desk.next("account/login/completed"),
    ended(loginId, null),
  );
  assert.deepEqual(await desk.next("account/updated"), {
    authMode: "chatgpt",
    planType: "pro",
  });
  const saved = JSON.parse(await desk.saved());
  assert.deepEqual(saved, {
    auth_mode: "chatgpt",
    OPENAI_API_KEY: "sk-exchanged",
    tokens: {
      id_token: toToken({ serial: 101 }),
      access_token: toToken({ serial: 102 }),
      refresh_token: "refresh-103",
      oauth_provenance: {
        issuer: "https://issuer.example",
        client_id: "app_EMoamEEZ73f0CkXaXp7hrann",
      },
      login_owner_id: saved.tokens.login_owner_id,
      account_id: "acc-1",
    },
    last_refresh: saved.last_refresh,
  });
  assert.match(saved.tokens.login_owner_id, /^[\w-]{43}$/);
  const exchange = new URLSearchParams(desk.asked[0]!.body);
  assert.equal(exchange.get("code"), "code-1");
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(exchange.get("code_verifier")!),
  );
  assert.equal(
    new Uint8Array(digest).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    }),
    page.searchParams.get("code_challenge"),
  );
});

Deno.test("account/login/start chatgpt: what did not come from the issuer's page is refused", async () => {
  await using desk = await openDesk({
    config: account,
    endpoints: { "/oauth/token": issueTokens() },
  });
  const { loginId, authUrl } = await desk.accounts.signInWithBrowser();
  const refused = [
    await comeBack(authUrl, { code: "x", state: "" }),
    await comeBack(authUrl, { code: "x", state: "guess" }),
    await comeBack(authUrl, { code: "x" }, { method: "POST" }),
  ];
  assert.deepEqual(refused.map(({ status }) => status), [400, 400, 405]);
  // A name that leads to this machine, as a page elsewhere can have one.
  const { port } = new URL(
    new URL(authUrl).searchParams.get("redirect_uri")!,
  );
  using conn = await Deno.connect({
    hostname: "127.0.0.1",
    port: Number(port),
  });
  await conn.write(
    new TextEncoder().encode(
      "GET /cancel HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    ),
  );
  const answer = await new Response(conn.readable).text();
  assert.match(answer, /^HTTP\/1.1 403 /);
  assert.deepEqual(desk.asked, []);
  assert.deepEqual(desk.told, []);
  assert.deepEqual(desk.accounts.cancelLogin(loginId), { status: "canceled" });
});

Deno.test("account/login/start chatgpt: a refusal of the issuer is told, and no page can be made of it", async () => {
  await using desk = await openDesk({ config: account });
  const { loginId, authUrl } = await desk.accounts.signInWithBrowser();
  const { text } = await comeBack(authUrl, {
    error: "access_denied",
    error_description: "<script>alert(1)</script>",
  });
  assert.ok(!text.includes("<script>"));
  assert.deepEqual(
    await desk.next("account/login/completed"),
    ended(
      loginId,
      "Login server error: Sign-in failed: <script>alert(1)</script>",
    ),
  );
});

Deno.test("account/login/start chatgpt: tokens of another workspace are not kept", async () => {
  await using desk = await openDesk({
    config: { ...account, forced_chatgpt_workspace_id: "acc-9" },
    endpoints: { "/oauth/token": issueTokens() },
  });
  const { loginId, authUrl } = await desk.accounts.signInWithBrowser();
  assert.equal(
    new URL(authUrl).searchParams.get("allowed_workspace_id"),
    "acc-9",
  );
  await comeBack(authUrl, { code: "code-1" });
  assert.deepEqual(
    await desk.next("account/login/completed"),
    ended(
      loginId,
      "Login server error: Login is restricted to workspace(s) acc-9, but current credentials belong to acc-1",
    ),
  );
  assert.deepEqual(await Array.fromAsync(Deno.readDir(desk.home)), []);
});

Deno.test("account/login/cancel: ends the listener, and knows only its own attempt", async () => {
  await using desk = await openDesk({ config: account });
  const { loginId, authUrl } = await desk.accounts.signInWithBrowser();
  const other = "01a1fadc-3ca2-71f2-9c97-c57a74742572";
  assert.deepEqual(desk.accounts.cancelLogin(other), { status: "notFound" });
  assert.deepEqual(desk.accounts.cancelLogin(loginId), { status: "canceled" });
  assert.deepEqual(desk.accounts.cancelLogin(loginId), { status: "notFound" });
  assert.deepEqual(
    await desk.next("account/login/completed"),
    ended(loginId, "Login server error: Login was not completed"),
  );
  await assert.rejects(comeBack(authUrl, { code: "late" }), TypeError);
});

Deno.test("account/login/start: a second attempt ends the first", async () => {
  await using desk = await openDesk({ config: account });
  const first = await desk.accounts.signInWithBrowser();
  const second = await desk.accounts.signInWithBrowser();
  assert.deepEqual(desk.told, [[
    "account/login/completed",
    ended(first.loginId, "Login server error: Login cancelled"),
  ]]);
  assert.notEqual(first.loginId, second.loginId);
});

Deno.test("account/login/start chatgptDeviceCode: waits until the code is typed in", async () => {
  let polls = 0;
  await using desk = await openDesk({
    config: account,
    endpoints: {
      "/api/accounts/deviceauth/usercode": () =>
        Response.json({
          device_auth_id: "dev-1",
          user_code: "AB-12",
          interval: "0.01",
        }),
      "/api/accounts/deviceauth/token": () =>
        ++polls < 3 ? new Response(null, { status: 403 }) : Response.json({
          authorization_code: "code-2",
          code_verifier: "verifier",
        }),
      "/oauth/token": issueTokens(),
    },
  });
  const { loginId, ...rest } = await desk.accounts.signInWithCode();
  assert.deepEqual(rest, {
    type: "chatgptDeviceCode",
    verificationUrl: "https://issuer.example/codex/device",
    userCode: "AB-12",
  });
  assert.deepEqual(
    await desk.next("account/login/completed"),
    ended(loginId, null),
  );
  assert.equal(polls, 3);
  assert.equal(JSON.parse(await desk.saved()).OPENAI_API_KEY, null);
});

Deno.test("account/login/start chatgptDeviceCode: is given up, and the file stays as it was", async () => {
  await using desk = await openDesk({
    config: account,
    auth: toManaged(),
    endpoints: {
      "/api/accounts/deviceauth/usercode": () =>
        Response.json({ device_auth_id: "dev-1", user_code: "AB-12" }),
      "/api/accounts/deviceauth/token": () =>
        new Response(null, { status: 404 }),
    },
  });
  const { loginId } = await desk.accounts.signInWithCode();
  assert.deepEqual(desk.accounts.cancelLogin(loginId), { status: "canceled" });
  assert.deepEqual(
    await desk.next("account/login/completed"),
    ended(loginId, "Login was not completed"),
  );
  assert.deepEqual(JSON.parse(await desk.saved()), toManaged());
});
