import type { MethodName, ParamsOf } from "../protocol/mod.ts";
import { concurrent, type Scope } from "../rpc/mod.ts";

/** One change of the account at a time, whoever asks. */
const changing: Scope<unknown> = {
  reach: "server",
  claims: () => [{ lane: "account", access: "exclusive" }],
};

/** A client that reads right behind its own change reads what it changed. */
const reading: Scope<unknown> = {
  reach: "server",
  claims: () => [{ lane: "account", access: "shared" }],
};

/** What the methods of the account wait for; loaded with the server. */
export const accountScopes = {
  "account/read": reading,
  getAuthStatus: reading,
  "account/login/start": changing,
  "account/login/cancel": changing,
  "account/logout": changing,
  "account/rateLimits/read": concurrent,
  "account/rateLimitResetCredit/consume": concurrent,
  "account/usage/read": concurrent,
  "account/workspaceMessages/read": concurrent,
  "account/sendAddCreditsNudgeEmail": concurrent,
  "account/securitySetup/read": concurrent,
  "accountSession/list": reading,
  "accountSession/switch": changing,
  "account/gatewayOAuth/read": reading,
  "account/gatewayOAuth/login": concurrent,
  "account/gatewayOAuth/cancel": concurrent,
  "account/bedrock/discover": concurrent,
  "account/bedrock/setup": concurrent,
  "account/bedrock/checkGovCloudRequirements": concurrent,
  "account/gcp/setup": concurrent,
} satisfies { readonly [M in MethodName]?: Scope<ParamsOf<M>> };

/** Names of the methods of the account. */
export type AccountMethod = keyof typeof accountScopes;
