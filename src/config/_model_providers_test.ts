import assert from "node:assert/strict";
import { modelProviders } from "./_model_providers.ts";
import type { TomlTable } from "./toml.ts";

const find = (providers: unknown) =>
  modelProviders.findMismatch(providers as TomlTable);

const ownKeys = (id: string, keys: string) =>
  `model_providers.${id} only supports changing ${keys}; other non-default ` +
  "provider fields are not supported";

const useless: [string, unknown, string][] = [
  [
    "without a name",
    { q: { base_url: "x" } },
    ": provider name must not be empty",
  ],
  [
    "with a blank name",
    { q: { name: " " } },
    ": provider name must not be empty",
  ],
  [
    "with keys of another kind",
    { q: { name: "Q", aws: { region: "r" } } },
    ": provider aws is only supported for `amazon-bedrock` or " +
    "`amazon-bedrock-runtime`",
  ],
  [
    "whose command is blank",
    { q: { name: "Q", auth: { command: "" } } },
    ": provider auth.command must not be empty",
  ],
  [
    "that asks in two ways",
    {
      q: {
        name: "Q",
        auth: { command: "c" },
        env_key: "K",
        requires_openai_auth: true,
      },
    },
    ": provider auth cannot be combined with env_key, requires_openai_auth",
  ],
];
for (const [what, providers, flaw] of useless) {
  Deno.test(`modelProviders refuses a provider ${what}`, () => {
    assert.deepEqual(find(providers), {
      path: [],
      message: `model_providers.q${flaw}`,
    });
  });
}

Deno.test("modelProviders refuses changes of built-in providers", () => {
  assert.equal(
    find({ openai: { name: "X" }, q: { name: "Q" }, ollama: {} })?.message,
    "model_providers contains reserved built-in provider IDs: `ollama`, " +
      "`openai`. Built-in providers cannot be overridden. Rename your custom " +
      "provider (for example, `openai-custom`).",
  );
  assert.equal(
    find({ "amazon-bedrock": { name: "X" } })?.message,
    ownKeys(
      "amazon-bedrock",
      "`base_url`, `auth`, `http_headers`, `aws.profile`, `aws.region`, " +
        "`aws.credential_export`, and `aws.auth_refresh`",
    ),
  );
  assert.equal(
    find({ gcp: { env_key: "X" } })?.message,
    ownKeys(
      "gcp",
      "`base_url`, `auth`, `http_headers`, `project_id`, `location`, and " +
        "`credential_file`",
    ),
  );
});

Deno.test("modelProviders takes what can be used", () => {
  assert.equal(
    find({
      q: {
        name: "Q",
        auth: { command: "c", timeout_ms: 1n },
        requires_openai_auth: false,
        capabilities: { remote_compaction: "v2", anything: 1n },
        wire_api: "responses",
      },
      "amazon-bedrock": { aws: { region: "r" }, base_url: "x" },
      gcp: { project_id: "p" },
    }),
    undefined,
  );
});

const mistyped: [unknown, string[], string][] = [
  [
    { wire_api: 5n },
    ["wire_api"],
    "invalid type: integer `5`, expected a string",
  ],
  [
    { wire_api: { responses: {} } },
    ["wire_api"],
    "invalid type: map, expected a string",
  ],
  [
    { wire_api: "soap" },
    ["wire_api"],
    "unknown variant `soap`, expected `responses`",
  ],
  [
    { wire_api: "chat" },
    ["wire_api"],
    '`wire_api = "chat"` is no longer supported.\nHow to fix: set ' +
    '`wire_api = "responses"` in your provider config.',
  ],
  [
    { capabilities: { remote_compaction: "x" } },
    ["capabilities", "remote_compaction"],
    "unknown variant `x`, expected `unsupported` or `v2`",
  ],
  [
    { auth: { command: "c", timeout_ms: 0n } },
    ["auth", "timeout_ms"],
    "invalid value: integer `0`, expected a nonzero u64",
  ],
  [
    { aws: { region: 5n } },
    ["aws", "region"],
    "invalid type: integer `5`, expected a string",
  ],
];
for (const [provider, path, message] of mistyped) {
  Deno.test(`modelProviders says of ${path.join(".")}: ${message.split("\n")[0]}`, () => {
    assert.deepEqual(find({ q: provider }), { path: ["q", ...path], message });
  });
}
