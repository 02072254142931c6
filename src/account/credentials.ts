import {
  createFileCredentials,
  type CredentialOptions,
  type Credentials,
  ModelError,
  type Provider,
  type RefusedOptions,
} from "../model/mod.ts";
import type { Accounts, Standing } from "./accounts.ts";
import { toHeaders } from "./backend.ts";
import { SignInOverError } from "./renewal.ts";
import { isChatgpt, needsRenewal } from "./sign_in.ts";

/** The address of the API; with an account of ChatGPT it is another one. */
const apiUrl = "https://api.openai.com/v1";

/** How requests to models are signed in: as the account that is signed in. */
export function createCredentials(
  accounts: Accounts,
  options: {
    readonly home: string;
    readonly env: { get(name: string): string | undefined };
  },
): Credentials {
  const written = createFileCredentials(options);
  const isOurs = (provider: Provider): boolean =>
    provider.requiresOpenaiAuth && provider.envKey === undefined &&
    provider.bearerToken === undefined;

  /** The account with tokens that have not ended. */
  const standFresh = async (): Promise<Standing> => {
    const standing = await accounts.stand();
    const { signIn, policy } = standing;
    if (!needsRenewal(signIn)) return standing;
    await told(() =>
      accounts.renewal.renewSaved(policy, signIn, "proactive_expiry")
    );
    return await accounts.stand();
  };

  return {
    async headers(provider: Provider, callOptions: CredentialOptions) {
      if (!isOurs(provider)) {
        return await written.headers(provider, callOptions);
      }
      const standing = await standFresh();
      const { signIn } = standing;
      if (signIn?.mode === "apikey") {
        return { authorization: `Bearer ${signIn.key.reveal()}` };
      }
      if (!isChatgpt(signIn)) return {};
      if (provider.baseUrl !== apiUrl) return toHeaders(signIn);
      const { routing, access } = await told(() =>
        accounts.findWorkspace(standing, signIn)
      );
      const headers = toHeaders(access);
      return routing.accountRoutingOverride === "NO_CONSTRAINT" ? headers : {
        ...headers,
        "x-openai-account-routing-override": routing.accountRoutingOverride,
      };
    },

    async baseUrl(provider: Provider) {
      if (!isOurs(provider) || provider.baseUrl !== apiUrl) return undefined;
      const standing = await accounts.stand();
      const { signIn } = standing;
      if (!isChatgpt(signIn)) return undefined;
      const { routing } = await told(() =>
        accounts.findWorkspace(standing, signIn)
      );
      return `${routing.backendOrigin}/backend-api/codex`;
    },

    async onUnauthorized(provider: Provider, { refused }: RefusedOptions) {
      if (!isOurs(provider)) return false;
      const { signIn, policy } = await accounts.stand();
      const was = (refused["authorization"] ?? "").replace(/^Bearer /, "");
      const now = signIn?.mode === "apikey"
        ? signIn.key
        : isChatgpt(signIn)
        ? signIn.accessToken
        : undefined;
      // Somebody else's request, or another program, has found out before.
      if (now !== undefined && !now.equals(was)) return true;
      switch (signIn?.mode) {
        case "chatgpt":
          await told(() =>
            accounts.renewal.renewSaved(policy, signIn, "unauthorized_recovery")
          );
          return true;
        case "chatgptAuthTokens":
          await told(() => accounts.renewal.bring(policy, signIn));
          return true;
        default:
          return false;
      }
    },
  };
}

/** Lets a turn tell why it could not be signed in. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ModelError) throw error;
    const isOver = error instanceof SignInOverError;
    throw new ModelError((error as Error).message, {
      info: isOver ? "unauthorized" : "other",
    });
  }
}
