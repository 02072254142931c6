import type { Config } from "../config/mod.ts";
import {
  type Account,
  type AccountLoginCompletedNotification,
  Announcement,
  type ApiKeyLoginResponse,
  type AuthMode,
  type CancelLoginAccountResponse,
  type ChatgptAuthTokensLoginParams,
  type ChatgptAuthTokensLoginResponse,
  type ChatgptDeviceCodeLoginResponse,
  type ChatgptLoginResponse,
  type GetAccountResponse,
  type GetAuthStatusParams,
  type GetAuthStatusResponse,
  type PlanType,
  RpcError,
} from "../protocol/mod.ts";
import { findProvider, type Provider } from "../model/mod.ts";
import { AuthStore } from "./auth_store.ts";
import { Backend, type ChatgptAccess, type Workspace } from "./backend.ts";
import { callbackPort, startBrowserLogin } from "./browser_login.ts";
import { readClaims, toPlanType } from "./_claims.ts";
import { awaitDeviceLogin } from "./device_login.ts";
import type { AccountGround } from "./ground.ts";
import { clientId, Issuer, toRandomText } from "./issuer.ts";
import {
  isAllowed,
  isAllowedWorkspace,
  type Policy,
  readPolicy,
  toRestriction,
} from "./_policy.ts";
import { Renewal } from "./renewal.ts";
import { Secret } from "./_secret.ts";
import {
  type ExternalSignIn,
  type IssuedTokens,
  type SignIn,
  toExternal,
  toSignIn,
  withTokens,
} from "./sign_in.ts";

/** Where people sign in if nobody says. */
const usualIssuer = "https://auth.openai.com";

/** How long somebody has to sign in. */
const loginTimeoutMs = { browser: 10 * 60_000, device: 15 * 60_000 } as const;

const externalIsActive =
  "External auth is active. Use account/login/start (chatgptAuthTokens) to " +
  "update it or account/logout to clear it.";

