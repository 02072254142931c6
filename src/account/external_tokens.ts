import type { ExternalSignIn } from "./sign_in.ts";

/** The account whose tokens a client keeps: in memory, as long as it says. */
export class ExternalTokens {
  #signIn: ExternalSignIn | undefined;

  /** The account, if a client has brought one. */
  get signIn(): ExternalSignIn | undefined {
    return this.#signIn;
  }

  /** Takes what a client brings. */
  take(signIn: ExternalSignIn): void {
    this.#signIn = signIn;
  }

  /** Takes newer tokens; whoever signed out meanwhile stays out. */
  renew(refused: ExternalSignIn, renewed: ExternalSignIn): void {
    if (this.#signIn === refused) this.#signIn = renewed;
  }

  /** Forgets them; whether there were any. */
  drop(): boolean {
    const wasThere = this.#signIn !== undefined;
    this.#signIn = undefined;
    return wasThere;
  }
}
