import assert from "node:assert/strict";
import { Config, type ConfigTable } from "../config/mod.ts";
import {
  type ConfigEdit,
  type CustomGatewaySettingsPatch,
  RpcError,
} from "../protocol/mod.ts";
import { offerModels } from "./offer_models.ts";
import { offerProviders, writeProvider } from "./offer_providers.ts";

const env = { get: () => undefined };
const options = { config: new Config(), env };

function refusal(message: string, code?: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof RpcError);
    assert.deepEqual([error.code, error.message], [-32600, message]);
    const data = code && { config_write_error_code: code };
    assert.deepEqual(error.data, data);
    return true;
  };
}

Deno.test("model/list: an old client of the vendor's hears only of efforts that it knows", () => {
  const efforts = (name: string, version: string): Set<string> =>
    new Set(
      offerModels({}, { ...options, client: { name, version } }).data
        .flatMap(({ supportedReasoningEfforts }) =>
          supportedReasoningEfforts.map(({ reasoningEffort }) =>
            reasoningEffort
          )
        ),
    );
  const old = new Set(["low", "medium", "high", "xhigh"]);
  const all = new Set([...old, "max", "ultra"]);
  assert.deepEqual(efforts("codex-tui", "0.133.0"), old);
  assert.deepEqual(efforts("codex-tui", "0.148.2"), old);
  assert.deepEqual(efforts("codex-tui", "0.149.0"), all);
  assert.deepEqual(efforts("codex-tui", "1.0.0"), all);
  assert.deepEqual(efforts("other", "0.1.0"), all);
});

Deno.test("model/list: all pages together are the list, with one default", () => {
  const all = offerModels({}, options);
  assert.equal(all.nextCursor, null);
  assert.equal(all.data.filter(({ isDefault }) => isDefault).length, 1);
  assert.ok(all.data.every(({ hidden }) => !hidden));
  for (const limit of [0, 1, 2, 1000]) {
    const paged = [];
    let cursor: string | null = null;
    do {
      const page = offerModels({ cursor, limit }, options);
      paged.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor !== null);
    assert.deepEqual(paged, all.data);
  }
  const hidden = offerModels({ includeHidden: true }, options).data;
  assert.ok(hidden.length > all.data.length);
});

Deno.test("model/list: wrong cursors and providers are refused", () => {
  const count = offerModels({}, options).data.length;
  for (const cursor of ["bad", "-1", "1.5", ""]) {
    assert.throws(
      () => offerModels({ cursor }, options),
      refusal(`invalid cursor: ${cursor}`),
    );
  }
  assert.throws(
    () => offerModels({ cursor: "99" }, options),
    refusal(`cursor 99 exceeds total models ${count}`),
  );
  assert.throws(() => offerModels({ modelProvider: "nope" }, options), {
    code: -32600,
    data: { type: "modelProviderNotConfigured", modelProvider: "nope" },
  });
  assert.equal(
    offerModels({ modelProvider: "openai" }, options).data.length,
    count,
  );
});

const providers: ConfigTable = {
  plain: { name: "Plain", base_url: "https://h.example/v1", env_key: "KEY" },
  bare: {},
  query: { base_url: "https://h.example/v1?key=s3cret", env_key: "KEY" },
  person: { base_url: "https://me:s3cret@h.example/v1" },
  bearer: { experimental_bearer_token: "s3cret" },
  header: {
    base_url: "http://h/v1",
    http_headers: { authorization: "s3cret" },
  },
  account: { requires_openai_auth: true },
};

Deno.test("modelProvider/list: tells addresses and keys only where no secret can be", () => {
  const listed = offerProviders(
    new Config({
      effective: { model_provider: "plain", model_providers: providers },
    }),
  );
  assert.ok(!JSON.stringify(listed).includes("s3cret"));
  const external = { mode: "externallyConfigured" };
  assert.deepEqual(
    listed.data.map(({ id, baseUrl, settings }) => [
      id,
      baseUrl,
      settings.type === "customGateway" ? settings.auth : settings.type,
    ]),
    [
      ["account", null, { ...external, envKey: null }],
      ["bare", null, { mode: "none" }],
      ["bearer", null, { ...external, envKey: null }],
      ["header", "http://h/v1", { ...external, envKey: null }],
      ["openai", null, "openai"],
      ["person", null, { ...external, envKey: null }],
      [
        "plain",
        "https://h.example/v1",
        { mode: "environmentVariable", envKey: "KEY" },
      ],
      ["query", null, { ...external, envKey: "KEY" }],
    ],
  );
  assert.equal(listed.defaultProviderId, "plain");
});