/** A sign-in that somebody has still to finish. */
interface Attempt {
  readonly id: string;
  readonly ending: AbortController;
  /** What a reason is told behind. */
  readonly prefix: string;
  readonly done: Promise<void>;
}

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
  #external: ExternalSignIn | undefined;
  #attempt: Attempt | undefined;
  /** The workspace of the tokens that it was looked up with. */
  #workspace:
    | { token: Secret; url: string; found: Promise<Workspace> }
    | undefined;
  readonly #ending = new AbortController();

  constructor(ground: AccountGround) {
    this.#ground = ground;
    const { env } = ground;
    const fetch = ground.fetch ??
      ((url: string, init: RequestInit) => globalThis.fetch(url, init));
    this.#store = new AuthStore(ground.home);
    this.#issuer = new Issuer({
      url: env.get("CODEX_APP_SERVER_LOGIN_ISSUER") || usualIssuer,
      refreshUrl: env.get("CODEX_REFRESH_TOKEN_URL_OVERRIDE") || undefined,
      fetch,
    });
    this.backend = new Backend({ fetch, userAgent: ground.userAgent });
    this.renewal = new Renewal({
      store: this.#store,
      issuer: this.#issuer,
      clients: ground.clients,
      timeoutMs: ground.refreshTimeoutMs ?? 10_000,
      signal: this.#ending.signal,
      adopt: (external) => this.#external = external,
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
        signIn = document === undefined ? undefined : toSignIn(document);
      } catch (error) {
        log.warn("The saved sign-in can't be read", {
          reason: (error as Error).message,
        });
      }
    }
    return {
      config,
      policy,
      provider: this.findProvider(toProviderId(config), config),
      signIn: signIn !== undefined && isAllowed(signIn, policy)
        ? signIn
        : undefined,
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

  /**
   * What `account/read` answers.
   *
   * @throws {RpcError} if ChatGPT does not say where its workspace is.
   */
  async read(
    { refreshToken = false }: { readonly refreshToken?: boolean },
  ): Promise<GetAccountResponse> {
    let standing = await this.stand();
    const requiresOpenaiAuth = standing.provider?.requiresOpenaiAuth ?? false;
    const nobody: GetAccountResponse = {
      account: null,
      userId: null,
      requiresOpenaiAuth,
      workspaceRouting: null,
    };
    if (!requiresOpenaiAuth) return nobody;
    if (refreshToken && standing.signIn?.mode === "chatgpt") {
      if (!await this.#renew(standing)) return nobody;
      standing = await this.stand();
    }
    const { signIn } = standing;
    switch (signIn?.mode) {
      case "apikey":
        return { ...nobody, account: { type: "apiKey" } };
      case "chatgpt":
      case "chatgptAuthTokens": {
        const { routing, name } = await this.findWorkspace(standing, signIn);
        return {
          account: toAccount(signIn, name),
          userId: signIn.claims.userId,
          requiresOpenaiAuth,
          workspaceRouting: routing,
        };
      }
      default:
        return nobody;
    }
  }

  /** What `getAuthStatus` answers. */
  async readStatus(
    { includeToken, refreshToken }: GetAuthStatusParams,
  ): Promise<GetAuthStatusResponse> {
    let standing = await this.stand();
    const requiresOpenaiAuth = standing.provider?.requiresOpenaiAuth ?? false;
    const nobody: GetAuthStatusResponse = {
      authMethod: null,
      authToken: null,
      requiresOpenaiAuth,
    };
    if (!requiresOpenaiAuth || standing.signIn === undefined) return nobody;
    let isFresh = true;
    if (refreshToken === true && standing.signIn.mode === "chatgpt") {
      isFresh = await this.#renew(standing);
      standing = await this.stand();
      if (standing.signIn === undefined) return nobody;
    }
    const { signIn } = standing;
    const token = signIn.mode === "apikey"
      ? signIn.key
      : "accessToken" in signIn
      ? signIn.accessToken
      : undefined;
    return {
      authMethod: signIn.mode,
      authToken: includeToken === true && isFresh
        ? token?.reveal() ?? null
        : null,
      requiresOpenaiAuth,
    };
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
    this.#giveUp("Login was not completed");
    try {
      await this.#store.save(policy.store, {
        auth_mode: "apikey",
        OPENAI_API_KEY: apiKey,
      });
    } catch (error) {
      throw RpcError.internal(
        `failed to save api key: ${(error as Error).message}`,
      );
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
    if (policy.forced === "api") {
      throw RpcError.invalidRequest(
        "External ChatGPT auth is disabled. Use API key login instead.",
      );
    }
    const { chatgptAccountId: accountId } = params;
    if (!isAllowedWorkspace(accountId, policy)) {
      throw RpcError.invalidRequest(
        `External auth must use one of workspace(s) ${
          JSON.stringify(policy.workspaces)
        }, but received ${JSON.stringify(accountId)}.`,
      );
    }
    try {
      const external = toExternal(params);
      this.#giveUp("Login was not completed");
      this.#external = external;
    } catch (error) {
      throw RpcError.internal(
        `failed to set external auth: ${(error as Error).message}`,
      );
    }
    return { type: "chatgptAuthTokens" };
  }

  /**
   * Waits for somebody to sign in with a browser.
   *
   * @throws {RpcError} if that is not allowed, or can't be waited for.
   */
  async signInWithBrowser(): Promise<ChatgptLoginResponse> {
    const { policy } = await this.#standForChatgpt();
    await this.#replaceAttempt();
    const ending = new AbortController();
    let login: Awaited<ReturnType<typeof startBrowserLogin>>;
    try {
      login = await startBrowserLogin({
        issuer: this.#issuer,
        originator: this.#ground.originator(),
        workspaces: policy.workspaces,
        port: this.#ground.callbackPort ?? callbackPort,
        signal: ending.signal,
      });
    } catch (error) {
      throw RpcError.internal(
        `failed to start login server: ${(error as Error).message}`,
      );
    }
    const loginId = this.#await(ending, {
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
    await this.#standForChatgpt();
    const ending = new AbortController();
    const { signal } = ending;
    let code: Awaited<ReturnType<Issuer["requestDeviceCode"]>>;
    try {
      code = await this.#issuer.requestDeviceCode({ signal });
    } catch (error) {
      throw RpcError.internal(
        `failed to request device code: ${(error as Error).message}`,
      );
    }
    await this.#replaceAttempt();
    const loginId = this.#await(ending, {
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
    if (this.#attempt?.id !== loginId.toLowerCase()) {
      return { status: "notFound" };
    }
    this.#giveUp("Login was not completed");
    return { status: "canceled" };
  }

  /**
   * Signs out. {@linkcode announceAccount} tells of it.
   *
   * @throws {RpcError} if `auth.json` stays.
   */
  async logout(): Promise<void> {
    const { policy } = await this.stand();
    this.#giveUp("Login was not completed");
    try {
      if (this.#external === undefined) {
        const document = await this.#store.load(policy.store);
        const signIn = document && toSignIn(document);
        await this.#store.remove(policy.store);
        if (signIn?.mode === "chatgpt" && signIn.refreshToken !== undefined) {
          await this.#issuer.revoke(signIn.refreshToken, {
            signal: this.#ending.signal,
          });
        }
      } else {
        this.#external = undefined;
        await this.#store.remove(policy.store);
      }
    } catch (error) {
      throw RpcError.internal(`logout failed: ${(error as Error).message}`);
    }
  }

  /** Tells everybody who is signed in now. */
  async announceAccount(): Promise<void> {
    const { signIn } = await this.stand();
    this.#announceAccount(signIn);
  }

  /**
   * Tells everybody that a sign-in has ended, and who is signed in now: once
   * it is known where requests go, if they go to ChatGPT.
   */
  async announceSignIn(loginId: string | null): Promise<void> {
    const standing = await this.stand();
    const { signIn, provider } = standing;
    if (provider?.requiresOpenaiAuth && isChatgpt(signIn)) {
      try {
        await this.findWorkspace(standing, signIn);
      } catch (error) {
        this.#announceEnd(loginId, (error as Error).message);
        return;
      }
    }
    this.#announceEnd(loginId, null);
    this.#announceAccount(signIn);
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
    const { backendUrl: url } = policy;
    const token = access.accessToken;
    const known = this.#workspace;
    if (known?.url === url && known.token.equals(token.reveal())) {
      return known.found;
    }
    const found = this.backend.findWorkspace(url, access);
    this.#workspace = { token, url, found };
    found.catch(() => {
      if (this.#workspace?.found === found) this.#workspace = undefined;
    });
    return found;
  }

  /** Gives up what is waited for. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort(new Error("The server ends"));
    const attempt = this.#attempt;
    attempt?.ending.abort(new Error("The server ends"));
    await attempt?.done;
  }

  async #renew({ policy, signIn }: Standing): Promise<boolean> {
    if (signIn?.mode !== "chatgpt") return false;
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

  #refuseExternal(): void {
    if (this.#external !== undefined) {
      throw RpcError.invalidRequest(externalIsActive);
    }
  }

  async #standForChatgpt(): Promise<Standing> {
    const standing = await this.stand();
    this.#refuseExternal();
    if (standing.policy.forced === "api") {
      throw RpcError.invalidRequest(
        "ChatGPT login is disabled. Use API key login instead.",
      );
    }
    return standing;
  }

  #giveUp(reason: string): void {
    this.#attempt?.ending.abort(new Error(reason));
    this.#attempt = undefined;
  }

  /** Only one sign-in is waited for. */
  async #replaceAttempt(): Promise<void> {
    const earlier = this.#attempt;
    this.#giveUp("Login cancelled");
    await earlier?.done;
  }

  #await(
    ending: AbortController,
    { prefix, timeoutMs, tokens, wantsKey }: {
      readonly prefix: string;
      readonly timeoutMs: number;
      readonly tokens: Promise<IssuedTokens>;
      readonly wantsKey: boolean;
    },
  ): string {
    const id = crypto.randomUUID();
    const timer = setTimeout(
      () => ending.abort(new Error("Login timed out")),
      timeoutMs,
    );
    const run = async (): Promise<void> => {
      try {
        await this.#keep(await tokens, wantsKey, ending.signal);
      } catch (error) {
        this.#announceEnd(id, `${prefix}${(error as Error).message}`);
        return;
      } finally {
        clearTimeout(timer);
        if (this.#attempt?.id === id) this.#attempt = undefined;
      }
      await this.announceSignIn(id);
    };
    const done = run().catch((error) =>
      this.#ground.log.error("A sign-in failed", {
        reason: (error as Error).message,
      })
    );
    this.#attempt = { id, ending, prefix, done };
    return id;
  }

  /** Keeps what somebody has signed in with. */
  async #keep(
    tokens: IssuedTokens,
    wantsKey: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { policy } = await this.stand();
    const { accountId } = readClaims(tokens.idToken ?? "");
    if (!isAllowedWorkspace(accountId, policy)) {
      throw new Error(toRestriction(policy, accountId));
    }
    const key = wantsKey
      ? await this.#issuer.exchangeKey(new Secret(tokens.idToken ?? ""), {
        signal,
      })
      : null;
    signal.throwIfAborted();
    const provenance = { issuer: this.#issuer.url, client_id: clientId };
    const { tokens: issued, ...rest } = withTokens({}, tokens, new Date());
    await this.#store.save(policy.store, {
      auth_mode: "chatgpt",
      OPENAI_API_KEY: key,
      tokens: {
        ...issued as Record<string, unknown>,
        oauth_provenance: provenance,
        login_owner_id: toRandomText(32),
        account_id: accountId,
      },
      ...rest,
    });
  }

  #announceEnd(loginId: string | null, error: string | null): void {
    const params: AccountLoginCompletedNotification = {
      loginId,
      success: error === null,
      error,
      onboardingEntrypoint: null,
    };
    this.#ground.clients.announce(
      new Announcement("account/login/completed", params),
    );
  }

  #announceAccount(signIn: SignIn | undefined): void {
    const authMode: AuthMode | null = signIn?.mode ?? null;
    const planType: PlanType | null = isChatgpt(signIn)
      ? toPlanType(signIn.claims.planType)
      : null;
    this.#ground.clients.announce(
      new Announcement("account/updated", { authMode, planType }),
    );
  }
}

/** Whether it is an account of ChatGPT. */
export function isChatgpt(
  signIn: SignIn | undefined,
): signIn is ChatgptAccess {
  return signIn?.mode === "chatgpt" || signIn?.mode === "chatgptAuthTokens";
}

/** The provider in use, if the configuration names none. */
export function toProviderId(config: Config): string {
  const id = config.get("model_provider");
  return typeof id === "string" && id !== "" ? id : "openai";
}

function toAccount(
  { claims }: ChatgptAccess,
  workspaceName: string | null,
): Account {
  return {
    type: "chatgpt",
    email: claims.email,
    planType: toPlanType(claims.planType),
    workspaceName,
  };
}
