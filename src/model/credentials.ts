import { ModelError } from "./model.ts";
import type { Provider } from "./provider.ts";

/** How long an operation may take. */
export interface CredentialOptions {
  /** Stops waiting. */
  readonly signal: AbortSignal;
}

/** A request that was refused, and how long asking why may take. */
export interface RefusedOptions extends CredentialOptions {
  /** The headers that it was signed in with. */
  readonly refused: Readonly<Record<string, string>>;
}

/** Where the keys of providers come from. */
export interface Credentials {
  /**
   * Headers that sign a request in, such as `authorization`; none if the
   * provider wants none. Asked before every request.
   *
   * @throws {ModelError} if there has to be a key and there is none.
   */
  headers(
    provider: Provider,
    options: CredentialOptions,
  ): Promise<Readonly<Record<string, string>>>;
  /**
   * Told of a 401.
   *
   * @returns Whether to ask once more, for the key is another one by now.
   * @throws {ModelError} if it could not be renewed.
   */
  onUnauthorized?(
    provider: Provider,
    options: RefusedOptions,
  ): Promise<boolean>;
  /**
   * Where a request goes in place of the provider's address, if the account
   * that signs it in says so.
   *
   * @throws {ModelError} if that can't be found out.
   */
  baseUrl?(
    provider: Provider,
    options: CredentialOptions,
  ): Promise<string | undefined>;
}

/** Where {@linkcode createFileCredentials} looks. */
export interface FileCredentialsOptions {
  /** Directory that holds `auth.json`. */
  readonly home: string;
  /** The environment. */
  readonly env: { get(name: string): string | undefined };
}

/** Ways to sign in that take more than a key. */
const otherWays = ["auth", "gateway_oauth", "aws", "credential_file"] as const;

/**
 * Keys as they are written down: in the variable that the provider names
 * (`env_key`), in the configuration (`experimental_bearer_token`), or, for
 * providers with `requires_openai_auth`, in `auth.json`.
 */
export function createFileCredentials(
  { home, env }: FileCredentialsOptions,
): Credentials {
  return {
    async headers(provider, { signal }) {
      const key = readEnvKey(provider, env) ?? provider.bearerToken ??
        (provider.requiresOpenaiAuth
          ? await readSavedKey(home, signal)
          : undefined);
      if (key !== undefined) return { authorization: `Bearer ${key}` };
      const way = otherWays.find((name) => name in provider.settings);
      if (way === undefined) return {};
      throw new ModelError(
        `Model provider "${provider.id}" signs in with "${way}", which this server can't do`,
        { info: "other" },
      );
    },
  };
}

function readEnvKey(
  { envKey, envKeyInstructions }: Provider,
  env: { get(name: string): string | undefined },
): string | undefined {
  if (envKey === undefined) return undefined;
  const key = env.get(envKey)?.trim();
  if (key) return key;
  const advice = envKeyInstructions === undefined
    ? ""
    : ` ${envKeyInstructions}`;
  throw new ModelError(
    `Missing environment variable: \`${envKey}\`.${advice}`,
    { info: "other" },
  );
}

async function readSavedKey(
  home: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(`${home}/auth.json`, { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new ModelError(`Failed to read "${home}/auth.json"`, {
      info: "other",
      cause: error,
    });
  }
  try {
    const key = JSON.parse(text)?.OPENAI_API_KEY;
    return typeof key === "string" && key !== "" ? key : undefined;
  } catch {
    // What stands in it is a secret, also when it is cut in half.
    throw new ModelError(`Failed to read "${home}/auth.json": not JSON`, {
      info: "other",
    });
  }
}
