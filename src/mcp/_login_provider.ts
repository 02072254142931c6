import type {
  OAuthClientProvider,
  OAuthDiscoveryState,
} from "@modelcontextprotocol/sdk/client/auth";
import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthTokens,
} from "@modelcontextprotocol/sdk/shared/auth";
import { toWhole } from "./_whole_fetch.ts";
import type { CredentialKey, Credentials } from "./credentials.ts";

/** One login: what the SDK asks while a person signs in. */
export class LoginProvider implements OAuthClientProvider {
  readonly redirectUrl: string;
  readonly clientMetadata: OAuthClientMetadata;
  /** Page that the person is to open, once it is known. */
  authorizationUrl: URL | undefined;
  readonly #key: CredentialKey;
  readonly #credentials: Credentials;
  readonly #state: string;
  #client: OAuthClientInformationMixed | undefined;
  #verifier = "";
  #discovered: OAuthDiscoveryState | undefined;

  constructor(key: CredentialKey, options: {
    readonly credentials: Credentials;
    readonly redirectUrl: string;
    readonly state: string;
    readonly scope: string | undefined;
  }) {
    this.#key = key;
    this.#credentials = options.credentials;
    this.#state = options.state;
    this.redirectUrl = options.redirectUrl;
    this.clientMetadata = {
      client_name: "Codex",
      redirect_uris: [options.redirectUrl],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
      ...options.scope !== undefined && { scope: options.scope },
    };
  }

  state(): string {
    return this.#state;
  }

  /** Registered anew each time: the address to come back to is another one. */
  clientInformation(): OAuthClientInformationMixed | undefined {
    return this.#client;
  }

  saveClientInformation(client: OAuthClientInformationMixed): void {
    this.#client = client;
  }

  /** As if there were none: this is a login. */
  tokens(): undefined {
    return undefined;
  }

  /** What the login is for: the server itself, unless it is called otherwise. */
  validateResourceURL(server: string | URL, said?: string): Promise<URL> {
    return Promise.try(() => toResource(this.#key, server, said));
  }

  async saveTokens(tokens: OAuthTokens): Promise<void> {
    if (this.#client === undefined) throw new Error("No client is registered");
    await this.#credentials.set(this.#key, { tokens, client: this.#client });
  }

  redirectToAuthorization(url: URL): void {
    this.authorizationUrl = url;
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  codeVerifier(): string {
    return this.#verifier;
  }

  /** Asked for once: who gets the code is who the person was sent to. */
  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#discovered;
  }

  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovered = state;
  }

  /**
   * Sees to it that a code goes to nobody but who gave it (RFC 9207): a server
   * may send people to an authorization server that is not its own, to be given
   * their codes.
   *
   * @param said Who gave the code; null if nobody says so.
   * @throws {Error} if that is not who would get it.
   */
  checkIssuer(said: string | null): void {
    const { authorizationServerUrl, authorizationServerMetadata: known } =
      this.#discovered ?? {};
    if (said === null) {
      const { authorization_response_iss_parameter_supported: mustSay } =
        (known ?? {}) as Record<string, unknown>;
      if (mustSay !== true) return;
    } else if (known === undefined) return;
    else if (said === known.issuer) {
      const { origin } = new URL(said);
      // Others may describe it, as long as they are given nothing.
      const isOwn = URL.parse(authorizationServerUrl ?? "")?.origin === origin;
      if (isOwn || URL.parse(known.token_endpoint)?.origin === origin) return;
    }
    throw new Error("another authorization server than the asked one answered");
  }
}

/** A login that was made: its tokens, renewed when they have run out. */
export class StoredProvider implements OAuthClientProvider {
  /** There is nobody to be sent anywhere, but the SDK wants an address. */
  readonly redirectUrl = "http://127.0.0.1/callback";
  readonly clientMetadata: OAuthClientMetadata = {
    redirect_uris: [this.redirectUrl],
  };
  readonly #key: CredentialKey;
  readonly #credentials: Credentials;
  /** The refresh token that was refused last. */
  #refused: string | undefined;

  constructor(key: CredentialKey, credentials: Credentials) {
    this.#key = key;
    this.#credentials = credentials;
  }

  /** @throws {LoginNeeded} if the login is gone. */
  async clientInformation(): Promise<OAuthClientInformationMixed> {
    const login = await this.#credentials.get(this.#key);
    if (login === undefined) throw new LoginNeeded();
    return login.client;
  }

  async tokens(): Promise<OAuthTokens | undefined> {
    return (await this.#credentials.get(this.#key))?.tokens;
  }

  validateResourceURL(server: string | URL, said?: string): Promise<URL> {
    return Promise.try(() => toResource(this.#key, server, said));
  }

  /**
   * Has tokens renewed, one renewal of a login at a time: an authorization
   * server may take a refresh token for stolen that comes twice.
   *
   * @param used The refresh token that is sent.
   * @param ask Asks the authorization server.
   * @returns its answer, or the tokens that somebody else got meanwhile.
   */
  renew(used: string, ask: () => Promise<Response>): Promise<Response> {
    return this.#credentials.inTurn(this.#key, async () => {
      const login = await this.#credentials.get(this.#key);
      if (login !== undefined && login.tokens.refresh_token !== used) {
        return Response.json(login.tokens);
      }
      const response = await toWhole(await ask());
      if (!response.ok) this.#refused = used;
      // The SDK says what is wrong with an answer that holds none.
      const answer = await response.clone().json().catch(() => undefined);
      if (response.ok && typeof answer?.access_token === "string") {
        await this.saveTokens(answer);
      }
      return response;
    });
  }

  async saveTokens(tokens: OAuthTokens): Promise<void> {
    const old = await this.#credentials.get(this.#key);
    if (old === undefined) return;
    const { client } = old;
    // How long the old ones count says nothing of the new ones.
    const { expires_in: _, ...kept } = old.tokens;
    await this.#credentials.set(this.#key, {
      client,
      tokens: { ...kept, ...tokens },
    });
  }

  redirectToAuthorization(): never {
    throw new LoginNeeded();
  }

  saveCodeVerifier(): void {}

  codeVerifier(): string {
    return "";
  }

  async invalidateCredentials(): Promise<void> {
    if (this.#refused === undefined) return;
    await this.#credentials.delete(this.#key, this.#refused);
  }
}

/**
 * Name of what a login is for (RFC 8707): as configured, as the server says, or
 * its address.
 *
 * @throws {Error} if the server names somebody else.
 */
function toResource(
  { place: { oauthResource } }: CredentialKey,
  server: string | URL,
  said: string | undefined,
): URL {
  if (oauthResource !== undefined) return new URL(oauthResource);
  const address = new URL(server);
  const resource = new URL(said ?? address);
  const path = resource.pathname.replace(/\/?$/, "/");
  const isWithin = resource.origin === address.origin &&
    `${address.pathname}/`.startsWith(path);
  if (isWithin) return resource;
  throw new Error(`"${said}" is not the address of this server`);
}

/** Tokens have run out for good. */
export class LoginNeeded extends Error {
  override readonly name = "LoginNeeded";

  constructor() {
    super("The login at the MCP server has run out");
  }
}
