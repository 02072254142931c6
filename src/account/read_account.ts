import type {
  Account,
  GetAccountParams,
  GetAccountResponse,
  GetAuthStatusParams,
  GetAuthStatusResponse,
} from "../protocol/mod.ts";
import type { Accounts } from "./accounts.ts";
import { toPlanType } from "./_claims.ts";
import { type ChatgptAccess, isChatgpt } from "./sign_in.ts";

/**
 * What `account/read` answers.
 *
 * @throws {RpcError} if ChatGPT does not say where its workspace is.
 */
export async function readAccount(
  accounts: Accounts,
  { refreshToken = false }: GetAccountParams,
): Promise<GetAccountResponse> {
  const standing = await accounts.standFresh({ force: refreshToken });
  const requiresOpenaiAuth = standing.provider?.requiresOpenaiAuth ?? false;
  const nobody: GetAccountResponse = {
    account: null,
    userId: null,
    requiresOpenaiAuth,
    workspaceRouting: null,
  };
  const { signIn } = standing;
  if (!requiresOpenaiAuth) return nobody;
  if (signIn?.mode === "apikey") {
    return { ...nobody, account: { type: "apiKey" } };
  }
  if (!isChatgpt(signIn) || isOver(accounts, signIn)) return nobody;
  if (signIn.accountId === null) {
    return {
      ...nobody,
      account: toAccount(signIn, null),
      userId: signIn.claims.userId,
    };
  }
  const { access, routing, name } = await accounts.findWorkspace(
    standing,
    signIn,
  );
  return {
    account: toAccount(access, name),
    userId: access.claims.userId,
    requiresOpenaiAuth,
    workspaceRouting: routing,
  };
}

/** What `getAuthStatus` answers; a token that can't be renewed is not told. */
export async function readStatus(
  accounts: Accounts,
  { includeToken, refreshToken }: GetAuthStatusParams,
): Promise<GetAuthStatusResponse> {
  const { signIn, provider } = await accounts.standFresh({
    force: refreshToken === true,
  });
  const requiresOpenaiAuth = provider?.requiresOpenaiAuth ?? false;
  const isNobody = signIn === undefined ||
    signIn.mode === "apikey" && signIn.key.equals("");
  if (!requiresOpenaiAuth || isNobody) {
    return { authMethod: null, authToken: null, requiresOpenaiAuth };
  }
  const token = signIn.mode === "apikey"
    ? signIn.key
    : isChatgpt(signIn) && !isOver(accounts, signIn)
    ? signIn.accessToken
    : undefined;
  return {
    authMethod: signIn.mode,
    authToken: includeToken === true ? token?.reveal() ?? null : null,
    requiresOpenaiAuth,
  };
}

function isOver({ renewal }: Accounts, signIn: ChatgptAccess): boolean {
  return signIn.mode === "chatgpt" && renewal.isOver(signIn);
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
