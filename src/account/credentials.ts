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
import { type ChatgptAccess, isChatgpt } from "./sign_in.ts";

/** Tokens that end this soon are renewed before they are used. */
const marginMs = 60_000;

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
    const isOver = signIn?.mode === "chatgpt" &&
      signIn.refreshToken !== undefined &&
      (signIn.claims.expiresAtMs ?? Infinity) < Date.now() + marginMs;
    if (!isOver) return standing;
    await told(() => accounts.renewal.renewSaved(policy, signIn));
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
      const headers = toHeaders(signIn);
      if (provider.baseUrl !== apiUrl) return headers;
      const { routing } = await findWorkspace(accounts, standing, signIn);
      return routing.accountRoutingOverride === "NO_CONSTRAINT" ? headers : {
        ...headers,
        "x-openai-account-routing-override": routing.accountRoutingOverride,
      };
    },

    async baseUrl(provider: Provider) {
      if (!isOurs(provider) || provider.baseUrl !== apiUrl) return undefined;
      const standing = await accounts.stand();
      if (!isChatgpt(standing.signIn)) return undefined;
      const { routing } = await findWorkspace(
        accounts,
        standing,
        standing.signIn,
      );
      return `${toOrigin(routing.backendOrigin)}/backend-api/codex`;
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
          await told(() => accounts.renewal.renewSaved(policy, signIn));
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

/** The workspace, or why there is none, in the words of a turn. */
function findWorkspace(
  accounts: Accounts,
  standing: Standing,
  access: ChatgptAccess,
): ReturnType<Accounts["findWorkspace"]> {
  return told(() => accounts.findWorkspace(standing, access));
}

/** Where a token may be sent: never where others could read it on its way. */
function toOrigin(text: string): string {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    url = undefined;
  }
  if (
    url?.protocol === "https:" && url.username === "" && url.password === ""
  ) return url.origin;
  throw new ModelError(
    "workspace backend must use an HTTPS origin without credentials",
    { info: "other" },
  );
}

/** Lets a turn tell why it could not be signed in. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw new ModelError((error as Error).message, { info: "other" });
  }
}
