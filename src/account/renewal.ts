import { RpcError } from "../protocol/mod.ts";
import type { AuthStore } from "./auth_store.ts";
import type { ExternalTokens } from "./external_tokens.ts";
import type { Clients } from "./ground.ts";
import { IssuerError } from "./_ask_issuer.ts";
import type { Issuer, RefreshReason } from "./issuer.ts";
import { isAllowedWorkspace, type Policy, toRestriction } from "./_policy.ts";
import { Secret } from "./_secret.ts";
import {
  type AuthDocument,
  type ChatgptSignIn,
  type ExternalSignIn,
  type IssuedTokens,
  toExternal,
  toSignIn,
  withTokens,
} from "./sign_in.ts";

/** What {@linkcode Renewal} needs. */
export interface RenewalOptions {
  readonly store: AuthStore;
  readonly issuer: Issuer;
  readonly clients: Clients;
  /** Milliseconds that clients have. */
  readonly timeoutMs: number;
  /** The end of the server. */
  readonly signal: AbortSignal;
  readonly external: ExternalTokens;
}

/** A sign-in can't be renewed any more: somebody has to sign in again. */
export class SignInOverError extends Error {
  override name = "SignInOverError";
}

/** A sign-in, and the document that it stands in. */
interface SavedSignIn extends ChatgptSignIn {
  readonly document: AuthDocument;
}

/** Why it can't, by what the issuer calls it. */
const causes: Readonly<Record<string, string>> = {
  refresh_token_expired: " because your refresh token has expired",
  refresh_token_reused: " because your refresh token was already used",
  refresh_token_invalidated: " because your refresh token was revoked",
};

/**
 * Renews tokens that were refused or have ended. Whoever asks while that goes
 * on gets the same ones.
 */
export class Renewal {
  readonly #options: RenewalOptions;
  #saved: Promise<void> | undefined;
  #brought: Promise<void> | undefined;
  #over: { token: Secret; error: SignInOverError } | undefined;

  constructor(options: RenewalOptions) {
    this.#options = options;
  }

  /** Whether the issuer has said that this sign-in can't be renewed. */
  isOver({ refreshToken }: ChatgptSignIn): boolean {
    return refreshToken !== undefined &&
      this.#over?.token.equals(refreshToken.reveal()) === true;
  }

  /**
   * Renews tokens that the server keeps, unless another program has done so.
   *
   * @throws {SignInOverError} if they can't be renewed any more.
   * @throws {Error} if they can't be renewed now.
   */
  renewSaved(
    policy: Policy,
    refused: ChatgptSignIn,
    reason: RefreshReason,
  ): Promise<void> {
    return this.#saved ??= this.#renewSaved(policy, refused, reason)
      .finally(() => this.#saved = undefined);
  }

  /**
   * Asks clients for new tokens.
   *
   * @throws {Error} if they bring none that count.
   */
  bring(policy: Policy, refused: ExternalSignIn): Promise<void> {
    return this.#brought ??= this.#bring(policy, refused)
      .finally(() => this.#brought = undefined);
  }

  async #renewSaved(
    policy: Policy,
    refused: ChatgptSignIn,
    reason: RefreshReason,
  ): Promise<void> {
    const now = await this.#load(policy);
    if (now === undefined) throw signedOut();
    if (!now.accessToken.equals(refused.accessToken.reveal())) return;
    const { refreshToken: token } = now;
    if (token === undefined) throw toOver(null);
    // What the issuer has said once it would say again.
    if (this.#over !== undefined && this.isOver(now)) throw this.#over.error;
    const tokens = await this.#refresh(token, reason);
    // Who signed out or in while the issuer was asked has had the last word.
    const latest = await this.#load(policy);
    if (latest === undefined) {
      await this.#discard(tokens);
      throw signedOut();
    }
    if (!latest.accessToken.equals(now.accessToken.reveal())) return;
    const { store } = this.#options;
    const { document } = latest;
    await store.save(policy.store, withTokens(document, tokens, new Date()));
  }

  /** The account that is kept, if one of ChatGPT is. */
  async #load(policy: Policy): Promise<SavedSignIn | undefined> {
    const document = await this.#options.store.load(policy.store);
    const signIn = document && toSignIn(document);
    return document !== undefined && signIn?.mode === "chatgpt"
      ? { ...signIn, document }
      : undefined;
  }

  async #refresh(token: Secret, reason: RefreshReason): Promise<IssuedTokens> {
    const { issuer, signal } = this.#options;
    try {
      return await issuer.refresh(token, { reason, signal });
    } catch (error) {
      const isOver = error instanceof IssuerError &&
        (error.status === 400 || error.status === 401);
      if (!isOver) throw error;
      this.#over = { token, error: toOver(error.code) };
      throw this.#over.error;
    }
  }

  /** Makes tokens worthless that came when nobody wanted them any more. */
  async #discard({ refreshToken }: IssuedTokens): Promise<void> {
    if (refreshToken === null) return;
    const { issuer, signal } = this.#options;
    await issuer.revoke(new Secret(refreshToken), { signal });
  }

  async #bring(policy: Policy, refused: ExternalSignIn): Promise<void> {
    const { clients, timeoutMs, signal } = this.#options;
    const timeout = new AbortController();
    const timer = setTimeout(
      () =>
        timeout.abort(
          new Error(
            `auth refresh request timed out after ${timeoutMs / 1000}s`,
          ),
        ),
      timeoutMs,
    );
    let answer: unknown;
    try {
      answer = await clients.ask("account/chatgptAuthTokens/refresh", {
        reason: "unauthorized",
        previousAccountId: refused.accountId,
      }, { signal: AbortSignal.any([signal, timeout.signal]) });
    } catch (error) {
      timeout.signal.throwIfAborted();
      throw new Error(
        error instanceof RpcError
          ? `auth refresh request failed: code=${error.code}`
          : "auth refresh request failed: nobody is there to answer",
      );
    } finally {
      clearTimeout(timer);
    }
    const brought = readAnswer(answer);
    if (!isAllowedWorkspace(brought.accountId, policy)) {
      throw new Error(toRestriction(policy, brought.accountId));
    }
    this.#options.external.renew(refused, brought);
  }
}

function signedOut(): Error {
  return new Error("Nobody is signed in any more");
}

function toOver(code: string | null): SignInOverError {
  return new SignInOverError(
    `Your access token could not be refreshed${causes[code ?? ""] ?? ""}. ` +
      "Please log out and sign in again.",
  );
}

function readAnswer(answer: unknown): ExternalSignIn {
  const { accessToken, chatgptAccountId, chatgptPlanType } =
    (answer ?? {}) as Record<string, unknown>;
  const isAnswer = typeof accessToken === "string" &&
    typeof chatgptAccountId === "string" &&
    (chatgptPlanType == null || typeof chatgptPlanType === "string");
  if (!isAnswer) throw new Error("invalid auth refresh response");
  try {
    return toExternal({
      accessToken,
      chatgptAccountId,
      chatgptPlanType: chatgptPlanType ?? null,
    });
  } catch {
    throw new Error("auth refresh returned invalid credentials");
  }
}
