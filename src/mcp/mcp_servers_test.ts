import assert from "node:assert/strict";
import { HttpFixture } from "../../tests/fixtures/mcp_http_server.ts";
import { Config } from "../config/mod.ts";
import { until } from "../../tests/kit/until.ts";
import { fixture, Ground, plain, THREAD_ID } from "./_mcp_ground_test.ts";

const never = new AbortController().signal;
const noThread = "01a1ff19-8a0a-79a2-8bbf-2f52ddf5cfe8";

Deno.test("McpServers lists, reads and calls, by a thread or for itself", async (t) => {
  await using ground = await Ground.create({
    real: fixture("mcp_stdio_server.ts"),
    gone: { command: "no-such-program-anywhere" },
    off: { command: "no-such-program-anywhere", enabled: false },
  });
  const { servers } = ground;
  const thread = ground.open();
  thread.start();
  const about = { threadId: THREAD_ID, server: "real" };
  await t.step("list by a thread", async () => {
    const { data, nextCursor } = await servers.list({ threadId: THREAD_ID });
    assert.equal(nextCursor, null);
    const nothing = {
      pluginId: null,
      httpOrigin: null,
      serverInfo: null,
      serverCapabilities: null,
      toolListMeta: null,
      tools: {},
      resources: [],
      resourceTemplates: [],
      authStatus: "unsupported",
    };
    const [gone, off, real] = data;
    assert.deepEqual([gone, off], [
      {
        ...nothing,
        name: "gone",
        runtimeStatus: "failed",
        toolsError:
          "MCP startup failed: No such file or directory (os error 2)",
      },
      { ...nothing, name: "off", runtimeStatus: "disabled", toolsError: null },
    ]);
    const { tools, ...rest } = real!;
    assert.deepEqual(rest, {
      name: "real",
      runtimeStatus: "connected",
      pluginId: null,
      httpOrigin: null,
      serverInfo: {
        name: "real",
        title: "Real",
        version: "1.2.3",
        description: null,
        icons: null,
        websiteUrl: null,
      },
      serverCapabilities: { tools: { listChanged: true }, resources: {} },
      toolListMeta: null,
      toolsError: null,
      resources: [{ uri: "real://a", name: "a", mimeType: "text/plain" }],
      resourceTemplates: [{ uriTemplate: "real://{x}", name: "x" }],
      authStatus: "unsupported",
    });
    assert.deepEqual(tools["echo"], {
      name: "echo",
      description: "Echoes",
      inputSchema: { type: "object", properties: {} },
      annotations: { readOnlyHint: true },
    });
  });
  await t.step("list for itself leaves no program", async () => {
    const { data } = await servers.list({
      serverName: "real",
      detail: "toolsAndAuthOnly",
    });
    assert.deepEqual(
      data.map((one) => [one.name, one.runtimeStatus, one.resources]),
      [["real", null, []]],
    );
    assert.equal(ground.programs.size, 1);
  });
  await t.step("pages", async () => {
    const page = await servers.list({ threadId: THREAD_ID, limit: 2 });
    assert.deepEqual(
      [page.data.map(({ name }) => name), page.nextCursor],
      [["gone", "off"], "2"],
    );
    const rest = await servers.list({ threadId: THREAD_ID, cursor: "2" });
    assert.deepEqual(rest.data.map(({ name }) => name), ["real"]);
    for (
      const [cursor, message] of [
        ["bad", "invalid cursor: bad"],
        ["4", "cursor 4 exceeds total MCP servers 3"],
      ]
    ) {
      await assert.rejects(
        servers.list({ threadId: THREAD_ID, cursor: cursor! }),
        { code: -32600, message: message! },
      );
    }
  });
  await t.step("read", async () => {
    const result = {
      contents: [{ uri: "real://a", text: "an a" }],
      originCallId: null,
    };
    const uri = "real://a";
    assert.deepEqual(await servers.read({ ...about, uri }, never), result);
    const alone = await servers.read({ server: "real", uri }, never);
    assert.deepEqual(alone, result);
    await assert.rejects(servers.read({ ...about, uri: "real://b" }, never), {
      code: -32002,
      message: "no such resource",
    });
    await assert.rejects(servers.read({ server: "x", uri }, never), {
      code: -32603,
      message: "unknown MCP server 'x'",
    });
  });
  await t.step("call", async () => {
    assert.deepEqual(
      await servers.call({
        ...about,
        tool: "echo",
        arguments: { a: 1 },
        _meta: { callId: "mine" },
      }, never),
      {
        content: [{ type: "text", text: 'echo {"a":1}' }],
        structuredContent: { input: { a: 1 } },
        _meta: { of: "mine" },
      },
    );
    const failed = await servers.call({ ...about, tool: "fail" }, never);
    assert.equal(failed.isError, true);
    await assert.rejects(servers.call({ ...about, tool: "nosuch" }, never), {
      code: -32602,
      message: "Unknown tool: nosuch",
    });
    await assert.rejects(
      servers.call({ ...about, server: "x", tool: "echo" }, never),
      { code: -32603, message: "unknown MCP server 'x'" },
    );
    await assert.rejects(
      servers.call({ ...about, threadId: noThread, tool: "echo" }, never),
      { code: -32600, message: `thread not found: ${noThread}` },
    );
  });
  await t.step(
    "a question during such a call goes to the followers",
    async () => {
      ground.stage.answer = () => ({ action: "cancel" });
      const { content } = await servers.call({ ...about, tool: "ask" }, never);
      assert.deepEqual(content, [{
        type: "text",
        text: '{"action":"cancel"}',
      }]);
      const [what, params] = ground.stage.told.at(-1) as [
        string,
        { turnId: unknown; threadId: unknown },
      ];
      assert.deepEqual(
        [what, params.threadId, params.turnId],
        ["question without a turn", THREAD_ID, null],
      );
    },
  );
  await t.step("login is for HTTP", async () => {
    await assert.rejects(servers.login({ name: "real" }), {
      code: -32600,
      message: "OAuth login is only supported for streamable HTTP servers.",
    });
    await assert.rejects(servers.login({ name: "x" }), {
      code: -32600,
      message: "No MCP server named 'x' found.",
    });
  });
  await t.step("consent for good is kept in the configuration", async () => {
    ground.stage.answer = () => ({
      action: "accept",
      _meta: { persist: "always" },
    });
    const output = await ground.call(thread, "write");
    assert.equal(plain(output), "Wall time: T seconds\nOutput:\nwritten");
    assert.deepEqual(ground.written, [{
      edits: [{
        keyPath: '"mcp_servers"."real"."tools"."write"."approval_mode"',
        value: "approve",
        mergeStrategy: "upsert",
      }],
    }]);
  });
});

