import {
  anything,
  boolean,
  integer,
  type Kind,
  listOf,
  mapOf,
  oneOf,
  openTable,
  path,
  record,
  string,
  word,
} from "./_schema.ts";
import { isTable, type TomlTable, type TomlValue } from "./toml.ts";

const u64 = integer("u64", 0n, 2n ** 64n - 1n);
const positiveU64 = integer("a nonzero u64", 1n, 2n ** 64n - 1n);
const strings = listOf(string);
const textMap = mapOf(string);

const modelProvider = record({
  name: string,
  base_url: string,
  model_catalog_url: string,
  env_key: string,
  env_key_instructions: string,
  experimental_bearer_token: string,
  auth: record({
    command: string,
    args: strings,
    timeout_ms: positiveU64,
    refresh_interval_ms: u64,
    cwd: path,
  }, {
    required: ["command"],
    defaults: { args: [], timeout_ms: 5_000, refresh_interval_ms: 300_000 },
  }),
  gateway_oauth: openTable,
  aws: record({
    profile: string,
    region: string,
  }, { others: anything }),
  project_id: string,
  location: string,
  credential_file: path,
  wire_api: word(["responses"], {
    chat: '`wire_api = "chat"` is no longer supported.\nHow to fix: set ' +
      '`wire_api = "responses"` in your provider config.',
  }),
  // Its other keys are not known.
  capabilities: record({
    remote_compaction: oneOf(["unsupported", "v2"]),
  }, { others: anything }),
  query_params: textMap,
  http_headers: textMap,
  env_http_headers: textMap,
  request_max_retries: u64,
  stream_max_retries: u64,
  stream_idle_timeout_ms: u64,
  websocket_connect_timeout_ms: u64,
  requires_openai_auth: boolean,
  supports_websockets: boolean,
  supports_standalone_web_search: boolean,
}, {
  defaults: {
    wire_api: "responses",
    requires_openai_auth: false,
    supports_websockets: false,
    supports_standalone_web_search: false,
  },
});

/** Providers whose settings nobody may change. */
const fixed = ["lmstudio", "ollama", "openai"];

/** What may be changed of other built-in ones. */
const changeable: Readonly<Record<string, readonly string[]>> = {
  "amazon-bedrock": ["base_url", "auth", "http_headers", "aws"],
  "amazon-bedrock-runtime": ["base_url", "auth", "http_headers", "aws"],
  gcp: [
    "base_url",
    "auth",
    "http_headers",
    "project_id",
    "location",
    "credential_file",
  ],
};

/** The same as people are told it. */
const changeableNames: Readonly<Record<string, readonly string[]>> = {
  aws: [
    "aws.profile",
    "aws.region",
    "aws.credential_export",
    "aws.auth_refresh",
  ],
};

/** `[model_providers]`. */
export const modelProviders: Kind = mapOf(modelProvider, {
  rule(providers) {
    const names = Object.keys(providers).sort();
    const reserved = names.filter((name) => fixed.includes(name))
      .map((name) => `\`${name}\``);
    if (reserved.length > 0) {
      return `model_providers contains reserved built-in provider IDs: ${
        reserved.join(", ")
      }. Built-in providers cannot be overridden. Rename your custom provider ` +
        "(for example, `openai-custom`).";
    }
    for (const name of names) {
      const provider = providers[name];
      const flaw = isTable(provider) ? findFlaw(name, provider) : undefined;
      if (flaw !== undefined) return `model_providers.${name}${flaw}`;
    }
    return undefined;
  },
});

/** Keys that say who asks, as a command of the user's does. */
const credentials:
  readonly (readonly [string, (value: TomlValue) => boolean])[] = [
    ["env_key", () => true],
    ["experimental_bearer_token", () => true],
    ["requires_openai_auth", (value) => value === true],
  ];

/** Why a provider is of no use, though all of its values fit. */
function findFlaw(name: string, provider: TomlTable): string | undefined {
  if (Object.hasOwn(changeable, name)) {
    const allowed = changeable[name]!;
    if (Object.keys(provider).every((key) => allowed.includes(key))) {
      return undefined;
    }
    const told = allowed.flatMap((key) => changeableNames[key] ?? [key])
      .map((key) => `\`${key}\``);
    return ` only supports changing ${told.slice(0, -1).join(", ")}, and ${
      told.at(-1)
    }; other non-default provider fields are not supported`;
  }
  const { auth, aws } = provider;
  if (aws !== undefined) {
    return ": provider aws is only supported for `amazon-bedrock` or " +
      "`amazon-bedrock-runtime`";
  }
  if (isBlank(provider.name)) return ": provider name must not be empty";
  if (!isTable(auth)) return undefined;
  if (isBlank(auth.command)) {
    return ": provider auth.command must not be empty";
  }
  const others = credentials.flatMap(([key, counts]) => {
    const value = provider[key];
    return value !== undefined && counts(value) ? [key] : [];
  });
  return others.length === 0
    ? undefined
    : `: provider auth cannot be combined with ${others.join(", ")}`;
}

function isBlank(value: TomlValue | undefined): boolean {
  return typeof value !== "string" || value.trim() === "";
}

/** Providers that are there without being written down. */
export const builtInModelProviders: ReadonlySet<string> = new Set([
  "amazon-bedrock",
  "amazon-bedrock-runtime",
  "gcp",
  "lmstudio",
  "ollama",
  "openai",
]);
