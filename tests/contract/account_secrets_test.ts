import assert from "node:assert/strict";
import { Client, RpcError } from "../../src/client/mod.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";

/** Everything that is secret in a session; each is made up anew. */
function createSecrets() {
  const secret = (name: string): string =>
    `${name}-${crypto.randomUUID().replaceAll("-", "")}`;
  return {
    apiKey: secret("sk"),
    refused: toToken(1),
    idToken: toToken(2),
    accessToken: toToken(3),
    refreshToken: secret("refresh"),
    renewedToken: toToken(4),
    renewedRefresh: secret("refresh"),
    deviceAuth: secret("device"),
    code: secret("code"),
    verifier: secret("verifier"),
  };
}

type Secrets = ReturnType<typeof createSecrets>;

/** A token that says whose it is, with a signature that is nobody's. */
function toToken(serial: number): string {
  const encode = (value: unknown): string =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    });
  return [
    encode({ alg: "none" }),
    encode({
      email: "a@b.example",
      serial,
      "https://api.openai.com/auth": {
        chatgpt_plan_type: "pro",
        chatgpt_user_id: "user-1",
        chatgpt_account_id: "acc-1",
      },
    }),
    crypto.randomUUID().replaceAll("-", ""),
  ].join(".");
}

/**
 * The issuer, ChatGPT and a model provider in one: they give out the secrets,
 * and whatever they refuse they repeat, word for word.
 */
function serveVendor(secrets: Secrets): { url: string } & AsyncDisposable {
  const echo = (request: Request, body: string, status: number): Response => {
    const text = `${request.headers.get("authorization")} ${body}`;
    return Response.json({
      error: { message: text, code: "odd" },
      detail: text,
    }, { status });
  };
  let models = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const body = await request.text();
      switch (new URL(request.url).pathname) {
        case "/api/accounts/deviceauth/usercode":
          return Response.json({
            device_auth_id: secrets.deviceAuth,
            user_code: "AB-12",
            interval: "0.01",
          });
        case "/api/accounts/deviceauth/token":
          return Response.json({
            authorization_code: secrets.code,
            code_verifier: secrets.verifier,
          });
        case "/oauth/token":
          if (body.includes("authorization_code")) {
            return Response.json({
              id_token: secrets.idToken,
              access_token: secrets.accessToken,
              refresh_token: secrets.refreshToken,
            });
          }
          return body.includes(secrets.refreshToken)
            ? Response.json({
              id_token: secrets.idToken,
              access_token: secrets.renewedToken,
              refresh_token: secrets.renewedRefresh,
            })
            : echo(request, body, 401);
        case "/backend-api/wham/accounts/check":
          return Response.json({
            accounts: [{
              id: "acc-1",
              workspace_backend_origin: "https://backend.example",
              account_routing_override: "NO_CONSTRAINT",
            }],
          });
        default:
          return echo(request, body, ++models % 2 === 1 ? 401 : 403);
      }
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** All text below a directory, but for what the sign-in is kept in. */
async function readAll(directory: string): Promise<string> {
  let text = "";
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = `${directory}/${name}`;
    if (name === "auth.json") continue;
    text += isDirectory
      ? await readAll(path)
      : new TextDecoder("latin1").decode(await Deno.readFile(path));
  }
  return text;
}

/** No part of a secret that is worth something stands in a text. */
function expectUnseen(where: string, text: string, secrets: Secrets): void {
  for (const [name, secret] of Object.entries(secrets)) {
    // The head of a token is the same for all and no secret.
    const parts = secret.split(".");
    for (const part of parts.length === 3 ? parts.slice(1) : parts) {
      for (let at = 0; at + 12 <= part.length; at += 6) {
        const piece = part.slice(at, at + 12);
        assert.ok(!text.includes(piece), `${name} shows in ${where}`);
      }
    }
  }
}

