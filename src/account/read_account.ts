import type {
  Account,
  GetAccountParams,
  GetAccountResponse,
  GetAuthStatusParams,
  GetAuthStatusResponse,
} from "../protocol/mod.ts";
import type { Accounts } from "./accounts.ts";
import { toPlanType } from "./_claims.ts";
import type { ChatgptAccess } from "./sign_in.ts";

/**
 * What `account/read` answers.
 *
 * @throws {RpcError} if ChatGPT does not say where its workspace is.
 */
export async function readAccount(
  accounts: Accounts,
  { refreshToken = false }: GetAccountParams,
): Promise<GetAccountResponse> {
  const before = await accounts.stand();
  const requiresOpenaiAuth = before.provider?.requiresOpenaiAuth ?? false;
  const nobody: GetAccountResponse = {
    account: null,
    userId: null,
    requiresOpenaiAuth,
    workspaceRouting: null,
  };
  if (!requiresOpenaiAuth) return nobody;
  if (refreshToken && !await accounts.renew(before)) return nobody;
  const standing = refreshToken ? await accounts.stand() : before;
  const { signIn } = standing;
  switch (signIn?.mode) {
    case "apikey":
      return { ...nobody, account: { type: "apiKey" } };
    case "chatgpt":
    case "chatgptAuthTokens": {
      const { routing, name } = await accounts.findWorkspace(standing, signIn);
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

/** What `getAuthStatus` answers; a token that can't be renewed is not told. */
export async function readStatus(
  accounts: Accounts,
  { includeToken, refreshToken }: GetAuthStatusParams,
): Promise<GetAuthStatusResponse> {
  const before = await accounts.stand();
  const requiresOpenaiAuth = before.provider?.requiresOpenaiAuth ?? false;
  const isFresh = refreshToken !== true || await accounts.renew(before);
  const { signIn } = refreshToken === true ? await accounts.stand() : before;
  if (!requiresOpenaiAuth || signIn === undefined) {
    return { authMethod: null, authToken: null, requiresOpenaiAuth };
  }
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
