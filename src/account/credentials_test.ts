import assert from "node:assert/strict";
import { Config, type ConfigTable } from "../config/mod.ts";
import { findProvider, ModelError, type Provider } from "../model/mod.ts";
import { RpcError } from "../protocol/mod.ts";
import {
  account,
  type Desk,
  type DeskOptions,
  issueTokens,
  openDesk,
  toManaged,
  toToken,
} from "./_desk_test.ts";
import { createCredentials } from "./credentials.ts";

const env = { get: () => undefined };
const { signal } = new AbortController();

function provider(id: string, effective: ConfigTable = {}): Provider {
  return findProvider(id, { config: new Config({ effective }), env })!;
}

const mine = provider("mine", account);

function credentialsOf(
  desk: Desk,
): Required<ReturnType<typeof createCredentials>> {
  return createCredentials(desk.accounts, { home: desk.home, env }) as Required<
    ReturnType<typeof createCredentials>
  >;
}

async function openExternal(options: DeskOptions = {}): Promise<Desk> {
  const desk = await openDesk({ config: account, ...options });
  await desk.accounts.logins.withTokens({
    type: "chatgptAuthTokens",
    accessToken: toToken(),
    chatgptAccountId: "acc-1",
  });
  return desk;
}

function modelError(
  message: string,
  info = "other",
): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ModelError);
    assert.deepEqual(
      [error.message, error.info, error.isRetryable],
      [message, info, false],
    );
    return true;
  };
}

Deno.test("createCredentials: each sign-in in its own way, and only where it is wanted", async () => {
  await using key = await openDesk({ auth: { OPENAI_API_KEY: "sk-1" } });
  assert.deepEqual(await credentialsOf(key).headers(mine, { signal }), {
    authorization: "Bearer sk-1",
  });
  const other = provider("other", { model_providers: { other: {} } });
  assert.deepEqual(await credentialsOf(key).headers(other, { signal }), {});
  await using managed = await openDesk({ auth: toManaged() });
  assert.deepEqual(await credentialsOf(managed).headers(mine, { signal }), {
    authorization: `Bearer ${toToken({ serial: 1 })}`,
    "chatgpt-account-id": "acc-1",
  });
  await using none = await openDesk();
  assert.deepEqual(await credentialsOf(none).headers(mine, { signal }), {});
  const bearer = provider("b", {
    model_providers: {
      b: { experimental_bearer_token: "own", requires_openai_auth: true },
    },
  });
  assert.deepEqual(await credentialsOf(managed).headers(bearer, { signal }), {
    authorization: "Bearer own",
  });
});

Deno.test("createCredentials: an account of ChatGPT goes to its workspace's own address", async () => {
  await using desk = await openDesk({ auth: toManaged() });
  const credentials = credentialsOf(desk);
  const openai = provider("openai");
  assert.equal(
    await credentials.baseUrl(openai, { signal }),
    "https://backend.example/backend-api/codex",
  );
  assert.deepEqual(await credentials.headers(openai, { signal }), {
    authorization: `Bearer ${toToken({ serial: 1 })}`,
    "chatgpt-account-id": "acc-1",
    "x-openai-account-routing-override": "us",
  });
  assert.equal(await credentials.baseUrl(mine, { signal }), undefined);
});

Deno.test("createCredentials: a token goes over HTTPS only", async () => {
  for (
    const origin of [
      "http://backend.example",
      "https://user:pw@backend.example",
    ]
  ) {
    await using desk = await openDesk({
      auth: toManaged(),
      endpoints: {
        "/backend-api/wham/accounts/check": () =>
          Response.json({
            accounts: [{ id: "acc-1", workspace_backend_origin: origin }],
          }),
      },
    });
    await assert.rejects(
      credentialsOf(desk).baseUrl(provider("openai"), { signal }),
      modelError(
        "workspace backend must use an HTTPS origin without credentials",
      ),
    );
  }
});

Deno.test("createCredentials: a token that has ended is renewed before it is used, once for all", async () => {
  const over = Math.floor(Date.now() / 1000) - 10;
  await using desk = await openDesk({
    auth: toManaged({ access_token: toToken({ exp: over }) }),
    endpoints: { "/oauth/token": issueTokens() },
  });
  const credentials = credentialsOf(desk);
  const all = await Promise.all(
    [1, 2, 3].map(() => credentials.headers(mine, { signal })),
  );
  const renewed = {
    authorization: `Bearer ${toToken({ serial: 102 })}`,
    "chatgpt-account-id": "acc-1",
  };
  assert.deepEqual(all, [renewed, renewed, renewed]);
  assert.equal(desk.asked.length, 1);
});

Deno.test("createCredentials: on a 401 the client is asked for other tokens, once for all", async () => {
  const fresh = toToken({ serial: 2 });
  await using desk = await openExternal({
    answer: () =>
      Promise.resolve({ accessToken: fresh, chatgptAccountId: "acc-1" }),
  });
  const credentials = credentialsOf(desk);
  const refused = await credentials.headers(mine, { signal });
  const all = await Promise.all(
    [1, 2].map(() => credentials.onUnauthorized(mine, { signal, refused })),
  );
  assert.deepEqual(all, [true, true]);
  // Somebody whose request was refused before that learns of it without asking.
  assert.equal(
    await credentials.onUnauthorized(mine, { signal, refused }),
    true,
  );
  assert.deepEqual(desk.questions, [[
    "account/chatgptAuthTokens/refresh",
    { reason: "unauthorized", previousAccountId: "acc-1" },
  ]]);
  assert.deepEqual(await credentials.headers(mine, { signal }), {
    authorization: `Bearer ${fresh}`,
    "chatgpt-account-id": "acc-1",
  });
});