for (const format of ["human", "json"] as const) {
  Deno.test(`account: secrets show in no log (${format}), thread, report, notification or error, whoever repeats them`, async () => {
    await using home = await createTempDir();
    const secrets = createSecrets();
    await using vendor = serveVendor(secrets);
    await Deno.writeTextFile(
      `${home.path}/config.toml`,
      `model = "m"
model_provider = "mine"
chatgpt_base_url = "${vendor.url}/backend-api"
[model_providers.mine]
name = "Mine"
base_url = "${vendor.url}/v1"
requires_openai_auth = true
request_max_retries = 0
stream_max_retries = 0
`,
    );
    const told: unknown[] = [];
    {
      await using server = await ServerProcess.start({
        home: home.path,
        listen: "ws://127.0.0.1:0",
        env: {
          GANGWAY_LOG: "trace",
          LOG_FORMAT: format,
          CODEX_APP_SERVER_LOGIN_ISSUER: vendor.url,
        },
      });
      {
        await using client = await Client.connect({ url: server.url }, {
          clientInfo: { name: "test", version: "1" },
          capabilities: { experimentalApi: true },
        });
        await useAll(client, { secrets, home: home.path, told });
      }
      server.kill("SIGTERM");
      assert.deepEqual(await server.exit(), { code: 0, signal: null });
      assert.match(server.stderr, /account\/login\/start/, "it logs");
      expectUnseen("the log", server.stderr, secrets);
    }
    const files = await readAll(home.path);
    assert.match(files, /unexpected status 403/, "the thread is stored");
    expectUnseen("a file", files, secrets);
    const texts = JSON.stringify(told);
    assert.match(texts, /unexpected status 403/, "the failure was told");
    expectUnseen("what was told", texts, secrets);
  });
}

/** A session that takes all the ways on which a secret could get out. */
async function useAll(
  client: Client,
  { secrets, home, told }: {
    readonly secrets: Secrets;
    readonly home: string;
    /** What the client was told. */
    readonly told: unknown[];
  },
): Promise<void> {
  const attempt = async (method: string, params?: unknown): Promise<void> => {
    try {
      told.push(await client.request(method as never, params as never));
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      told.push([error.message, error.data]);
    }
  };
  using logins = client.notifications("account/login/completed");
  using updates = client.notifications("account/updated");
  const signedIn = async (): Promise<void> => {
    told.push((await logins.next()).value, (await updates.next()).value);
  };
  const askAbout = async (): Promise<void> => {
    await attempt("account/read", { refreshToken: false });
    await attempt("getAuthStatus", { includeToken: false });
    await attempt("account/rateLimits/read");
    await attempt("account/usage/read", {});
    await attempt("account/workspaceMessages/read");
    await attempt("accountSession/list", { refreshWorkspaceMetadata: true });
    await attempt("server/diagnostics", {});
    await attempt("config/read", { includeLayers: true });
    await takeTurn();
  };
  let threadId = "";
  const takeTurn = async (): Promise<void> => {
    using ends = client.notifications("turn/completed");
    using errors = client.notifications("error");
    const { thread } = await client.request("thread/start", { cwd: home });
    threadId = thread.id;
    await client.request("turn/start", {
      threadId,
      input: [{ type: "text", text: "Hi", text_elements: [] }],
    });
    told.push((await errors.next()).value, (await ends.next()).value);
  };

  await attempt("account/login/start", {
    type: "apiKey",
    apiKey: secrets.apiKey,
  });
  await signedIn();
  await askAbout();
  for (
    const wrong of [
      { type: "apiKey", apiKey: [secrets.apiKey] },
      { type: "chatgptAuthTokens", accessToken: secrets.apiKey },
      {
        type: "chatgptAuthTokens",
        accessToken: `${secrets.refused}.more`,
        chatgptAccountId: "acc-1",
      },
    ]
  ) await attempt("account/login/start", wrong);

  await attempt("account/login/start", { type: "chatgptDeviceCode" });
  await signedIn();
  await askAbout(); // renews in the turn
  await attempt("account/read", { refreshToken: true }); // is refused
  await askAbout();
  await attempt("feedback/save", {
    savePath: `${home}/report.zip`,
    classification: "bug",
    threadId,
    includeLogs: true,
  });
  await attempt("account/logout");
}
