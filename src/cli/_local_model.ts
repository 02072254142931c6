import type { Client } from "../client/mod.ts";
import type { Invocation } from "./command.ts";

/** Who can serve a model on this machine. */
interface LocalServer {
  readonly port: number;
  /** Model that is used where none is named. */
  readonly model: string;
  /** How it is started, and how it gets a model. */
  readonly start: string;
  readonly fetch: string;
}

const SERVERS: Readonly<Record<string, LocalServer>> = {
  ollama: {
    port: 11434,
    model: "gpt-oss:20b",
    start: "ollama serve",
    fetch: "ollama pull",
  },
  lmstudio: {
    port: 1234,
    model: "openai/gpt-oss-20b",
    start: "lms server start",
    fetch: "lms get",
  },
};

/** How long a server of this machine may take to answer. */
const ANSWER_MS = 5_000;

/**
 * The model of this machine that `--oss` means; nothing without it. A model is
 * many gigabytes, so that one that is missing is not fetched unasked.
 *
 * @throws {Error} if nobody says who serves it, nobody serves, or it is missing.
 */
export async function findLocalModel(
  client: Client,
  invocation: Invocation,
  stop: AbortSignal,
): Promise<{ modelProvider?: string; model?: string }> {
  if (!invocation.has("oss")) return {};
  const modelProvider = invocation.value("local-provider") ??
    await readConfigured(client);
  if (modelProvider === undefined) {
    throw new Error(
      "No local provider: give `--local-provider ollama` or " +
        "`--local-provider lmstudio`, or set `oss_provider`",
    );
  }
  const server = SERVERS[modelProvider];
  if (server === undefined) return { modelProvider };
  const model = invocation.value("model") ?? server.model;
  const models = await listModels(modelProvider, server, stop);
  if (!models.includes(model)) {
    throw new Error(
      `Model "${model}" is not there: \`${server.fetch} ${model}\` fetches it`,
    );
  }
  return { modelProvider, model };
}

async function readConfigured(client: Client): Promise<string | undefined> {
  const { config } = await client.request("config/read", {});
  const provider = config["oss_provider"];
  return typeof provider === "string" ? provider : undefined;
}

async function listModels(
  name: string,
  { port, start }: LocalServer,
  stop: AbortSignal,
): Promise<string[]> {
  const base = Deno.env.get("CODEX_OSS_BASE_URL") ||
    `http://localhost:${Deno.env.get("CODEX_OSS_PORT") || port}/v1`;
  const signal = AbortSignal.any([stop, AbortSignal.timeout(ANSWER_MS)]);
  try {
    const answer = await fetch(`${base}/models`, { signal });
    const { data } = await answer.json();
    return data.map(({ id }: { id: string }) => id);
  } catch (error) {
    throw new Error(
      `No ${name} server answers at ${base}: \`${start}\` starts one`,
      { cause: error },
    );
  }
}
