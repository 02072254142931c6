import {
  type ApiKeyLoginResponse,
  type CancelLoginAccountResponse,
  type ChatgptAuthTokensLoginParams,
  type ChatgptAuthTokensLoginResponse,
  type ChatgptDeviceCodeLoginResponse,
  type ChatgptLoginResponse,
  RpcError,
} from "../protocol/mod.ts";
import type { AuthStore } from "./auth_store.ts";
import { Attempts } from "./attempts.ts";
import { type BrowserLogin, startBrowserLogin } from "./browser_login.ts";
import { readClaims } from "./_claims.ts";
import { awaitDeviceLogin } from "./device_login.ts";
import type { ExternalTokens } from "./external_tokens.ts";
import type { AccountGround } from "./ground.ts";
import { IssuerError } from "./_ask_issuer.ts";
import type { DeviceCode, Issuer } from "./issuer.ts";
import { isAllowedWorkspace, type Policy, toLoginRule } from "./_policy.ts";
import { Secret } from "./_secret.ts";
import {
  type ExternalSignIn,
  type IssuedTokens,
  toDocument,
  toExternal,
} from "./sign_in.ts";

const notCompleted = "Login was not completed";

/** What {@linkcode Logins} needs. */
export interface LoginsOptions {
  readonly ground: Pick<AccountGround, "log" | "originator" | "callbackPorts">;
  readonly store: AuthStore;
  readonly issuer: Issuer;
  readonly external: ExternalTokens;
  readonly readPolicy: () => Promise<Policy>;
  /** The end of the server. */
  readonly signal: AbortSignal;
  /** Told when somebody who was waited for has signed in, or why not. */
  readonly end: (loginId: string, failure: string | null) => Promise<void>;
}

/** The ways to sign in. What they keep stands in the store when they return. */
export class Logins implements AsyncDisposable {
  readonly #options: LoginsOptions;
  readonly #attempts: Attempts;

