import assert from "node:assert/strict";
import { createAppServer } from "../../mod.ts";
import { Client, RpcError } from "../../src/client/mod.ts";
import { createLogger, LogFilter } from "../../src/telemetry/mod.ts";
import { createTempDir } from "../kit/temp_dir.ts";

/** A token that says whose it is; its signature is nobody's. */
function toToken(serial: number): string {
  const encode = (value: unknown): string =>
    btoa(JSON.stringify(value)).replace(/\+/g, "-").replace(/\//g, "_")
      .replace(/=/g, "");
  return `${encode({ alg: "none" })}.${
    encode({
      email: "a@b.example",
      serial,
      "https://api.openai.com/auth": {
        chatgpt_plan_type: "pro",
        chatgpt_user_id: "user-1",
        chatgpt_account_id: "acc-1",
      },
    })
  }.c2lnbmF0dXJl`;
}

const old = toToken(1);
const fresh = toToken(2);
const key = "sk-contract-secret-0123456789";

/** ChatGPT and a model provider in one; it takes the fresh token only. */
function serveBackend(): {
  url: string;
  tokens: (string | null)[];
} & AsyncDisposable {
  const tokens: (string | null)[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      await request.text();
      const token = request.headers.get("authorization");
      if (pathname === "/backend-api/wham/accounts/check") {
        return Response.json({
          accounts: [{
            id: "acc-1",
            name: "Work",
            workspace_backend_origin: "https://backend.example",
            account_routing_override: "NO_CONSTRAINT",
          }],
        });
      }
      if (pathname !== "/v1/responses") {
        return new Response(null, { status: 404 });
      }
      tokens.push(token);
      if (token !== `Bearer ${fresh}`) {
        return Response.json({ error: { message: `expired: ${token}` } }, {
          status: 401,
        });
      }
      const events = [
        { type: "response.created", response: { id: "r" } },
        {
          type: "response.output_item.done",
          item: {
            type: "message",
            role: "assistant",
            id: "m",
            content: [{ type: "output_text", text: "Hello" }],
          },
        },
        { type: "response.completed", response: { id: "r" } },
      ];
      return new Response(
        events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""),
        { headers: { "content-type": "text/event-stream" } },
      );
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    tokens,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** All text below a directory, but for some files. */
async function readAll(directory: string, except: string): Promise<string> {
  let text = "";
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = `${directory}/${name}`;
    if (name === except) continue;
    text += isDirectory
      ? await readAll(path, except)
      : new TextDecoder().decode(await Deno.readFile(path));
  }
  return text;
}

Deno.test("account: tokens of a client are renewed within a turn, everybody is told, and no secret is left anywhere", async () => {
  await using home = await createTempDir();
  await using backend = serveBackend();
  await Deno.writeTextFile(
    `${home.path}/config.toml`,
    `model = "m"
model_provider = "mine"
chatgpt_base_url = "${backend.url}/backend-api"
[model_providers.mine]
name = "Mine"
base_url = "${backend.url}/v1"
requires_openai_auth = true
request_max_retries = 0
stream_max_retries = 0
`,
  );
  const lines: string[] = [];
  const said: string[] = [];
  const questions: unknown[] = [];
  {
    await using server = await createAppServer({
      home: home.path,
      log: createLogger({
        write: (line) => lines.push(line),
        filter: LogFilter.parse("trace"),
      }),
    });
    const connect = async (name: string): Promise<Client> => {
      const client = await Client.connect({ channel: server.connect() }, {
        clientInfo: { name, version: "1" },
        capabilities: { experimentalApi: true },
      });
      client.handle("account/chatgptAuthTokens/refresh", (params) => {
        questions.push([name, params]);
        if (name === "second") throw new RpcError(-32601, "Not mine");
        return { accessToken: fresh, chatgptAccountId: "acc-1" };
      });
      return client;
    };
    await using first = await connect("first");
    await using second = await connect("second");
    using updates = second.notifications("account/updated");

    await first.request("account/login/start", { type: "apiKey", apiKey: key });
    const { value: keyed } = await updates.next();
    assert.deepEqual(keyed!.params, { authMode: "apikey", planType: null });

    await first.request("account/login/start", {
      type: "chatgptAuthTokens",
      accessToken: old,
      chatgptAccountId: "acc-1",
    });
    const { value: updated } = await updates.next();
    assert.deepEqual(updated!.params, {
      authMode: "chatgptAuthTokens",
      planType: "pro",
    });
    assert.deepEqual(await second.request("account/read", {}), {
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
        accountRoutingOverride: "NO_CONSTRAINT",
      },
    });

    using ends = first.notifications("turn/completed");
    const { thread } = await first.request("thread/start", { cwd: home.path });
    await first.request("turn/start", {
      threadId: thread.id,
      input: [{ type: "text", text: "Hi", text_elements: [] }],
    });
    const { value: end } = await ends.next();
    assert.equal(end!.params.turn.status, "completed");
    const asked = { reason: "unauthorized", previousAccountId: "acc-1" };
    assert.deepEqual(questions, [["first", asked], ["second", asked]]);
    assert.deepEqual(backend.tokens, [`Bearer ${old}`, `Bearer ${fresh}`]);

    for (
      const wrong of [
        { type: "apiKey", apiKey: [key] },
        { type: "apiKey", apiKey: { key } },
        {
          type: "chatgptAuthTokens",
          accessToken: [old],
          chatgptAccountId: "a",
        },
        {
          type: "chatgptAuthTokens",
          accessToken: `${fresh}.x`,
          chatgptAccountId: "a",
        },
        { type: "apiKey", apiKey: key },
        { type: "chatgpt", apiKey: key },
      ]
    ) {
      try {
        await first.request("account/login/start", wrong as never);
        assert.fail("Expected a refusal");
      } catch (error) {
        assert.ok(error instanceof RpcError, String(error));
        said.push(JSON.stringify([error.message, error.data]));
      }
    }
  }
  const kept = await readAll(home.path, "auth.json");
  for (const secret of [key, old, fresh]) {
    for (const text of [lines.join(""), said.join(""), kept]) {
      assert.ok(!text.includes(secret));
    }
  }
  const saved = await Deno.readTextFile(`${home.path}/auth.json`);
  assert.deepEqual(JSON.parse(saved), {
    auth_mode: "apikey",
    OPENAI_API_KEY: key,
  });
});
