import { RpcError } from "../protocol/mod.ts";
import type { AuthStore } from "./auth_store.ts";
import type { Clients } from "./ground.ts";
import { type Issuer, IssuerError } from "./issuer.ts";
import { isAllowedWorkspace, type Policy, toRestriction } from "./_policy.ts";
import {
  type ChatgptSignIn,
  type ExternalSignIn,
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
  /** Takes what a client brought. */
  readonly adopt: (external: ExternalSignIn, refused: ExternalSignIn) => void;
}

/**
 * Renews tokens that were refused or have ended. Whoever asks while that goes
 * on gets the same ones.
 */
export class Renewal {
  readonly #options: RenewalOptions;
  #saved: Promise<void> | undefined;
  #brought: Promise<void> | undefined;

  constructor(options: RenewalOptions) {
    this.#options = options;
  }

  /**
   * Renews tokens that the server keeps, unless another program has done so.
   *
   * @throws {Error} if they can't be renewed.
   */
  renewSaved(policy: Policy, refused: ChatgptSignIn): Promise<void> {
    return this.#saved ??= this.#renewSaved(policy, refused)
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

  async #renewSaved(policy: Policy, refused: ChatgptSignIn): Promise<void> {
    const { store, issuer, signal } = this.#options;
    const document = await store.load(policy.store);
    const now = document && toSignIn(document);
    if (document === undefined || now?.mode !== "chatgpt") {
      throw new Error("Nobody is signed in any more");
    }
    if (!now.accessToken.equals(refused.accessToken.reveal())) return;
    if (now.refreshToken === undefined) {
      throw new Error("The sign-in can't be renewed: sign in again");
    }
    try {
      const tokens = await issuer.refresh(now.refreshToken, { signal });
      await store.save(policy.store, withTokens(document, tokens, new Date()));
    } catch (error) {
      const isOver = error instanceof IssuerError &&
        (error.status === 400 || error.status === 401);
      if (!isOver) throw error;
      throw new Error("The sign-in has ended: sign out and sign in again");
    }
  }

  async #bring(policy: Policy, refused: ExternalSignIn): Promise<void> {
    const { clients, timeoutMs, signal, adopt } = this.#options;
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
    const external = readAnswer(answer);
    if (!isAllowedWorkspace(external.accountId, policy)) {
      throw new Error(toRestriction(policy, external.accountId));
    }
    adopt(external, refused);
  }
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
