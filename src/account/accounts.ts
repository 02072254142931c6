import type { Config } from "../config/mod.ts";
import { RpcError } from "../protocol/mod.ts";
import { findProvider, type Provider } from "../model/mod.ts";
import { toEnd, toUpdate } from "./_announcements.ts";
import { AuthStore } from "./auth_store.ts";
import { Backend } from "./backend.ts";
import { ExternalTokens } from "./external_tokens.ts";
import type { AccountGround } from "./ground.ts";
import { Issuer, type RefreshReason } from "./issuer.ts";
import { Logins } from "./logins.ts";
import { isAllowed, type Policy, readPolicy, toProviderId } from "./_policy.ts";
import { Renewal } from "./renewal.ts";
import type { Workspace } from "./_routing.ts";
import {
  type ChatgptAccess,
  isChatgpt,
  needsRenewal,
  type SignIn,
  toSignIn,
} from "./sign_in.ts";
import { type FoundWorkspace, Workspaces } from "./workspaces.ts";

/** Where people sign in if nobody says. */
const usualIssuer = "https://auth.openai.com";

/** Who is signed in now, under which rules. */
export interface Standing {
  readonly config: Config;
  readonly policy: Policy;
  /** The provider in use, if there is one of that name. */
  readonly provider: Provider | undefined;
  readonly signIn: SignIn | undefined;
}

/**
 * The account of a server: who is signed in, and telling all clients of it.
 * Secrets leave it for `auth.json`, for the issuer and the provider, and for
 * clients that ask `getAuthStatus` for them; nothing else has them.
 */
export class Accounts implements AsyncDisposable {
  /** Asks ChatGPT. */
  readonly backend: Backend;
  /** Signs in. */
  readonly logins: Logins;
  /** Renews tokens. */
  readonly renewal: Renewal;
  readonly #ground: AccountGround;
  readonly #store: AuthStore;
  readonly #issuer: Issuer;
  readonly #external = new ExternalTokens();
  readonly #workspaces: Workspaces;
  readonly #ending = new AbortController();
  /** Whether clients were told who is signed in. */
  #isTold = false;

  constructor(ground: AccountGround) {
    this.#ground = ground;
    const { env, userAgent, clients } = ground;
    const { signal } = this.#ending;
    const fetch = ground.fetch ??
      ((url: string, init: RequestInit) => globalThis.fetch(url, init));
    this.#store = new AuthStore(ground.home);
    this.#issuer = new Issuer({
      url: env.get("CODEX_APP_SERVER_LOGIN_ISSUER") || usualIssuer,
      refreshUrl: env.get("CODEX_REFRESH_TOKEN_URL_OVERRIDE") || undefined,
      fetch,
    });
    this.backend = new Backend({ fetch, userAgent });
    this.renewal = new Renewal({
      store: this.#store,
      issuer: this.#issuer,
      external: this.#external,
      clients,
      timeoutMs: ground.refreshTimeoutMs ?? 10_000,
      signal,
    });
    this.#workspaces = new Workspaces({
      backend: this.backend,
      renew: (access) => this.#renewRefused(access),
    });
    this.logins = new Logins({
      ground,
      store: this.#store,
      issuer: this.#issuer,
      external: this.#external,
      readPolicy: async () => (await this.stand()).policy,
      signal,
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
    let signIn: SignIn | undefined = this.#external.signIn;
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

  /**
   * Who is signed in now, with new tokens if the old ones have ended or `force`
   * asks for them; with the old ones if there are no new ones.
   */
  async standFresh(
    { force = false }: { readonly force?: boolean } = {},
  ): Promise<Standing> {
    const standing = await this.stand();
    const { signIn, policy } = standing;
    if (signIn?.mode !== "chatgpt") return standing;
    if (!force && !needsRenewal(signIn)) return standing;
    const reason: RefreshReason = force ? "forced" : "proactive_expiry";
    try {
      await this.renewal.renewSaved(policy, signIn, reason);
    } catch (error) {
      this.#ground.log.warn("The tokens can't be renewed", {
        reason: (error as Error).message,
      });
      return standing;
    }
    return await this.stand();
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
   * Signs out. {@linkcode announceAccount} tells of it.
   *
   * @throws {RpcError} if what is kept can't be taken away.
   */
  async logout(): Promise<void> {
    const { policy } = await this.stand();
    await this.logins.giveUp();
    const wasExternal = this.#external.drop();
    try {
      // A file that can't be read is taken away too.
      const document = await this.#store.load(policy.store).catch(() => {});
      await this.#store.remove(policy.store);
      const signIn = document && toSignIn(document);
      if (wasExternal || signIn?.mode !== "chatgpt") return;
      const { signal } = this.#ending;
      if (signIn.refreshToken !== undefined) {
        await this.#issuer.revoke(signIn.refreshToken, { signal });
      }
    } catch (error) {
      throw RpcError.internal(`logout failed: ${(error as Error).message}`);
    }
  }

  /** Tells everybody who is signed in now. */
  async announceAccount(): Promise<void> {
    const { signIn } = await this.stand();
    this.#announce(signIn);
  }

  /**
   * Tells everybody that a sign-in has ended, and who is signed in now: once
   * it is known where requests go, if they go to ChatGPT.
   */
  async announceSignIn(loginId: string | null): Promise<void> {
    const { clients } = this.#ground;
    const standing = await this.stand();
    const { provider } = standing;
    let { signIn } = standing;
    if (provider?.requiresOpenaiAuth && isChatgpt(signIn)) {
      this.#isTold = true; // right below
      try {
        signIn = (await this.findWorkspace(standing, signIn)).access;
      } catch (error) {
        clients.announce(toEnd(loginId, (error as Error).message));
        return;
      }
    }
    clients.announce(toEnd(loginId, null));
    this.#announce(signIn);
  }

  /**
   * The workspace of an account; looked up once for its tokens. Who is signed
   * in from an earlier time is told to everybody when that is known.
   *
   * @throws {RpcError} if ChatGPT does not tell.
   */
  async findWorkspace(
    { policy }: Standing,
    access: ChatgptAccess,
  ): Promise<FoundWorkspace> {
    const found = await this.#workspaces.find(policy.backendUrl, access);
    if (!this.#isTold) this.#announce(found.access);
    return found;
  }

  /**
   * All workspaces of an account, as they are now.
   *
   * @throws {RpcError} if ChatGPT does not tell.
   */
  listWorkspaces(
    { policy }: Standing,
    access: ChatgptAccess,
  ): Promise<readonly Workspace[]> {
    return this.#workspaces.list(policy.backendUrl, access);
  }

  /** Gives up what is waited for. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort(new Error("The server ends"));
    await this.logins[Symbol.asyncDispose]();
  }

  #announce(signIn: SignIn | undefined): void {
    this.#isTold = true;
    this.#ground.clients.announce(toUpdate(signIn));
  }

  async #renewRefused(
    access: ChatgptAccess,
  ): Promise<ChatgptAccess | undefined> {
    const { policy } = await this.stand();
    if (access.mode === "chatgpt") {
      await this.renewal.renewSaved(policy, access, "unauthorized_recovery");
    } else {
      await this.renewal.bring(policy, access);
    }
    const { signIn } = await this.stand();
    return isChatgpt(signIn) ? signIn : undefined;
  }
}
