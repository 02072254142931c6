import type { Config } from "../config/mod.ts";
import {
  type ApiKeyLoginResponse,
  type CancelLoginAccountResponse,
  type ChatgptAuthTokensLoginParams,
  type ChatgptAuthTokensLoginResponse,
  type ChatgptDeviceCodeLoginResponse,
  type ChatgptLoginResponse,
  RpcError,
} from "../protocol/mod.ts";
import { findProvider, type Provider } from "../model/mod.ts";
import { toEnd, toUpdate } from "./_announcements.ts";
import { Attempts } from "./attempts.ts";
import { AuthStore } from "./auth_store.ts";
import { Backend, type Workspace } from "./backend.ts";
import { type BrowserLogin, startBrowserLogin } from "./browser_login.ts";
import { readClaims } from "./_claims.ts";
import { awaitDeviceLogin } from "./device_login.ts";
import type { AccountGround } from "./ground.ts";
import { type DeviceCode, Issuer } from "./issuer.ts";
import {
  isAllowed,
  isAllowedWorkspace,
  type Policy,
  readPolicy,
  toProviderId,
  toRestriction,
} from "./_policy.ts";
import { Renewal } from "./renewal.ts";
import { Secret } from "./_secret.ts";
import {
  type ChatgptAccess,
  type ExternalSignIn,
  isChatgpt,
  type IssuedTokens,
  type SignIn,
  toDocument,
  toExternal,
  toSignIn,
} from "./sign_in.ts";
import { Workspaces } from "./workspaces.ts";

/** Where people sign in if nobody says. */
const usualIssuer = "https://auth.openai.com";

/** How long somebody has to sign in. */
const loginTimeoutMs = { browser: 10 * 60_000, device: 15 * 60_000 } as const;

const notCompleted = "Login was not completed";

/** Who is signed in now, under which rules. */
export interface Standing {
  readonly config: Config;
  readonly policy: Policy;
  /** The provider in use, if there is one of that name. */
  readonly provider: Provider | undefined;
  readonly signIn: SignIn | undefined;
}

/**
 * The account of a server: signs in and out, and tells all clients of it.
 * Secrets leave it for `auth.json`, for the issuer and the provider, and for
 * clients that ask `getAuthStatus` for them; nothing else has them.
 */
export class Accounts implements AsyncDisposable {
  /** Asks ChatGPT. */
  readonly backend: Backend;
  /** Renews tokens. */
  readonly renewal: Renewal;
  readonly #ground: AccountGround;
  readonly #store: AuthStore;
  readonly #issuer: Issuer;
  readonly #attempts: Attempts;
  readonly #ending = new AbortController();
  readonly #workspaces: Workspaces;
  #external: ExternalSignIn | undefined;