Deno.test("McpServers over HTTP: headers, token, session, all that programs do", async () => {
  await using web = new HttpFixture({ token: "secret" });
  await using ground = await Ground.create({
    web: {
      url: web.url,
      bearer_token_env_var: "TOKEN",
      http_headers: { "x-plain": "1" },
      env_http_headers: { "x-secret": "SECRET", "x-absent": "ABSENT" },
    },
    refused: { url: web.url },
  }, { env: { TOKEN: "secret", SECRET: "s" } });
  const thread = ground.open();
  thread.start();
  await Promise.all(thread.servers.map((one) => one.settled()));
  assert.equal(thread.find("refused")!.status, "authenticationRequired");
  assert.deepEqual(
    ground.news.find(({ status }) => status === "failed"),
    {
      threadId: THREAD_ID,
      name: "refused",
      status: "failed",
      error: "The refused MCP server is not logged in. " +
        "Run `codex mcp login refused`.",
      failureReason: null,
    },
  );
  const echo = plain(await ground.call(thread, "echo", { a: 1 }));
  assert.equal(echo, 'Wall time: T seconds\nOutput:\n{"input":{"a":1}}');
  ground.stage.answer = () => ({ action: "decline" });
  assert.match(plain(await ground.call(thread, "ask")), /"decline"/);
  await ground.call(thread, "steps");
  assert.ok(
    ground.stage.told.some(([what]) => what === "item/mcpToolCall/progress"),
  );
  const sent = web.headers.at(-1)!;
  assert.deepEqual(
    ["authorization", "x-plain", "x-secret", "x-absent"]
      .map((name) => sent.get(name)),
    ["Bearer secret", "1", "s", null],
  );
  const { data } = await ground.servers.list({
    threadId: THREAD_ID,
    detail: "toolsAndAuthOnly",
  });
  assert.deepEqual(
    data.map((one) => [one.name, one.httpOrigin, one.authStatus]),
    [
      ["refused", web.origin, "unsupported"],
      ["web", web.origin, "bearerToken"],
    ],
  );
  const session = sent.get("mcp-session-id");
  assert.deepEqual(web.ended, []);
  await thread[Symbol.asyncDispose]();
  assert.deepEqual(web.ended, [session]);
});

