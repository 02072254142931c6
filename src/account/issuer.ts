import {
  askIssuer,
  type Fetch,
  IssuerError,
  type Question,
} from "./_ask_issuer.ts";
import { toText } from "./_claims.ts";
import { clientId } from "./_oauth.ts";
import type { IssuedTokens } from "./sign_in.ts";
import { Secret } from "./_secret.ts";

const scope =
  "openid profile email offline_access api.connectors.read api.connectors.invoke";

/** A code for somebody to type in elsewhere. */
export interface DeviceCode {
  readonly deviceAuthId: Secret;
  readonly userCode: string;
  /** Milliseconds between two questions whether it was typed in. */
  readonly intervalMs: number;
}

/** What {@linkcode Issuer} needs. */
export interface IssuerOptions {
  /** Its address. */
  readonly url: string;
  /** Where tokens are renewed, if not there. */
  readonly refreshUrl: string | undefined;
  readonly fetch: Fetch;
}

/** Why tokens are renewed, as the issuer wants to know it. */
export type RefreshReason =
  | "forced"
  | "proactive_expiry"
  | "unauthorized_recovery";

/** Who gives out tokens of ChatGPT: its OAuth endpoints. */
export class Issuer {
  /** Its address, without a slash at the end. */
  readonly url: string;
  readonly #refreshUrl: string;
  readonly #fetch: Fetch;

  constructor(options: IssuerOptions) {
    this.url = options.url.replace(/\/+$/, "");
    this.#refreshUrl = options.refreshUrl ?? `${this.url}/oauth/token`;
    this.#fetch = options.fetch;
  }

  /** The page where somebody signs in (RFC 6749, section 4.1.1). */
  authorizeUrl(
    { redirectUri, challenge, state, originator, workspaces }: {
      readonly redirectUri: string;
      readonly challenge: string;
      readonly state: string;
      readonly originator: string;
      readonly workspaces: readonly string[] | undefined;
    },
  ): string {
    const query = new URLSearchParams({
      response_type: "code",
      client_id: clientId,
      redirect_uri: redirectUri,
      code_challenge: challenge,
      code_challenge_method: "S256",
      state,
      scope,
      id_token_add_organizations: "true",
      codex_cli_simplified_flow: "true",
      originator,
    });
    if (workspaces !== undefined) {
      query.set("allowed_workspace_id", workspaces.join(","));
    }
    return `${this.url}/oauth/authorize?${query}`;
  }

  /** The page where somebody types a code in. */
  get deviceUrl(): string {
    return `${this.url}/codex/device`;
  }

  /** Where a typed-in code leads to. */
  get deviceRedirectUri(): string {
    return `${this.url}/deviceauth/callback`;
  }

