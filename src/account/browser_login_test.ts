import assert from "node:assert/strict";
import { findFreePort } from "../../tests/kit/free_port.ts";
import { ended } from "./_answers_test.ts";
import {
  account,
  type DeskOptions,
  issueTokens,
  openDesk,
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

/** Holds a port, and answers nobody there. */
function hold(port: number): Deno.TcpListener {
  const listener = Deno.listen({ hostname: "127.0.0.1", port });
  (async () => {
    for await (const conn of listener) conn.close();
  })().catch(() => {}); // until it is closed
  return listener;
}

function portOf(listener: Deno.TcpListener): number {
  return (listener.addr as Deno.NetAddr).port;
}

Deno.test("account/login/start chatgpt: somebody signs in with a browser", async () => {
  await using desk = await openDesk({
    config: account,
    endpoints: { "/oauth/token": issueTokens() },
  });
  const { loginId, authUrl } = await desk.accounts.logins.withBrowser();
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
  const { loginId, authUrl } = await desk.accounts.logins.withBrowser();
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
  assert.deepEqual(desk.accounts.logins.cancel(loginId), {
    status: "canceled",
  });
});

Deno.test("account/login/start chatgpt: a refusal of the issuer is told, and no page can be made of it", async () => {
  await using desk = await openDesk({ config: account });
  const { loginId, authUrl } = await desk.accounts.logins.withBrowser();
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

Deno.test("account/login/start chatgpt: says why nobody could be signed in", async () => {
  const exchange = (answer: () => Response): DeskOptions => ({
    config: account,
    endpoints: { "/oauth/token": answer },
  });
  const cases: [DeskOptions, Record<string, string>, string][] = [
    [{}, { error: "access_denied" }, "Sign-in failed: access_denied"],
    [
      {},
      {
        error: "access_denied",
        error_description: "missing_codex_entitlement",
      },
      "Codex is not enabled for your workspace. Contact your workspace administrator to request access to Codex.",
    ],
    [{}, {}, "Missing authorization code. Sign-in could not be completed."],
    [
      exchange(() =>
        Response.json({ error_description: "bad code-0123" }, { status: 400 })
      ),
      { code: "code-0123" },
      "Token exchange failed: token endpoint returned status 400 Bad Request: bad [REDACTED]",
    ],
    [
      exchange(() => new Response("oops", { status: 502 })),
      { code: "c" },
      "Token exchange failed: token endpoint returned status 502 Bad Gateway",
    ],
    [
      exchange(() => new Response("no JSON")),
      { code: "c" },
      "Token exchange failed: OAuth token response is invalid",
    ],
    [
      exchange(() => Response.json({ id_token: "x", access_token: "y" })),
      { code: "c" },
      "Sign-in completed but credentials could not be saved locally.",
    ],
    [
      {
        config: { ...account, cli_auth_credentials_store: "keyring" },
        endpoints: { "/oauth/token": issueTokens() },
      },
      { code: "c" },
      "Sign-in completed but credentials could not be saved locally.",
    ],
  ];
  for (const [options, query, reason] of cases) {
    await using desk = await openDesk({ config: account, ...options });
    const { loginId, authUrl } = await desk.accounts.logins.withBrowser();
    const { text } = await comeBack(authUrl, query);
    assert.ok(text.includes(reason));
    assert.deepEqual(
      await desk.next("account/login/completed"),
      ended(loginId, `Login server error: ${reason}`),
    );
    assert.deepEqual(await Array.fromAsync(Deno.readDir(desk.home)), []);
  }
});

Deno.test("account/login/start chatgpt: a port that others hold is passed over", async () => {
  using taken = hold(0);
  const port = findFreePort();
  const ports = [portOf(taken), port];
  await using desk = await openDesk({ config: account, callbackPorts: ports });
  const { authUrl } = await desk.accounts.logins.withBrowser();
  assert.equal(
    new URL(authUrl).searchParams.get("redirect_uri"),
    `http://127.0.0.1:${port}/auth/callback`,
  );
  await desk.accounts.logins.giveUp();
  using _too = hold(port);
  await assert.rejects(desk.accounts.logins.withBrowser(), {
    code: -32603,
    message:
      `failed to start login server: Port 127.0.0.1:${port} is already in use`,
  });
});

Deno.test("account/login/start chatgpt: tokens of another workspace are not kept", async () => {
  await using desk = await openDesk({
    config: { ...account, forced_chatgpt_workspace_id: "acc-9" },
    endpoints: { "/oauth/token": issueTokens() },
  });
  const { loginId, authUrl } = await desk.accounts.logins.withBrowser();
  assert.equal(
    new URL(authUrl).searchParams.get("allowed_workspace_id"),
    "acc-9",
  );
  const { text } = await comeBack(authUrl, { code: "code-1" });
  const reason = "Login is restricted to workspace id(s) acc-9.";
  assert.ok(text.includes(reason), "the browser tells it, too");
  assert.deepEqual(
    await desk.next("account/login/completed"),
    ended(loginId, `Login server error: ${reason}`),
  );
  assert.deepEqual(await Array.fromAsync(Deno.readDir(desk.home)), []);
});

Deno.test("account/login/start chatgpt: what a second server cancels is not kept, however far it is", async () => {
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const issue = issueTokens();
  await using desk = await openDesk({
    config: account,
    endpoints: {
      async "/oauth/token"(question) {
        asked.resolve();
        await answered.promise;
        return await issue(question);
      },
    },
  });
  const { loginId, authUrl } = await desk.accounts.logins.withBrowser();
  const coming = comeBack(authUrl, { code: "code-1" });
  await asked.promise;
  const back = new URL(authUrl).searchParams.get("redirect_uri")!;
  const cancelled = await fetch(new URL("/cancel", back));
  assert.equal(await cancelled.text(), "Login cancelled");
  answered.resolve();
  assert.match((await coming).text, /Login cancelled/);
  assert.deepEqual(
    await desk.next("account/login/completed"),
    ended(loginId, "Login server error: Login cancelled"),
  );
  await assert.rejects(desk.saved(), Deno.errors.NotFound);
});

Deno.test("account/login/cancel: ends the listener, and knows only its own attempt", async () => {
  await using desk = await openDesk({ config: account });
  const { loginId, authUrl } = await desk.accounts.logins.withBrowser();
  const other = "01a1fadc-3ca2-71f2-9c97-c57a74742572";
  assert.deepEqual(desk.accounts.logins.cancel(other), { status: "notFound" });
  assert.deepEqual(desk.accounts.logins.cancel(loginId), {
    status: "canceled",
  });
  assert.deepEqual(desk.accounts.logins.cancel(loginId), {
    status: "notFound",
  });
  assert.deepEqual(
    await desk.next("account/login/completed"),
    ended(loginId, "Login server error: Login was not completed"),
  );
  await assert.rejects(comeBack(authUrl, { code: "late" }), TypeError);
});

Deno.test("account/login/start: a second attempt ends the first", async () => {
  await using desk = await openDesk({ config: account });
  const first = await desk.accounts.logins.withBrowser();
  const second = await desk.accounts.logins.withBrowser();
  assert.deepEqual(desk.told, [[
    "account/login/completed",
    ended(first.loginId, "Login server error: Login cancelled"),
  ]]);
  assert.notEqual(first.loginId, second.loginId);
});