  constructor(ground: AccountGround) {
    this.#ground = ground;
    const { env, log, userAgent, clients } = ground;
    const fetch = ground.fetch ??
      ((url: string, init: RequestInit) => globalThis.fetch(url, init));
    this.#store = new AuthStore(ground.home);
    this.#issuer = new Issuer({
      url: env.get("CODEX_APP_SERVER_LOGIN_ISSUER") || usualIssuer,
      refreshUrl: env.get("CODEX_REFRESH_TOKEN_URL_OVERRIDE") || undefined,
      fetch,
    });
    this.backend = new Backend({ fetch, userAgent });
    this.#workspaces = new Workspaces(this.backend);
    this.renewal = new Renewal({
      store: this.#store,
      issuer: this.#issuer,
      clients,
      timeoutMs: ground.refreshTimeoutMs ?? 10_000,
      signal: this.#ending.signal,
      adopt: (external, refused) => {
        // Whoever signed out meanwhile stays out.
        if (this.#external === refused) this.#external = external;
      },
    });
    this.#attempts = new Attempts({
      log,
      keep: (tokens, options) => this.#keep(tokens, options),
      end: async (id, failure) => {
        if (failure === null) await this.announceSignIn(id);
        else clients.announce(toEnd(id, failure));
      },
    });
  }

  /** Who is signed in now, under which rules. */
  async stand(): Promise<Standing> {
    const { readConfig, log } = this.#ground;
    const config = await readConfig();
    const policy = readPolicy(config);
    let signIn: SignIn | undefined = this.#external;
    if (signIn === undefined) {
      try {
        const document = await this.#store.load(policy.store);
        signIn = document && toSignIn(document);
      } catch (error) {
        log.warn("The saved sign-in can't be read", {
          reason: (error as Error).message,
        });
      }
    }
    const isUsable = signIn !== undefined && isAllowed(signIn, policy);
    return {
      config,
      policy,
      provider: this.findProvider(toProviderId(config), config),
      signIn: isUsable ? signIn : undefined,
    };
  }

  /** A provider of the configuration, if there is one of that name. */
  findProvider(id: string, config: Config): Provider | undefined {
    return findProvider(id, { config, env: this.#ground.env });
  }

  /** Whether an account of ChatGPT is signed in. */
  async hasChatgpt(): Promise<boolean> {
    return isChatgpt((await this.stand()).signIn);
  }

  /** Renews tokens that the server keeps; false if they can't be. */
  async renew({ policy, signIn }: Standing): Promise<boolean> {
    if (signIn?.mode !== "chatgpt") return true;
    try {
      await this.renewal.renewSaved(policy, signIn);
      return true;
    } catch (error) {
      this.#ground.log.warn("The tokens can't be renewed", {
        reason: (error as Error).message,
      });
      return false;
    }
  }

  /**
   * Signs in with a key. {@linkcode announceSignIn} tells of it.
   *
   * @throws {RpcError} if that is not allowed, or it can't be kept.
   */
  async signInWithKey(apiKey: string): Promise<ApiKeyLoginResponse> {
    const { policy } = await this.stand();
    this.#refuseExternal();
    if (policy.forced === "chatgpt") {
      throw RpcError.invalidRequest(
        "API key login is disabled. Use ChatGPT login instead.",
      );
    }
    await this.#attempts.clear(notCompleted);
    try {
      await this.#store.save(policy.store, {
        auth_mode: "apikey",
        OPENAI_API_KEY: apiKey,
      });
    } catch (error) {
      throw failure("failed to save api key", error);
    }
    return { type: "apiKey" };
  }

  /**
   * Takes tokens that a client keeps. {@linkcode announceSignIn} tells of it.
   *
   * @throws {RpcError} if that is not allowed, or they are none.
   */
  async signInWithTokens(
    params: ChatgptAuthTokensLoginParams,
  ): Promise<ChatgptAuthTokensLoginResponse> {
    const { policy } = await this.stand();
    const { chatgptAccountId: accountId } = params;
    if (policy.forced === "api") {
      throw RpcError.invalidRequest(
        "External ChatGPT auth is disabled. Use API key login instead.",
      );
    }
    if (!isAllowedWorkspace(accountId, policy)) {
      throw RpcError.invalidRequest(
        `External auth must use one of workspace(s) ${
          JSON.stringify(policy.workspaces)
        }, but received ${JSON.stringify(accountId)}.`,
      );
    }
    let external: ExternalSignIn;
    try {
      external = toExternal(params);
    } catch (error) {
      throw failure("failed to set external auth", error);
    }
    await this.#attempts.clear(notCompleted);
    this.#external = external;
    return { type: "chatgptAuthTokens" };
  }

  /**
   * Waits for somebody to sign in with a browser.
   *
   * @throws {RpcError} if that is not allowed, or can't be waited for.
   */
  async signInWithBrowser(): Promise<ChatgptLoginResponse> {
    const policy = await this.#checkChatgpt();
    await this.#attempts.clear("Login cancelled");
    const ending = new AbortController();
    let login: BrowserLogin;
    try {
      login = await startBrowserLogin({
        issuer: this.#issuer,
        originator: this.#ground.originator(),
        workspaces: policy.workspaces,
        port: this.#ground.callbackPort,
        signal: ending.signal,
      });
    } catch (error) {
      throw failure("failed to start login server", error);
    }
    const loginId = this.#attempts.begin({
      ending,
      prefix: "Login server error: ",
      timeoutMs: loginTimeoutMs.browser,
      tokens: login.tokens,
      wantsKey: true,
    });
    return { type: "chatgpt", loginId, authUrl: login.authUrl };
  }

  /**
   * Waits for somebody to type a code in elsewhere.
   *
   * @throws {RpcError} if that is not allowed, or there is no code.
   */
  async signInWithCode(): Promise<ChatgptDeviceCodeLoginResponse> {
    await this.#checkChatgpt();
    const ending = new AbortController();
    const { signal } = ending;
    let code: DeviceCode;
    try {
      code = await this.#issuer.requestDeviceCode({
        signal: this.#ending.signal,
      });
    } catch (error) {
      throw failure("failed to request device code", error);
    }
    await this.#attempts.clear("Login cancelled");
    const loginId = this.#attempts.begin({
      ending,
      prefix: "",
      timeoutMs: loginTimeoutMs.device,
      tokens: awaitDeviceLogin(this.#issuer, code, { signal }),
      wantsKey: false,
    });
    return {
      type: "chatgptDeviceCode",
      loginId,
      verificationUrl: this.#issuer.deviceUrl,
      userCode: code.userCode,
    };
  }

  /** Gives a sign-in up, if it is the one that is waited for. */
  cancelLogin(loginId: string): CancelLoginAccountResponse {
    const isKnown = this.#attempts.cancel(loginId.toLowerCase(), notCompleted);
    return { status: isKnown ? "canceled" : "notFound" };
  }

  /**
   * Signs out. {@linkcode announceAccount} tells of it.
   *
   * @throws {RpcError} if what is kept can't be taken away.
   */
  async logout(): Promise<void> {
    const { policy } = await this.stand();
    await this.#attempts.clear(notCompleted);
    const isExternal = this.#external !== undefined;
    this.#external = undefined;
    try {
      // A file that can't be read is taken away too.
      const document = await this.#store.load(policy.store).catch(() => {});
      await this.#store.remove(policy.store);
      const signIn = document && toSignIn(document);
      if (isExternal || signIn?.mode !== "chatgpt") return;
      const { signal } = this.#ending;
      if (signIn.refreshToken !== undefined) {
        await this.#issuer.revoke(signIn.refreshToken, { signal });
      }
    } catch (error) {
      throw failure("logout failed", error);
    }
  }

  /** Tells everybody who is signed in now. */
  async announceAccount(): Promise<void> {
    const { signIn } = await this.stand();
    this.#ground.clients.announce(toUpdate(signIn));
  }

  /**
   * Tells everybody that a sign-in has ended, and who is signed in now: once
   * it is known where requests go, if they go to ChatGPT.
   */
  async announceSignIn(loginId: string | null): Promise<void> {
    const { clients } = this.#ground;
    const standing = await this.stand();
    const { signIn, provider } = standing;
    if (provider?.requiresOpenaiAuth && isChatgpt(signIn)) {
      try {
        await this.findWorkspace(standing, signIn);
      } catch (error) {
        clients.announce(toEnd(loginId, (error as Error).message));
        return;
      }
    }
    clients.announce(toEnd(loginId, null));
    clients.announce(toUpdate(signIn));
  }

  /**
   * The workspace of an account; looked up once for its tokens.
   *
   * @throws {RpcError} if ChatGPT does not tell.
   */
  findWorkspace(
    { policy }: Standing,
    access: ChatgptAccess,
  ): Promise<Workspace> {
    return this.#workspaces.find(policy.backendUrl, access);
  }

  /** Gives up what is waited for. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort(new Error("The server ends"));
    await this.#attempts.clear("The server ends");
  }

  #refuseExternal(): void {
    if (this.#external === undefined) return;
    throw RpcError.invalidRequest(
      "External auth is active. Use account/login/start (chatgptAuthTokens) " +
        "to update it or account/logout to clear it.",
    );
  }

  async #checkChatgpt(): Promise<Policy> {
    const { policy } = await this.stand();
    this.#refuseExternal();
    if (policy.forced !== "api") return policy;
    throw RpcError.invalidRequest(
      "ChatGPT login is disabled. Use API key login instead.",
    );
  }

  /** Keeps what somebody has signed in with. */
  async #keep(
    tokens: IssuedTokens,
    { wantsKey, signal }: {
      readonly wantsKey: boolean;
      readonly signal: AbortSignal;
    },
  ): Promise<void> {
    const { policy } = await this.stand();
    const idToken = tokens.idToken ?? "";
    const { accountId } = readClaims(idToken);
    if (!isAllowedWorkspace(accountId, policy)) {
      throw new Error(toRestriction(policy, accountId));
    }
    const key = wantsKey
      ? await this.#issuer.exchangeKey(new Secret(idToken), { signal })
      : null;
    signal.throwIfAborted();
    await this.#store.save(
      policy.store,
      toDocument(tokens, { key, accountId, issuer: this.#issuer.url }),
    );
  }
}

function failure(what: string, error: unknown): RpcError {
  return RpcError.internal(`${what}: ${(error as Error).message}`);
}
