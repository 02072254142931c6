import type { Config, ConfigTable, ConfigValue } from "../config/mod.ts";

/** Where models are asked, and how. */
export interface Provider {
  /** Its key in `model_providers`. */
  readonly id: string;
  /** Its name for people. */
  readonly name: string;
  /** What `/responses` is put behind. */
  readonly baseUrl: string;
  /** Variable of the environment that holds its key. */
  readonly envKey: string | undefined;
  /** How to come by such a key. */
  readonly envKeyInstructions: string | undefined;
  /** Its key, written down in the configuration. */
  readonly bearerToken: string | undefined;
  /** Whether it takes the key or the account of the user's sign-in. */
  readonly requiresOpenaiAuth: boolean;
  /** What stands in every query. */
  readonly queryParams: Readonly<Record<string, string>>;
  /** Headers of every request. */
  readonly httpHeaders: Readonly<Record<string, string>>;
  /** Headers whose values stand in variables of the environment. */
  readonly envHttpHeaders: Readonly<Record<string, string>>;
  /** How often a request that got no stream is repeated in silence. */
  readonly requestMaxRetries: number;
  /** How often a stream that broke is asked for again. */
  readonly streamMaxRetries: number;
  /** Milliseconds of silence after which a stream counts as broken. */
  readonly streamIdleTimeoutMs: number;
  /** Whether it is there without being written down. */
  readonly isBuiltIn: boolean;
  /** All that the configuration says of it. */
  readonly settings: ConfigTable;
}

const defaults = {
  requestMaxRetries: 4,
  streamMaxRetries: 5,
  streamIdleTimeoutMs: 300_000,
} as const;

/** Nobody waits for more attempts than that. */
const mostRetries = 100;

const openaiUrl = "https://api.openai.com/v1";

/** What every provider has that says nothing. */
const empty: ConfigTable = Object.freeze(Object.create(null));

/**
 * Looks up a provider in `model_providers`, or among those that are there by
 * themselves: `openai` (its address can be set with `openai_base_url`),
 * `ollama` and `lmstudio` (with `CODEX_OSS_BASE_URL` or `CODEX_OSS_PORT`).
 *
 * @returns Nothing if there is none of that name.
 */
export function findProvider(
  id: string,
  { config, env }: {
    readonly config: Config;
    readonly env: { get(name: string): string | undefined };
  },
): Provider | undefined {
  const builtIn = toBuiltIn(id, config, env);
  if (builtIn !== undefined) return builtIn;
  const settings = config.get(["model_providers", id]);
  return isTable(settings) ? toProvider(id, settings) : undefined;
}

function toProvider(id: string, settings: ConfigTable): Provider {
  const text = (key: string): string | undefined => {
    const value = settings[key];
    return typeof value === "string" ? value : undefined;
  };
  const retries = (key: string, fallback: number): number =>
    Math.min(toCount(settings[key], fallback), mostRetries);
  return {
    id,
    name: text("name") ?? id,
    baseUrl: text("base_url") ?? openaiUrl,
    envKey: text("env_key"),
    envKeyInstructions: text("env_key_instructions"),
    bearerToken: text("experimental_bearer_token"),
    requiresOpenaiAuth: settings["requires_openai_auth"] === true,
    queryParams: toTexts(settings["query_params"]),
    httpHeaders: toTexts(settings["http_headers"]),
    envHttpHeaders: toTexts(settings["env_http_headers"]),
    requestMaxRetries: retries(
      "request_max_retries",
      defaults.requestMaxRetries,
    ),
    streamMaxRetries: retries("stream_max_retries", defaults.streamMaxRetries),
    streamIdleTimeoutMs: toCount(
      settings["stream_idle_timeout_ms"],
      defaults.streamIdleTimeoutMs,
    ),
    isBuiltIn: false,
    settings,
  };
}

function toBuiltIn(
  id: string,
  config: Config,
  env: { get(name: string): string | undefined },
): Provider | undefined {
  switch (id) {
    case "openai": {
      const url = config.get("openai_base_url");
      return {
        ...toProvider(id, empty),
        name: "OpenAI",
        baseUrl: typeof url === "string" && url !== "" ? url : openaiUrl,
        requiresOpenaiAuth: true,
        envHttpHeaders: {
          "OpenAI-Organization": "OPENAI_ORGANIZATION",
          "OpenAI-Project": "OPENAI_PROJECT",
        },
        isBuiltIn: true,
      };
    }
    case "ollama":
      return toLocal(id, "Ollama", 11434, env);
    case "lmstudio":
      return toLocal(id, "LM Studio", 1234, env);
    default:
      return undefined;
  }
}

function toLocal(
  id: string,
  name: string,
  port: number,
  env: { get(name: string): string | undefined },
): Provider {
  const baseUrl = env.get("CODEX_OSS_BASE_URL") ||
    `http://localhost:${env.get("CODEX_OSS_PORT") || port}/v1`;
  return { ...toProvider(id, empty), name, baseUrl, isBuiltIn: true };
}

function isTable(value: ConfigValue | undefined): value is ConfigTable {
  return typeof value === "object" && !Array.isArray(value);
}

function toCount(value: ConfigValue | undefined, fallback: number): number {
  return typeof value === "number" && value >= 0 ? value : fallback;
}

function toTexts(value: ConfigValue | undefined): Record<string, string> {
  const texts: Record<string, string> = Object.create(null);
  if (!isTable(value)) return texts;
  for (const [key, text] of Object.entries(value)) {
    if (typeof text === "string") texts[key] = text;
  }
  return texts;
}
