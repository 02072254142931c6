import type { Config, ConfigTable, ConfigValue } from "../config/mod.ts";
import {
  type ConfigBatchWriteParams,
  type ConfigWriteResponse,
  type CustomGatewaySettingsPatch,
  type GatewayAuth,
  type JsonValue,
  type ModelProviderConfigWriteParams,
  type ModelProviderConfigWriteResponse,
  type ModelProviderListResponse,
  type ModelProviderSummary,
  RpcError,
} from "../protocol/mod.ts";

/** The configuration, as far as providers are changed in it. */
export interface ProviderConfiguration {
  /** As it is now. */
  readConfig(): Promise<Config>;
  /** Changes the user's file. */
  write(params: ConfigBatchWriteParams): Promise<ConfigWriteResponse>;
}

/** Providers that are there by themselves, or mean something of their own. */
const reserved: readonly string[] = [
  "openai",
  "ollama",
  "lmstudio",
  "amazon-bedrock",
  "amazon-bedrock-runtime",
  "gcp",
];

/** Keys of a provider that sign requests in. */
const authKeys = [
  "experimental_bearer_token",
  "auth",
  "gateway_oauth",
  "aws",
  "http_headers",
  "env_http_headers",
] as const;

/** What `modelProvider/list` answers. No secret is in it. */
export function offerProviders(config: Config): ModelProviderListResponse {
  const chosen = config.get("model_provider");
  const defaultProviderId = typeof chosen === "string" ? chosen : "openai";
  const custom = Object.entries(toTable(config.get("model_providers")))
    .filter(([id]) => !reserved.includes(id))
    .map(([id, settings]) => toSummary(id, toTable(settings)));
  const openai: ModelProviderSummary = {
    id: "openai",
    name: "OpenAI",
    canEdit: false,
    baseUrl: null,
    settings: { type: "openai" },
  };
  return {
    data: [...custom, openai].sort((a, b) => a.id < b.id ? -1 : 1),
    defaultProviderId,
    canChangeDefault: true,
  };
}

function toSummary(id: string, settings: ConfigTable): ModelProviderSummary {
  const { name, base_url: url } = settings;
  return {
    id,
    name: typeof name === "string" && name !== "" ? name : id,
    canEdit: true,
    baseUrl: typeof url === "string" && isPlainUrl(url) ? url : null,
    settings: { type: "customGateway", auth: toAuth(settings) },
  };
}

/** Only a plain address that only a key of the environment signs in at. */
function toAuth(settings: ConfigTable): GatewayAuth {
  const { env_key: envKey, base_url: url } = settings;
  const key = typeof envKey === "string" ? envKey : null;
  const isPlain = typeof url !== "string" || isPlainUrl(url);
  const isExternal = !isPlain || settings["requires_openai_auth"] === true ||
    authKeys.some((name) => settings[name] !== undefined);
  if (isExternal) return { mode: "externallyConfigured", envKey: key };
  return key === null
    ? { mode: "none" }
    : { mode: "environmentVariable", envKey: key };
}

/**
 * What `modelProvider/config/write` does: a gateway is changed, or added.
 *
 * @throws {RpcError} if that can't be; providers in clouds can't be set up here.
 */
export async function writeProvider(
  configuration: ProviderConfiguration,
  { settings: patch }: ModelProviderConfigWriteParams,
): Promise<ModelProviderConfigWriteResponse> {
  if (patch.type !== "customGateway") {
    throw refusal("This server can't reach models in that cloud");
  }
  const { data } = offerProviders(await configuration.readConfig());
  check(patch, data);
  const name = patch.name?.trim();
  const id = patch.providerId ?? toFreeId(name!, data);
  const isNew = patch.providerId == null;
  const values: Record<string, JsonValue> = {
    ...(isNew && { wire_api: "responses" }),
    ...(name !== undefined && { name }),
    ...(patch.baseUrl !== undefined && { base_url: patch.baseUrl }),
    ...(patch.envKey !== undefined && { env_key: patch.envKey }),
  };
  await configuration.write({
    edits: Object.entries(values)
      .filter(([, value]) => !isNew || value !== null)
      .map(([key, value]) => ({
        keyPath: `model_providers.${JSON.stringify(id)}.${key}`,
        value,
        mergeStrategy: "replace" as const,
      })),
    filePath: null,
    expectedVersion: null,
  });
  const provider = offerProviders(await configuration.readConfig()).data
    .find((one) => one.id === id);
  if (provider !== undefined) return { provider };
  throw RpcError.internal(`Provider "${id}" was written, but is not there`);
}

function check(
  { providerId, name, baseUrl, envKey }: CustomGatewaySettingsPatch,
  known: readonly ModelProviderSummary[],
): void {
  if (providerId != null && reserved.includes(providerId)) {
    throw refusal("A custom provider can't have the id of a built-in one");
  }
  const provider = known.find(({ id }) => id === providerId);
  if (providerId != null && provider === undefined) {
    throw refusal("Unknown provider ID.", "configPathNotFound");
  }
  if (typeof baseUrl === "string" && !isPlainUrl(baseUrl)) {
    throw refusal(
      "Enter an HTTP(S) base URL without credentials, a query, or a fragment.",
    );
  }
  if (typeof envKey === "string" && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(envKey)) {
    throw refusal("Invalid API key environment variable name.");
  }
  if (name === undefined ? provider === undefined : name.trim() === "") {
    throw refusal("Enter a provider name.");
  }
  if (provider === undefined && baseUrl == null) {
    throw refusal("A base URL is required to create a custom provider.");
  }
  const isExternal = provider?.settings.type === "customGateway" &&
    provider.settings.auth.mode === "externallyConfigured";
  if (isExternal && envKey !== undefined) {
    throw refusal(
      "Authentication is configured externally. Omit envKey to preserve it.",
    );
  }
}

function toFreeId(
  name: string,
  known: readonly ModelProviderSummary[],
): string {
  const stem = name.toLowerCase().replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "") || "provider";
  const taken = new Set([...reserved, ...known.map(({ id }) => id)]);
  let id = stem;
  for (let count = 2; taken.has(id); count++) id = `${stem}-${count}`;
  return id;
}

function isPlainUrl(text: string): boolean {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return false;
  }
  return /^https?:$/.test(url.protocol) && url.username === "" &&
    url.password === "" && !/[?#]/.test(text);
}

function toTable(value: ConfigValue | undefined): ConfigTable {
  return typeof value === "object" && !Array.isArray(value) ? value : {};
}

function refusal(
  message: string,
  code = "configValidationError",
): RpcError {
  return RpcError.invalidRequest(message, { config_write_error_code: code });
}
