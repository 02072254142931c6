import type { Config } from "../config/mod.ts";
import {
  Announcement,
  type McpAuthStatus,
  type McpServerOauthLoginParams,
  type McpServerOauthLoginResponse,
  RpcError,
  uuid7,
} from "../protocol/mod.ts";
import { Callback, type Homecoming } from "./_callback.ts";
import { toHeaders } from "./_http_transport.ts";
import { LoginProvider, StoredProvider } from "./_login_provider.ts";
import { loadAuthSdk } from "./_sdk.ts";
import { wholeFetch } from "./_whole_fetch.ts";
import type { CredentialKey, Credentials } from "./credentials.ts";
import { toReason } from "./mcp_failure.ts";
import type { ServerConfig } from "./server_config.ts";
import type { HttpPlace } from "./server_place.ts";

/** Seconds that a person has to sign in. */
const TIMEOUT_SECONDS = 300;

/** What {@linkcode Logins} works with. */
export interface LoginsOptions {
  readonly credentials: Credentials;
  readonly env: { get(name: string): string | undefined };
  /** Called when somebody has signed in. */
  readonly onSignedIn: (key: CredentialKey) => void;
  /** Tells all clients. */
  readonly announce: (announcement: Announcement) => void;
}

/** Logins at MCP servers by OAuth: begun here, finished in a browser. */
export class Logins implements AsyncDisposable {
  readonly #options: LoginsOptions;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();

  /** Begins none. */
  constructor(options: LoginsOptions) {
    this.#options = options;
  }

  /** What an HTTP server is reached with, if somebody has signed in. */
  async provide(
    { name, place }: ServerConfig,
  ): Promise<StoredProvider | undefined> {
    if (place.kind !== "http" || this.#hasBearer(place)) return undefined;
    const key = { name, place };
    const { credentials } = this.#options;
    return await credentials.get(key) && new StoredProvider(key, credentials);
  }

  /** How this server signs in at another. */
  async readAuthStatus(
    { name, place, isEnabled }: ServerConfig,
  ): Promise<McpAuthStatus> {
    if (place.kind !== "http" || !isEnabled) return "unsupported";
    if (this.#hasBearer(place)) return "bearerToken";
    const key = { name, place };
    if (await this.#options.credentials.get(key) !== undefined) return "oAuth";
    const { discoverAuthorizationServerMetadata } = await loadAuthSdk();
    let isReached = false;
    try {
      const { origin } = new URL(place.url);
      const metadata = await discoverAuthorizationServerMetadata(origin, {
        fetchFn: async (url, init) => {
          const response = await this.#fetch(url, init);
          isReached = true;
          return response;
        },
      });
      if (metadata !== undefined) return "notLoggedIn";
    } catch {
      // What can't be read says nothing.
    }
    return isReached ? "unsupported" : "unknown";
  }

  /**
   * Begins a login; what comes of it is announced.
   *
   * @throws {RpcError} if it can't begin.
   */
  async begin(
    { name, place, isForbidden }: ServerConfig,
    params: McpServerOauthLoginParams,
    config: Config,
  ): Promise<McpServerOauthLoginResponse> {
    if (place.kind !== "http") {
      throw RpcError.invalidRequest(
        "OAuth login is only supported for streamable HTTP servers.",
      );
    }
    if (isForbidden) {
      throw RpcError.internal(
        "failed to resolve MCP server runtime: " +
          "the MCP server is disabled by managed requirements",
      );
    }
    const state = crypto.getRandomValues(new Uint8Array(32)).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    });
    const port = config.get("mcp_oauth_callback_port");
    const address = config.get("mcp_oauth_callback_url");
    let callback: Callback | undefined;
    try {
      callback = new Callback(typeof port === "number" ? port : 0, state);
      const scope = (params.scopes ?? place.scopes)?.join(" ");
      const provider = new LoginProvider({ name, place }, {
        credentials: this.#options.credentials,
        redirectUrl: typeof address === "string" ? address : callback.url,
        state,
        scope,
      });
      const { auth } = await loadAuthSdk();
      const asked = {
        serverUrl: place.url,
        fetchFn: this.#fetch,
        ...scope && { scope },
      };
      await auth(provider, asked);
      const { authorizationUrl } = provider;
      if (authorizationUrl === undefined) throw new Error("no page to open");
      const loginId = uuid7();
      const done = this.#finish(
        callback,
        params,
        loginId,
        async ({ code, issuer }) => {
          provider.checkIssuer(issuer);
          await auth(provider, { ...asked, authorizationCode: code });
          this.#options.onSignedIn({ name, place });
        },
      );
      this.#running.add(done);
      done.finally(() => this.#running.delete(done));
      return { authorizationUrl: authorizationUrl.href, loginId };
    } catch (error) {
      await callback?.[Symbol.asyncDispose]();
      throw RpcError.internal(
        `failed to login to MCP server '${name}': ${toReason(error)}`,
        error,
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error("the server is shutting down"));
    await Promise.all(this.#running);
  }

  async #finish(
    callback: Callback,
    { name, threadId, timeoutSecs }: McpServerOauthLoginParams,
    loginId: string,
    exchange: (brought: Homecoming) => Promise<void>,
  ): Promise<void> {
    const seconds = Math.max(timeoutSecs ?? TIMEOUT_SECONDS, 0);
    const late = new AbortController();
    const timer = setTimeout(
      () => late.abort(new Error("timed out waiting for OAuth callback")),
      Math.min(seconds * 1000, 2 ** 31 - 1),
    );
    let reason: string | undefined;
    try {
      const signal = AbortSignal.any([late.signal, this.#stop.signal]);
      await exchange(await callback.wait(signal));
    } catch (error) {
      reason = toReason(error);
    }
    clearTimeout(timer);
    this.#options.announce(
      new Announcement("mcpServer/oauthLogin/completed", {
        name,
        threadId: threadId ?? null,
        loginId,
        success: reason === undefined,
        ...reason !== undefined && { error: reason },
      }) as unknown as Announcement,
    );
    await callback[Symbol.asyncDispose]();
  }

  /** Nobody keeps a server that is shutting down. */
  readonly #fetch = (
    url: string | URL,
    init?: RequestInit,
  ): Promise<Response> =>
    wholeFetch(url, { ...init, signal: this.#stop.signal });

  #hasBearer(place: HttpPlace): boolean {
    return Object.keys(toHeaders(place, this.#options.env))
      .some((name) => name.toLowerCase() === "authorization");
  }
}