Deno.test("McpServers over HTTP: a header that can't be sent is not told", async () => {
  await using ground = await Ground.create({
    web: {
      url: "http://127.0.0.1:1/mcp",
      env_http_headers: { "x-secret": "SECRET" },
    },
  }, { env: { SECRET: "hush\nhush" } });
  const thread = ground.open();
  thread.start();
  await thread.find("web")!.settled();
  assert.equal(
    ground.news.at(-1)!.error,
    "MCP client for `web` failed to start: MCP startup failed: " +
      'HTTP header "x-secret" can\'t be sent: its name or value is not valid',
  );
});

Deno.test("McpServers over HTTP: a failure is told in short, and without a key that it repeats", async () => {
  await using web = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async ({ headers, body }) => {
      await body?.cancel();
      const key = headers.get("authorization");
      return new Response(`${key}: ${"x".repeat(500_000)}`, { status: 500 });
    },
  );
  const url = `http://127.0.0.1:${web.addr.port}/mcp`;
  await using ground = await Ground.create({
    web: { url, bearer_token_env_var: "TOKEN" },
  }, { env: { TOKEN: "hush-hush" } });
  const thread = ground.open();
  thread.start();
  await thread.find("web")!.settled();
  const { error } = ground.news.at(-1)!;
  assert.match(error!, /Bearer \[REDACTED\]: x+…$/);
  assert.ok(error!.length < 2000);
});

Deno.test("McpServers over HTTP: a call whose answer is cut off fails at once, the next one may work", async () => {
  const results: Record<string, unknown> = {
    initialize: {
      protocolVersion: "2025-06-18",
      capabilities: { tools: {} },
      serverInfo: { name: "cut", version: "1" },
    },
    "tools/list": { tools: [{ name: "fine", inputSchema: {} }] },
  };
  let calls = 0;
  const toBody = (id: unknown, method: string): string => {
    const result = results[method] ?? { content: [] };
    const answer = `data: ${JSON.stringify({ jsonrpc: "2.0", id, result })}`;
    const isCut = method === "tools/call" && calls++ === 0;
    return isCut ? answer.slice(0, 20) : `${answer}\n\n`;
  };
  await using web = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      if (request.method !== "POST") return new Response(null, { status: 405 });
      const { id, method } = await request.json();
      return id === undefined
        ? new Response(null, { status: 202 })
        : new Response(toBody(id, method), {
          headers: { "content-type": "text/event-stream" },
        });
    },
  );
  const url = `http://127.0.0.1:${web.addr.port}/mcp`;
  await using ground = await Ground.create({ web: { url } });
  const thread = ground.open();
  await thread.find("web")!.connected();
  const asked = { threadId: THREAD_ID, server: "web", tool: "fine" };
  await assert.rejects(ground.servers.call(asked, never), {
    code: -32603,
    message: "tool call failed for `web/fine`: Transport closed",
  });
  assert.deepEqual(await ground.servers.call(asked, never), { content: [] });
});

Deno.test("McpServers.login: a person signs in, the server is reached, tokens are renewed", async () => {
  await using web = new HttpFixture({ hasOAuth: true });
  await using ground = await Ground.create({ web: { url: web.url } });
  const { servers } = ground;
  const status = async () =>
    (await servers.list({})).data.map((one) => one.authStatus);
  assert.deepEqual(await status(), ["notLoggedIn"]);
  const thread = ground.open();
  thread.start();
  await thread.find("web")!.settled();
  assert.equal(thread.find("web")!.status, "authenticationRequired");
  const { authorizationUrl, loginId } = await servers.login({
    name: "web",
    scopes: ["read", "write"],
  });
  const { searchParams } = new URL(authorizationUrl);
  assert.equal(searchParams.get("scope"), "read write");
  assert.equal(searchParams.get("code_challenge_method"), "S256");
  assert.equal(searchParams.get("resource"), web.url);
  const back = new URL(searchParams.get("redirect_uri")!);
  const stranger = await fetch(`${back}?code=evil&state=guessed`);
  assert.equal(stranger.status, 400);
  await stranger.body?.cancel();
  const page = await fetch(authorizationUrl);
  assert.equal(
    await page.text(),
    "You are signed in and can close this page.",
  );
  await ground.until(() => ground.announced.length > 0);
  const { method, params } = ground.announced[0]!;
  assert.deepEqual([method, params], ["mcpServer/oauthLogin/completed", {
    name: "web",
    threadId: null,
    loginId,
    success: true,
  }]);
  assert.deepEqual(await status(), ["oAuth"]);
  const file = `${ground.home}/.credentials.json`;
  assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
  // It is tried again by those who could not reach it.
  await thread.find("web")!.settled();
  assert.equal(thread.find("web")!.status, "connected");
  web.tokens.clear(); // they have run out
  const output = plain(await ground.call(thread, "echo"));
  assert.equal(output, 'Wall time: T seconds\nOutput:\n{"input":{}}');
  assert.equal(web.tokens.size, 1);
});

