import {
  type AccountSessionsListParams,
  type AccountSessionsResponse,
  RpcError,
} from "../protocol/mod.ts";
import type { Accounts } from "./accounts.ts";

/**
 * What `accountSession/list` answers: the one sign-in that the server keeps.
 *
 * @throws {RpcError} if names are asked for and ChatGPT does not tell them.
 */
export async function listSessions(
  accounts: Accounts,
  { refreshWorkspaceMetadata = false }: AccountSessionsListParams,
): Promise<AccountSessionsResponse> {
  const standing = await accounts.stand();
  const { signIn } = standing;
  if (signIn?.mode !== "chatgpt") {
    return { activeSessionId: null, sessions: [] };
  }
  const { accountId, claims, ownerId } = signIn;
  const sessionId = ownerId ?? claims.userId ?? accountId ?? "default";
  const workspaces = refreshWorkspaceMetadata
    ? await accounts.listWorkspaces(standing, signIn)
    : accountId === null
    ? []
    : [{ accountId, name: null, kind: null }];
  return {
    activeSessionId: sessionId,
    sessions: [{
      sessionId,
      email: claims.email,
      userId: claims.userId,
      displayName: null,
      imageUrl: null,
      lastUsedAt: Math.floor(Date.now() / 1000),
      isActive: true,
      selectedWorkspaceAccountId: accountId,
      workspaces: workspaces.map((one) => ({
        accountId: one.accountId,
        name: one.name,
        imageUrl: null,
        kind: one.kind,
      })),
    }],
  };
}

/**
 * What `accountSession/switch` answers: there is nothing to switch to.
 *
 * @throws {RpcError} always, unless it is the one in use.
 */
export async function switchSession(
  accounts: Accounts,
  { sessionId, accountId }: {
    readonly sessionId: string;
    readonly accountId: string;
  },
): Promise<AccountSessionsResponse> {
  if (accountId.trim() === "") {
    throw RpcError.invalidRequest("accountId must not be empty");
  }
  const sessions = await listSessions(accounts, {});
  const [session] = sessions.sessions;
  if (session === undefined) {
    throw RpcError.invalidRequest(
      "Workspace switching requires a managed ChatGPT login",
    );
  }
  if (session.sessionId !== sessionId) {
    throw RpcError.invalidRequest(
      "Only the active managed account session can be switched",
    );
  }
  if (session.selectedWorkspaceAccountId === accountId) return sessions;
  throw RpcError.invalidRequest(
    "This server keeps one login: sign in again to use another workspace",
  );
}
