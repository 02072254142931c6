import assert from "node:assert/strict";
import { Config, type ConfigTable } from "../config/mod.ts";
import { createFileCredentials } from "./credentials.ts";
import { findProvider, type Provider } from "./provider.ts";

type Env = Record<string, string>;

function find(
  id: string,
  effective: ConfigTable = {},
  env: Env = {},
): Provider | undefined {
  return findProvider(id, {
    config: new Config({ effective }),
    env: new Map(Object.entries(env)),
  });
}

Deno.test("findProvider reads what the configuration says", () => {
  const settings = {
    name: "X",
    base_url: "http://x/v1",
    env_key: "K",
    env_key_instructions: "I",
    experimental_bearer_token: "T",
    requires_openai_auth: true,
    query_params: { a: "1" },
    http_headers: { b: "2" },
    env_http_headers: { c: "D" },
    request_max_retries: 1,
    stream_max_retries: 2,
    stream_idle_timeout_ms: 3,
  };
  assert.deepEqual(
    structuredClone(find("x", { model_providers: { x: settings } })),
    {
      id: "x",
      name: "X",
      baseUrl: "http://x/v1",
      envKey: "K",
      envKeyInstructions: "I",
      bearerToken: "T",
      requiresOpenaiAuth: true,
      queryParams: { a: "1" },
      httpHeaders: { b: "2" },
      envHttpHeaders: { c: "D" },
      requestMaxRetries: 1,
      streamMaxRetries: 2,
      streamIdleTimeoutMs: 3,
      isBuiltIn: false,
      settings,
    },
  );
});

Deno.test("findProvider has defaults for what is left out, and bounds", () => {
  const { requestMaxRetries, streamMaxRetries, streamIdleTimeoutMs, baseUrl } =
    find("x", { model_providers: { x: {} } })!;
  assert.deepEqual(
    [requestMaxRetries, streamMaxRetries, streamIdleTimeoutMs, baseUrl],
    [4, 5, 300_000, "https://api.openai.com/v1"],
  );
  const eager = { request_max_retries: 1e9, stream_max_retries: 1e9 };
  const most = find("x", { model_providers: { x: eager } })!;
  assert.deepEqual([most.requestMaxRetries, most.streamMaxRetries], [100, 100]);
});

Deno.test("findProvider knows providers that nobody wrote down", () => {
  assert.equal(find("openai")?.baseUrl, "https://api.openai.com/v1");
  assert.equal(
    find("openai", { openai_base_url: "http://o" }, { OPENAI_BASE_URL: "no" })
      ?.baseUrl,
    "http://o",
  );
  assert.equal(find("ollama")?.baseUrl, "http://localhost:11434/v1");
  assert.equal(
    find("lmstudio", {}, { CODEX_OSS_PORT: "9" })?.baseUrl,
    "http://localhost:9/v1",
  );
  assert.equal(
    find("ollama", {}, { CODEX_OSS_BASE_URL: "http://o" })?.baseUrl,
    "http://o",
  );
  for (const id of ["nosuch", "", "__proto__", "constructor"]) {
    assert.equal(find(id), undefined);
  }
});

async function sign(
  settings: ConfigTable,
  { env = {}, auth }: { env?: Env; auth?: string } = {},
): Promise<Readonly<Record<string, string>> | string> {
  const home = await Deno.makeTempDir();
  try {
    if (auth !== undefined) await Deno.writeTextFile(`${home}/auth.json`, auth);
    const provider = find("x", { model_providers: { x: settings } })!;
    const credentials = createFileCredentials({
      home,
      env: new Map(Object.entries(env)),
    });
    return await credentials.headers(provider, {
      signal: new AbortController().signal,
    });
  } catch (error) {
    return (error as Error).message.replace(home, "HOME");
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("createFileCredentials takes the key that stands nearest", async () => {
  const auth = '{"OPENAI_API_KEY":"saved"}';
  const all = {
    env_key: "K",
    experimental_bearer_token: "written",
    requires_openai_auth: true,
  };
  const { env_key: _, ...rest } = all;
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  assert.deepEqual(await sign(all, { env: { K: "k" }, auth }), bearer("k"));
  assert.deepEqual(await sign(rest, { auth }), bearer("written"));
  const openai = { requires_openai_auth: true };
  assert.deepEqual(await sign(openai, { auth }), bearer("saved"));
  assert.deepEqual(await sign(openai), {});
  assert.deepEqual(await sign(openai, { auth: "{}" }), {});
  assert.deepEqual(await sign({}, { auth }), {});
});

Deno.test("createFileCredentials says which key is missing, and tells no key", async () => {
  assert.equal(
    await sign({ env_key: "K" }),
    "Missing environment variable: `K`.",
  );
  assert.equal(
    await sign({ env_key: "K", env_key_instructions: "Go get one." }, {
      env: { K: " " },
    }),
    "Missing environment variable: `K`. Go get one.",
  );
  assert.equal(
    await sign({ requires_openai_auth: true }, {
      auth: '{"OPENAI_API_KEY":"s',
    }),
    'Failed to read "HOME/auth.json": not JSON',
  );
  assert.equal(
    await sign({ auth: { command: "x" } }),
    'Model provider "x" signs in with "auth", which this server can\'t do',
  );
});
