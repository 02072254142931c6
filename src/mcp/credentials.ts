import type {
  OAuthClientInformationMixed,
  OAuthTokens,
} from "@modelcontextprotocol/sdk/shared/auth";
import type { HttpPlace } from "./server_place.ts";

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

const FILE = ".credentials.json";
const LOCK = "mcp-oauth-locks/file-store.lock";

/** A login as it stands in the file. */
interface Entry {
  readonly server_name: string;
  readonly server_url: string;
  /** The authorization server that both are for, and nobody else. */
  readonly issuer?: string;
  readonly client_id: string;
  readonly client_secret?: string;
  readonly access_token: string;
  /** Milliseconds since 1970; null if it never runs out. */
  readonly expires_at: number | null;
  readonly refresh_token: string | null;
  readonly scopes: readonly string[];
}

type Entries = Record<string, Entry>;

/**
 * Logins at MCP servers: a file that only its owner may read, and that other
 * servers of the protocol know as well. A login is for a name and an address, so
 * that nobody gets it who is put in their place.
 */
export class Credentials {
  readonly #home: string;
  #last: Promise<unknown> = Promise.resolve();
  /** When those who work at a login are done, by the login. */
  readonly #turns = new Map<string, Promise<void>>();

  /** @param home Absolute path of the directory that the file lies in. */
  constructor(home: string) {
    this.#home = home;
  }

  /** The login at a server, if there is one. */
  async get(key: CredentialKey): Promise<Credential | undefined> {
    const entry = (await this.#read())[await toText(key)];
    return entry == null ? undefined : toCredential(entry);
  }

  /** Keeps a login. */
  async set(key: CredentialKey, credential: Credential): Promise<void> {
    await this.#change(key, (all, at) => {
      // What others have noted of it stays.
      all[at] = { ...all[at], ...toEntry(key, credential) };
    });
  }

  /** Forgets a login, unless it was renewed since. */
  async delete(key: CredentialKey, refreshToken: string): Promise<void> {
    await this.#change(key, (all, at) => {
      if (all[at]?.refresh_token === refreshToken) delete all[at];
    });
  }

  /** Works at a login while nobody else of this process does. */
  async inTurn<T>(key: CredentialKey, work: () => Promise<T>): Promise<T> {
    const at = await toText(key);
    const done = (this.#turns.get(at) ?? Promise.resolve()).then(work);
    const last = done.then(() => {}, () => {}).finally(() => {
      if (this.#turns.get(at) === last) this.#turns.delete(at);
    });
    this.#turns.set(at, last);
    return await done;
  }

  async #change(
    key: CredentialKey,
    change: (all: Entries, at: string) => void,
  ): Promise<void> {
    const at = await toText(key);
    const done = this.#last.then(async () => {
      using lock = await this.#openLock();
      await lock.lock(true);
      const all = await this.#read();
      change(all, at);
      const path = `${this.#home}/${FILE}`;
      const part = `${path}.${crypto.randomUUID()}`;
      try {
        await Deno.writeTextFile(part, JSON.stringify(all), {
          mode: 0o600,
          createNew: true,
        });
        await Deno.rename(part, path);
      } catch (error) {
        await Deno.remove(part).catch(() => {});
        throw error;
      }
    });
    this.#last = done.catch(() => {});
    await done;
  }

  /** Closing it lets go of the lock. */
  async #openLock(): Promise<Deno.FsFile> {
    const path = `${this.#home}/${LOCK}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    return await Deno.open(path, { write: true, create: true });
  }

  async #read(): Promise<Entries> {
    try {
      const text = await Deno.readTextFile(`${this.#home}/${FILE}`);
      const all = JSON.parse(text);
      const isTable = typeof all === "object" && !Array.isArray(all);
      return isTable && all !== null ? all : {};
    } catch (error) {
      if (
        error instanceof Deno.errors.NotFound || error instanceof SyntaxError
      ) return {};
      throw error;
    }
  }
}

function toCredential(entry: Entry): Credential | undefined {
  const { access_token, client_id, client_secret, expires_at } = entry;
  if (typeof access_token !== "string") return undefined;
  const { issuer, refresh_token, scopes } = entry;
  const bound = { ...issuer !== undefined && { issuer } };
  return {
    tokens: {
      access_token,
      token_type: "Bearer",
      ...refresh_token != null && { refresh_token },
      ...expires_at != null && {
        expires_in: Math.max(0, Math.floor((expires_at - Date.now()) / 1000)),
      },
      ...(scopes?.length ?? 0) > 0 && { scope: scopes.join(" ") },
      ...bound,
    },
    client: {
      client_id,
      ...client_secret !== undefined && { client_secret },
      ...bound,
    },
  };
}

function toEntry(
  { name, place }: CredentialKey,
  { tokens, client }: Credential,
): Entry {
  const { expires_in, issuer, scope } = tokens;
  return {
    server_name: name,
    server_url: place.url,
    ...issuer !== undefined && { issuer },
    client_id: client.client_id,
    ...client.client_secret !== undefined &&
      { client_secret: client.client_secret },
    access_token: tokens.access_token,
    expires_at: expires_in === undefined
      ? null
      : Date.now() + expires_in * 1000,
    refresh_token: tokens.refresh_token ?? null,
    scopes: scope?.split(" ").filter(Boolean) ?? [],
  };
}

/** A name, and some digits of what stands for an address. */
async function toText({ name, place }: CredentialKey): Promise<string> {
  const { url } = place;
  const text = JSON.stringify({ type: "http", url, headers: {} });
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  return `${name}|${new Uint8Array(digest).toHex().slice(0, 16)}`;
}