  /**
   * Turns a code into tokens.
   *
   * @throws {IssuerError} if that is refused.
   */
  async exchange(
    { code, redirectUri, verifier }: {
      readonly code: string;
      readonly redirectUri: string;
      readonly verifier: string;
    },
    { signal, what = "Token exchange" }: {
      readonly signal: AbortSignal;
      /** What failed, if it does. */
      readonly what?: string;
    },
  ): Promise<IssuedTokens> {
    const tokens = toTokens(
      await this.#post({
        url: `${this.url}/oauth/token`,
        toMessage: (status, description) =>
          `${what} failed: token endpoint returned status ${status}` +
          (description === null ? "" : `: ${description}`),
        form: {
          grant_type: "authorization_code",
          client_id: clientId,
          code,
          redirect_uri: redirectUri,
          code_verifier: verifier,
        },
      }, signal),
    );
    if (tokens.idToken !== null && tokens.accessToken !== null) return tokens;
    throw new IssuerError(`${what} failed: OAuth token response is invalid`);
  }

  /** A key of the API for somebody who has one at the same place, or null. */
  async exchangeKey(
    idToken: Secret,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<string | null> {
    try {
      const answer = await this.#post({
        url: `${this.url}/oauth/token`,
        toMessage: (status) => `No key of the API: status ${status}`,
        form: {
          grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
          client_id: clientId,
          requested_token: "openai-api-key",
          subject_token: idToken.reveal(),
          subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
        },
      }, signal);
      return toText(answer["access_token"]);
    } catch (error) {
      if (error instanceof IssuerError) return null; // most people have none
      throw error;
    }
  }

  /**
   * Renews tokens.
   *
   * @throws {IssuerError} if that is refused.
   */
  async refresh(
    refreshToken: Secret,
    { reason, signal }: {
      readonly reason: RefreshReason;
      readonly signal: AbortSignal;
    },
  ): Promise<IssuedTokens> {
    return toTokens(
      await this.#post({
        url: this.#refreshUrl,
        toMessage: (status) => `Failed to refresh token: ${status}`,
        json: {
          client_id: clientId,
          grant_type: "refresh_token",
          refresh_reason: reason,
          refresh_token: refreshToken.reveal(),
        },
      }, signal),
    );
  }

  /** Makes a token worthless (RFC 7009); who signs out is out in any case. */
  async revoke(
    refreshToken: Secret,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<void> {
    try {
      await this.#post({
        url: `${this.url}/oauth/revoke`,
        toMessage: (status) => `Failed to revoke token: ${status}`,
        json: {
          token: refreshToken.reveal(),
          token_type_hint: "refresh_token",
          client_id: clientId,
        },
      }, signal);
    } catch (error) {
      if (!(error instanceof IssuerError)) throw error;
    }
  }

  /**
   * Asks for a code that somebody can type in elsewhere.
   *
   * @throws {IssuerError} if there is none.
   */
  async requestDeviceCode(
    { signal }: { readonly signal: AbortSignal },
  ): Promise<DeviceCode> {
    const answer = await this.#post({
      url: `${this.url}/api/accounts/deviceauth/usercode`,
      toMessage: (status) => `device code request failed with status ${status}`,
      json: { client_id: clientId },
    }, signal);
    const id = toText(answer["device_auth_id"]);
    const userCode = toText(answer["user_code"]) ?? toText(answer["usercode"]);
    if (id === null || userCode === null) {
      throw new IssuerError("The sign-in gave no code");
    }
    const seconds = Number(answer["interval"] ?? 5);
    return {
      deviceAuthId: new Secret(id),
      userCode,
      intervalMs: (seconds > 0 && seconds <= 60 ? seconds : 5) * 1000,
    };
  }

  /**
   * Asks whether somebody has typed a code in.
   *
   * @returns What to exchange, or nothing as long as nobody has.
   * @throws {IssuerError} if nobody ever will.
   */
  async pollDeviceCode(
    { deviceAuthId, userCode }: DeviceCode,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<{ code: string; verifier: string } | undefined> {
    let answer: Record<string, unknown>;
    try {
      answer = await this.#post({
        url: `${this.url}/api/accounts/deviceauth/token`,
        toMessage: (status) => `device auth failed with status ${status}`,
        json: { device_auth_id: deviceAuthId.reveal(), user_code: userCode },
      }, signal);
    } catch (error) {
      const { status } = error as IssuerError;
      if (status === 403 || status === 404) return undefined; // not yet
      throw error;
    }
    const code = toText(answer["authorization_code"]);
    const verifier = toText(answer["code_verifier"]);
    if (code !== null && verifier !== null) return { code, verifier };
    throw new IssuerError("The sign-in gave no code to exchange");
  }

  #post(
    question: Question,
    signal: AbortSignal,
  ): Promise<Record<string, unknown>> {
    return askIssuer(this.#fetch, question, signal);
  }
}

function toTokens(answer: Record<string, unknown>): IssuedTokens {
  return {
    idToken: toText(answer["id_token"]),
    accessToken: toText(answer["access_token"]),
    refreshToken: toText(answer["refresh_token"]),
  };
}