Deno.test("McpServers.login: threads that renew a login at once don't lose it", async () => {
  await using web = new HttpFixture({ hasOAuth: true, rotates: true });
  await using ground = await Ground.create({ web: { url: web.url } });
  const { authorizationUrl } = await ground.servers.login({ name: "web" });
  await (await fetch(authorizationUrl)).body?.cancel();
  await ground.until(() => ground.announced.length > 0);
  const threads = [ground.open(THREAD_ID), ground.open(noThread)];
  for (const thread of threads) await thread.find("web")!.connected();
  for (let round = 0; round < 3; round++) {
    web.tokens.clear(); // they have run out
    const outputs = await Promise.all(
      threads.map((thread) => ground.call(thread, "echo")),
    );
    assert.deepEqual(
      outputs.map(plain),
      Array(2).fill('Wall time: T seconds\nOutput:\n{"input":{}}'),
    );
    assert.equal(web.refreshTokens.size, 1);
  }
  web.tokens.clear();
  web.refreshTokens.clear(); // and that for good
  assert.match(
    plain(await ground.call(threads[0]!, "echo")),
    /The login at the MCP server has run out$/,
  );
  const file = await Deno.readTextFile(`${ground.home}/.credentials.json`);
  assert.equal(file, "{}");
});

Deno.test("McpServers.login tells why it did not work", async () => {
  await using web = new HttpFixture({ hasOAuth: true });
  await using plain = new HttpFixture();
  await using ground = await Ground.create({
    web: { url: web.url },
    plain: { url: plain.url },
  });
  const { servers } = ground;
  await assert.rejects(servers.login({ name: "plain" }), {
    code: -32603,
    message: /^failed to login to MCP server 'plain': /,
  });
  const refused = await servers.login({ name: "web" });
  const asked = new URL(refused.authorizationUrl).searchParams;
  const back = new URL(asked.get("redirect_uri")!);
  back.searchParams.set("state", asked.get("state")!);
  back.searchParams.set("error", "access_denied");
  const page = await fetch(back);
  assert.equal(page.status, 400);
  await page.body?.cancel();
  await servers.login({ name: "web", timeoutSecs: 0 });
  await ground.until(() => ground.announced.length === 2);
  const errors = ground.announced
    .map(({ params }) => params as { success: boolean; error: string })
    .map(({ success, error }) => [success, error]);
  assert.deepEqual(errors, [
    [false, "OAuth provider returned `access_denied`"],
    [false, "timed out waiting for OAuth callback"],
  ]);
  assert.deepEqual(
    (await servers.list({ serverName: "web" })).data[0]!.authStatus,
    "notLoggedIn",
  );
});

for (
  const [what, options] of [
    ["another one", { codesOf: "https://honest.test" }],
    ["one that it passes itself off as", {
      codesOf: "https://honest.test",
      issuer: "https://honest.test",
    }],
  ] as const
) {
  Deno.test(`McpServers.login gives an authorization server no code of ${what}`, async () => {
    await using web = new HttpFixture({ hasOAuth: true, ...options });
    await using ground = await Ground.create({ web: { url: web.url } });
    const { authorizationUrl } = await ground.servers.login({ name: "web" });
    await (await fetch(authorizationUrl)).body?.cancel();
    await ground.until(() => ground.announced.length > 0);
    const { error } = ground.announced[0]!.params as { error?: string };
    assert.equal(
      error,
      "another authorization server than the asked one answered",
    );
    assert.equal(web.tokens.size, 0);
  });
}