Deno.test("createCredentials: tokens that do not count leave the old ones", async () => {
  const answers: [DeskOptions["answer"] & object, string][] = [
    [
      () => Promise.reject(new RpcError(-1, "secret reason")),
      "auth refresh request failed: code=-1",
    ],
    [
      () => Promise.reject(new Error("No client is there")),
      "auth refresh request failed: nobody is there to answer",
    ],
    [() => Promise.resolve({ nonsense: 1 }), "invalid auth refresh response"],
    [
      () => Promise.resolve({ accessToken: "junk", chatgptAccountId: "acc-1" }),
      "auth refresh returned invalid credentials",
    ],
    [
      () =>
        Promise.resolve({
          accessToken: toToken({ accountId: "acc-2" }),
          chatgptAccountId: "acc-2",
        }),
      "Login is restricted to workspace(s) acc-1, but current credentials belong to acc-2",
    ],
  ];
  for (const [answer, message] of answers) {
    await using desk = await openExternal({
      config: { ...account, forced_chatgpt_workspace_id: "acc-1" },
      answer,
    });
    const credentials = credentialsOf(desk);
    const refused = await credentials.headers(mine, { signal });
    await assert.rejects(
      credentials.onUnauthorized(mine, { signal, refused }),
      modelError(message),
    );
    assert.deepEqual(await credentials.headers(mine, { signal }), refused);
  }
});

Deno.test("createCredentials: a client that does not answer has 10 s", async () => {
  await using desk = await openExternal({
    refreshTimeoutMs: 10,
    answer: (asked) =>
      new Promise((_, reject) =>
        asked.addEventListener("abort", () => reject(asked.reason))
      ),
  });
  const credentials = credentialsOf(desk);
  const refused = await credentials.headers(mine, { signal });
  await assert.rejects(
    credentials.onUnauthorized(mine, { signal, refused }),
    modelError("auth refresh request timed out after 0.01s"),
  );
});

Deno.test("createCredentials: who signs out while tokens are asked for stays out", async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<unknown>();
  await using desk = await openExternal({
    answer: () => (asked.resolve(), answer.promise),
  });
  const credentials = credentialsOf(desk);
  const refused = await credentials.headers(mine, { signal });
  const renewal = credentials.onUnauthorized(mine, { signal, refused });
  await asked.promise;
  await desk.accounts.logout();
  answer.resolve({ accessToken: toToken(), chatgptAccountId: "acc-1" });
  await renewal;
  assert.deepEqual(await credentials.headers(mine, { signal }), {});
});

Deno.test("createCredentials: on a 401 tokens that another program renewed are used as they are", async () => {
  await using desk = await openDesk({ auth: toManaged() });
  const credentials = credentialsOf(desk);
  const refused = await credentials.headers(mine, { signal });
  const newer = toManaged({ access_token: toToken({ serial: 9 }) });
  await Deno.writeTextFile(`${desk.home}/auth.json`, JSON.stringify(newer));
  assert.equal(
    await credentials.onUnauthorized(mine, { signal, refused }),
    true,
  );
  assert.deepEqual(desk.asked, []);
});

Deno.test("createCredentials: a key that is refused stays refused", async () => {
  await using desk = await openDesk({ auth: { OPENAI_API_KEY: "sk-1" } });
  const credentials = credentialsOf(desk);
  const refused = await credentials.headers(mine, { signal });
  assert.equal(
    await credentials.onUnauthorized(mine, { signal, refused }),
    false,
  );
});

Deno.test("createCredentials: on a 401 tokens that can't be renewed any more end the turn, and it says why", async () => {
  const cases: [number, string, string, string][] = [
    [
      401,
      "refresh_token_expired",
      " because your refresh token has expired",
      "unauthorized",
    ],
    [
      401,
      "refresh_token_reused",
      " because your refresh token was already used",
      "unauthorized",
    ],
    [
      401,
      "refresh_token_invalidated",
      " because your refresh token was revoked",
      "unauthorized",
    ],
    [400, "invalid_grant", "", "unauthorized"],
    [503, "x", "", "other"],
  ];
  for (const [status, code, why, info] of cases) {
    await using desk = await openDesk({
      auth: toManaged(),
      endpoints: {
        "/oauth/token": () => Response.json({ error: { code } }, { status }),
      },
    });
    const credentials = credentialsOf(desk);
    const refused = await credentials.headers(mine, { signal });
    await assert.rejects(
      credentials.onUnauthorized(mine, { signal, refused }),
      modelError(
        info === "other"
          ? "Failed to refresh token: 503 Service Unavailable"
          : `Your access token could not be refreshed${why}. Please log out and sign in again.`,
        info,
      ),
    );
    assert.deepEqual(JSON.parse(desk.asked[0]!.body), {
      client_id: "app_EMoamEEZ73f0CkXaXp7hrann",
      grant_type: "refresh_token",
      refresh_reason: "unauthorized_recovery",
      refresh_token: "refresh-1",
    });
  }
});