  constructor(options: LoginsOptions) {
    this.#options = options;
    this.#attempts = new Attempts({
      log: options.ground.log,
      end: options.end,
    });
  }

  /**
   * With a key of the API.
   *
   * @throws {RpcError} if that is not allowed, or it can't be kept.
   */
  async withKey(apiKey: string): Promise<ApiKeyLoginResponse> {
    const { store, readPolicy } = this.#options;
    const policy = await readPolicy();
    this.refuseExternal();
    if (policy.forced === "chatgpt") {
      throw RpcError.invalidRequest(
        "API key login is disabled. Use ChatGPT login instead.",
      );
    }
    await this.giveUp();
    try {
      await store.save(policy.store, {
        auth_mode: "apikey",
        OPENAI_API_KEY: apiKey,
      });
    } catch (error) {
      throw failure("failed to save api key", error);
    }
    return { type: "apiKey" };
  }

  /**
   * With tokens that a client keeps.
   *
   * @throws {RpcError} if that is not allowed, or they are none.
   */
  async withTokens(
    params: ChatgptAuthTokensLoginParams,
  ): Promise<ChatgptAuthTokensLoginResponse> {
    const policy = await this.#options.readPolicy();
    const { chatgptAccountId: accountId } = params;
    if (policy.forced === "api") {
      throw RpcError.invalidRequest(
        "External ChatGPT auth is disabled. Use API key login instead.",
      );
    }
    if (!isAllowedWorkspace(accountId, policy)) {
      const allowed = policy.workspaces?.map((id) => JSON.stringify(id)) ?? [];
      throw RpcError.invalidRequest(
        `External auth must use one of workspace(s) [${allowed.join(", ")}], ` +
          `but received ${JSON.stringify(accountId)}.`,
      );
    }
    let external: ExternalSignIn;
    try {
      external = toExternal(params);
    } catch (error) {
      throw failure("failed to set external auth", error);
    }
    await this.giveUp();
    this.#options.external.take(external);
    return { type: "chatgptAuthTokens" };
  }

  /**
   * Waits for somebody to sign in with a browser.
   *
   * @throws {RpcError} if that is not allowed, or can't be waited for.
   */
  async withBrowser(): Promise<ChatgptLoginResponse> {
    const policy = await this.#checkChatgpt();
    const { ground, issuer } = this.#options;
    await this.giveUp(
      this.#attempts.way === "browser" ? "Login cancelled" : notCompleted,
    );
    const ending = new AbortController();
    let login: BrowserLogin;
    try {
      login = await startBrowserLogin({
        issuer,
        originator: ground.originator(),
        workspaces: policy.workspaces,
        ports: ground.callbackPorts,
        keep: (tokens, signal) => this.#keepWithKey(tokens, signal),
        signal: ending.signal,
      });
    } catch (error) {
      throw failure("failed to start login server", error);
    }
    const { signedIn, authUrl } = login;
    const loginId = this.#attempts.begin({ way: "browser", ending, signedIn });
    return { type: "chatgpt", loginId, authUrl };
  }

  /**
   * Waits for somebody to type a code in elsewhere.
   *
   * @throws {RpcError} if that is not allowed, or there is no code.
   */
  async withCode(): Promise<ChatgptDeviceCodeLoginResponse> {
    await this.#checkChatgpt();
    const { issuer, signal: serverSignal } = this.#options;
    let code: DeviceCode;
    try {
      code = await issuer.requestDeviceCode({ signal: serverSignal });
    } catch (error) {
      if (error instanceof IssuerError && error.status === 404) {
        throw RpcError.invalidRequest(
          "device code login is not enabled for this Codex server. " +
            "Use the browser login or verify the server URL.",
        );
      }
      throw failure("failed to request device code", error);
    }
    await this.giveUp();
    const ending = new AbortController();
    const { signal } = ending;
    const loginId = this.#attempts.begin({
      way: "device",
      ending,
      signedIn: awaitDeviceLogin(issuer, code, { signal })
        .then((tokens) => this.#keep(tokens, null, signal)),
    });
    return {
      type: "chatgptDeviceCode",
      loginId,
      verificationUrl: issuer.deviceUrl,
      userCode: code.userCode,
    };
  }

  /** Gives a sign-in up, if it is the one that is waited for. */
  cancel(loginId: string): CancelLoginAccountResponse {
    const isKnown = this.#attempts.cancel(loginId, notCompleted);
    return { status: isKnown ? "canceled" : "notFound" };
  }

  /** Gives up whatever is waited for, and waits for its end. */
  async giveUp(reason: string = notCompleted): Promise<void> {
    await this.#attempts.clear(reason);
  }

  /**
   * Keeps everybody but a client with tokens of its own out while there is one.
   *
   * @throws {RpcError} if there is one.
   */
  refuseExternal(): void {
    if (this.#options.external.signIn === undefined) return;
    throw RpcError.invalidRequest(
      "External auth is active. Use account/login/start (chatgptAuthTokens) " +
        "to update it or account/logout to clear it.",
    );
  }

  /** Gives up what is waited for. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.giveUp("The server ends");
  }

  async #checkChatgpt(): Promise<Policy> {
    const policy = await this.#options.readPolicy();
    this.refuseExternal();
    if (policy.forced !== "api") return policy;
    throw RpcError.invalidRequest(
      "ChatGPT login is disabled. Use API key login instead.",
    );
  }

  /** Keeps the tokens, and a key that whoever has them may get. */
  async #keepWithKey(tokens: IssuedTokens, signal: AbortSignal): Promise<void> {
    const { ground, issuer } = this.#options;
    const { idToken } = tokens;
    const key = idToken === null
      ? null
      : await issuer.exchangeKey(new Secret(idToken), { signal });
    try {
      await this.#keep(tokens, key, signal);
    } catch (error) {
      if (error instanceof LoginRuleError || signal.aborted) throw error;
      ground.log.warn("The sign-in can't be kept", {
        reason: (error as Error).message,
      });
      throw new Error(
        "Sign-in completed but credentials could not be saved locally.",
      );
    }
  }

  async #keep(
    tokens: IssuedTokens,
    key: string | null,
    signal: AbortSignal,
  ): Promise<void> {
    const { store, issuer, readPolicy } = this.#options;
    const policy = await readPolicy();
    const { accountId } = readClaims(tokens.idToken ?? "");
    if (!isAllowedWorkspace(accountId, policy)) {
      throw new LoginRuleError(toLoginRule(policy));
    }
    signal.throwIfAborted();
    await store.save(
      policy.store,
      toDocument(tokens, { key, accountId, issuer: issuer.url }),
    );
  }
}

/** Somebody has signed in who must not. */
class LoginRuleError extends Error {
  override name = "LoginRuleError";
}

function failure(what: string, error: unknown): RpcError {
  return RpcError.internal(`${what}: ${(error as Error).message}`);
}
