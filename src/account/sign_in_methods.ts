import {
  type LoginAccountParams,
  RpcError,
  toThreadId,
} from "../protocol/mod.ts";
import type { Context, Handlers } from "../rpc/mod.ts";
import type { Accounts } from "./accounts.ts";
import { readAccount, readStatus } from "./read_account.ts";
import { listSessions, switchSession } from "./sessions.ts";

type SignInMethod =
  | "account/read"
  | "getAuthStatus"
  | "account/login/start"
  | "account/login/cancel"
  | "account/logout"
  | "accountSession/list"
  | "accountSession/switch";

/** Ways to sign in that are experimental. */
const experimentalWays: readonly string[] = [
  "chatgptAuthTokens",
  "amazonBedrockAccessKeys",
] satisfies LoginAccountParams["type"][];

/** Signing in and out. */
export const signInHandlers: Handlers<Accounts, SignInMethod> = {
  "account/read": readAccount,
  getAuthStatus: readStatus,

  async "account/login/start"(accounts, params, context) {
    gate(params, context);
    const announce = () => accounts.announceSignIn(null);
    switch (params.type) {
      case "apiKey": {
        const response = await accounts.logins.withKey(params.apiKey);
        context.afterReply(announce);
        return response;
      }
      case "chatgptAuthTokens": {
        const response = await accounts.logins.withTokens(params);
        context.afterReply(announce);
        return response;
      }
      case "chatgpt":
        return await accounts.logins.withBrowser();
      case "chatgptDeviceCode":
        return await accounts.logins.withCode();
      case "amazonBedrock":
      case "amazonBedrockAccessKeys":
        throw RpcError.invalidRequest(
          "Amazon Bedrock login is not supported by this server",
        );
    }
  },

  "account/login/cancel"(accounts, { loginId }) {
    let id: string;
    try {
      id = toThreadId(loginId); // the same ways to write it
    } catch {
      throw RpcError.invalidRequest(`invalid login id: ${loginId}`);
    }
    return accounts.logins.cancel(id);
  },

  async "account/logout"(accounts, _, context) {
    await accounts.logout();
    context.afterReply(() => accounts.announceAccount());
    return {};
  },

  "accountSession/list": listSessions,
  "accountSession/switch": switchSession,
};

function gate({ type }: LoginAccountParams, { client }: Context): void {
  if (client.experimentalApi || !experimentalWays.includes(type)) return;
  throw RpcError.invalidRequest(
    `account/login/start.${type} requires experimentalApi capability`,
  );
}