/** A configuration that keeps what is written. */
function createFile(effective: ConfigTable) {
  const edits: (readonly ConfigEdit[])[] = [];
  return {
    edits,
    readConfig: () => Promise.resolve(new Config({ effective })),
    write: (params: { edits: ConfigEdit[] }) => {
      edits.push(params.edits);
      for (const { keyPath, value } of params.edits) {
        const [, id, key] = /^model_providers\."(.+)"\.(\w+)$/.exec(keyPath)!;
        const table = effective["model_providers"] as ConfigTable;
        const provider = (table[id!] ??= {}) as ConfigTable;
        if (value === null) delete provider[key!];
        else provider[key!] = value as string;
      }
      return Promise.resolve({
        status: "ok" as const,
        version: "1",
        filePath: "/config.toml",
        overriddenMetadata: null,
      });
    },
  };
}

function patch(
  settings: Omit<CustomGatewaySettingsPatch, "type">,
): { settings: CustomGatewaySettingsPatch } {
  return { settings: { type: "customGateway", ...settings } };
}

Deno.test("modelProvider/config/write: a new gateway gets a name of its own", async () => {
  const file = createFile({ model_providers: { "new-one": {} } });
  const written = await writeProvider(
    file,
    patch({ name: " New one! ", baseUrl: "https://h.example", envKey: null }),
  );
  assert.deepEqual(written.provider, {
    id: "new-one-2",
    name: "New one!",
    canEdit: true,
    baseUrl: "https://h.example",
    settings: { type: "customGateway", auth: { mode: "none" } },
  });
  assert.deepEqual(
    file.edits[0]!.map(({ keyPath, value }) => [keyPath, value]),
    [
      ['model_providers."new-one-2".wire_api', "responses"],
      ['model_providers."new-one-2".name', "New one!"],
      ['model_providers."new-one-2".base_url', "https://h.example"],
    ],
  );
});

Deno.test("modelProvider/config/write: what is left out stays, null takes away", async () => {
  const file = createFile({
    model_providers: structuredClone({ plain: providers["plain"]! }),
  });
  const change = (settings: Omit<CustomGatewaySettingsPatch, "type">) =>
    writeProvider(file, patch({ providerId: "plain", ...settings }));
  const named = await change({ name: "Other" });
  assert.deepEqual(named.provider.settings, {
    type: "customGateway",
    auth: { mode: "environmentVariable", envKey: "KEY" },
  });
  const cleared = await change({ envKey: null, baseUrl: null });
  assert.deepEqual(cleared.provider, {
    id: "plain",
    name: "Other",
    canEdit: true,
    baseUrl: null,
    settings: { type: "customGateway", auth: { mode: "none" } },
  });
});

Deno.test("modelProvider/config/write: nonsense is refused, and nothing written", async () => {
  const file = createFile({ model_providers: structuredClone(providers) });
  const invalid = "configValidationError";
  const url =
    "Enter an HTTP(S) base URL without credentials, a query, or a fragment.";
  const cases: [Omit<CustomGatewaySettingsPatch, "type">, string, string][] = [
    [{}, "Enter a provider name.", invalid],
    [{ name: "  " }, "Enter a provider name.", invalid],
    [{ name: "x", baseUrl: "nonsense" }, url, invalid],
    [{ name: "x", baseUrl: "https://u:p@h" }, url, invalid],
    [{ name: "x", baseUrl: "https://h/#f" }, url, invalid],
    [{ name: "x", baseUrl: "file:///etc" }, url, invalid],
    [
      { name: "x", envKey: "no key" },
      "Invalid API key environment variable name.",
      invalid,
    ],
    [
      { name: "x" },
      "A base URL is required to create a custom provider.",
      invalid,
    ],
    [{ providerId: "nope" }, "Unknown provider ID.", "configPathNotFound"],
    [
      { providerId: "openai", name: "x" },
      "A custom provider can't have the id of a built-in one",
      invalid,
    ],
    [
      { providerId: "bearer", envKey: null },
      "Authentication is configured externally. Omit envKey to preserve it.",
      invalid,
    ],
  ];
  for (const [settings, message, code] of cases) {
    await assert.rejects(
      writeProvider(file, patch(settings)),
      refusal(message, code),
    );
  }
  await assert.rejects(
    writeProvider(file, { settings: { type: "gcp", providerId: "gcp" } }),
    refusal("This server can't reach models in that cloud", invalid),
  );
  assert.deepEqual(file.edits, []);
});
