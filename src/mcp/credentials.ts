import type {
  OAuthClientInformationMixed,
  OAuthTokens,
} from "@modelcontextprotocol/sdk/shared/auth";
import type { HttpPlace } from "./server_config.ts";

/** What is kept of a login. */
export interface Credential {
  readonly tokens: OAuthTokens;
  /** What this server is at the authorization server. */
  readonly client: OAuthClientInformationMixed;
}

/** Which server a login is for. */
export interface CredentialKey {
  readonly name: string;
  readonly place: HttpPlace;
}

const FILE = "gangway_mcp_credentials.json";

/**
 * Logins at MCP servers: a file that only its owner may read. A login is for a
 * name and an address, so that nobody gets it who is put in their place.
 */
export class Credentials {
  readonly #path: string;
  #last: Promise<unknown> = Promise.resolve();

  /** @param home Absolute path of the directory that the file lies in. */
  constructor(home: string) {
    this.#path = `${home}/${FILE}`;
  }

  /** The login at a server, if there is one. */
  async get(key: CredentialKey): Promise<Credential | undefined> {
    return (await this.#read())[toText(key)];
  }

  /** Keeps a login. */
  async set(key: CredentialKey, credential: Credential): Promise<void> {
    await this.#change((all) => all[toText(key)] = credential);
  }

  /** Forgets a login. */
  async delete(key: CredentialKey): Promise<void> {
    await this.#change((all) => delete all[toText(key)]);
  }

  async #change(
    change: (all: Record<string, Credential>) => void,
  ): Promise<void> {
    const done = this.#last.then(async () => {
      const all = await this.#read();
      change(all);
      const text = `${JSON.stringify(all, null, 2)}\n`;
      const part = `${this.#path}.${crypto.randomUUID()}`;
      await Deno.writeTextFile(part, text, { mode: 0o600, createNew: true });
      await Deno.rename(part, this.#path);
    });
    this.#last = done.catch(() => {});
    await done;
  }

  async #read(): Promise<Record<string, Credential>> {
    try {
      return JSON.parse(await Deno.readTextFile(this.#path));
    } catch (error) {
      if (
        error instanceof Deno.errors.NotFound || error instanceof SyntaxError
      ) return {};
      throw error;
    }
  }
}

function toText({ name, place }: CredentialKey): string {
  return JSON.stringify([name, place.url]);
}