Deno.test("McpServers: a shutdown ends logins and servers", async () => {
  await using web = new HttpFixture({ hasOAuth: true });
  const ground = await Ground.create({
    web: { url: web.url },
    real: fixture("mcp_faulty_server.js", "fine"),
  });
  const thread = ground.open();
  thread.start();
  await thread.find("real")!.settled();
  await ground.servers.login({ name: "web" });
  await ground[Symbol.asyncDispose]();
  const { error } = ground.announced[0]!.params as { error?: string };
  assert.equal(error, "the server is shutting down");
  await until("no program", () => ground.programs.size === 0);
});

Deno.test("McpServers: a shutdown does not wait for who exchanges no code", async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Response>();
  await using web = new HttpFixture({
    hasOAuth: true,
    onToken: () => {
      asked.resolve();
      return answer.promise;
    },
  });
  const ground = await Ground.create({ web: { url: web.url } });
  const { authorizationUrl } = await ground.servers.login({ name: "web" });
  await (await fetch(authorizationUrl)).body?.cancel();
  await asked.promise;
  const startedAt = performance.now();
  await ground[Symbol.asyncDispose]();
  const ms = performance.now() - startedAt;
  answer.resolve(new Response());
  assert.ok(ms < 9000, `${ms} ms`); // 10,000 for an answer
  const { error } = ground.announced[0]!.params as { error?: string };
  assert.equal(error, "the server is shutting down");
});

Deno.test("McpServers.login: the resource is the one that is configured", async () => {
  await using web = new HttpFixture({ hasOAuth: true });
  const oauth_resource = "https://r.test/";
  await using ground = await Ground.create({
    web: { url: web.url, oauth_resource },
  });
  const { authorizationUrl } = await ground.servers.login({ name: "web" });
  const { searchParams } = new URL(authorizationUrl);
  assert.equal(searchParams.get("resource"), oauth_resource);
});

Deno.test("McpServers.list and login say that the configuration is broken", async () => {
  await using ground = await Ground.create({});
  ground.brokenConfig = new Error("config.toml:1:1: broken");
  const refusal = {
    code: -32603,
    message: "failed to reload config: config.toml:1:1: broken",
  };
  await assert.rejects(ground.servers.list({}), refusal);
  await assert.rejects(ground.servers.login({ name: "web" }), refusal);
});

Deno.test("McpServers.call refuses arguments that are no object", async () => {
  await using ground = await Ground.create({
    real: fixture("mcp_stdio_server.ts"),
  });
  ground.open().start();
  const about = { threadId: THREAD_ID, server: "real", tool: "echo" };
  for (const input of [[1], "x", 5, true]) {
    await assert.rejects(
      ground.servers.call({ ...about, arguments: input }, never),
      {
        code: -32603,
        message: "tool call failed for `real/echo`: MCP tool arguments must " +
          `be a JSON object, got ${JSON.stringify(input)}`,
      },
    );
  }
});

Deno.test("McpServers.prepareReload: what was read earlier undoes nothing that was read later", async () => {
  await using ground = await Ground.create({});
  const thread = ground.open();
  const read = async (...names: string[]) => {
    const mcp_servers = Object.fromEntries(
      names.map((name) => [name, { command: "none", enabled: false }]),
    );
    ground.config = new Config({ effective: { mcp_servers } });
    return await ground.servers.prepareReload();
  };
  const names = () => thread.servers.map(({ name }) => name);
  const first = await read("a");
  const second = await read("a", "b");
  second();
  assert.deepEqual(names(), ["a", "b"]);
  first();
  assert.deepEqual(names(), ["a", "b"]);
  (await read())();
  assert.deepEqual(names(), []);
});

Deno.test("McpServers.prepareReload refuses a broken configuration, with and without threads", async () => {
  await using ground = await Ground.create({});
  const refusal = {
    code: -32603,
    message: "failed to refresh MCP servers: config.toml:1:1: broken",
  };
  ground.brokenConfig = new Error("config.toml:1:1: broken");
  await assert.rejects(ground.servers.prepareReload(), refusal);
  ground.open();
  await assert.rejects(ground.servers.prepareReload(), refusal);
  ground.brokenConfig = undefined;
  (await ground.servers.prepareReload())();
});
