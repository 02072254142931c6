/**
 * Who the server is signed in as at the model provider, and how it signs in and
 * out.
 *
 * @module
 */
import type { Empty } from "./scalar.ts";

/** How the server signs in, in the words of `auth.json`. */
export type AuthMode =
  | "apikey"
  | "chatgpt"
  | "chatgptAuthTokens"
  | "headers"
  | "agentIdentity"
  | "personalAccessToken"
  | "bedrockApiKey"
  | "bedrockAccessKeys";

/** Plan of a ChatGPT account. */
export type PlanType =
  | "free"
  | "go"
  | "plus"
  | "pro"
  | "prolite"
  | "promax"
  | "team"
  | "self_serve_business_prolite"
  | "self_serve_business_usage_based"
  | "business"
  | "ent26"
  | "enterprise_cbp_automation"
  | "enterprise_cbp_usage_based"
  | "enterprise"
  | "edu"
  | "edu_plus"
  | "edu_pro"
  | "sci"
  | "sci_plus"
  | "unknown";

/** A key of the API. */
export interface ApiKeyAccount {
  /** What it is. */
  type: "apiKey";
}

/** An account of ChatGPT. */
export interface ChatgptAccount {
  /** What it is. */
  type: "chatgpt";
  /** Whose it is, if that is known. */
  email: string | null;
  /** What is paid for. */
  planType: PlanType;
  /** Name of the chosen workspace, if that is known. */
  workspaceName: string | null;
}

/** Access to Amazon Bedrock. */
export interface AmazonBedrockAccount {
  /** What it is. */
  type: "amazonBedrock";
  /** Whether the server keeps the keys, not AWS's own tools. */
  usesCodexManagedCredentials: boolean;
}

/** Access to Google Cloud. */
export interface GcpAccount {
  /** What it is. */
  type: "gcp";
}

/** What the server is signed in with. */
export type Account =
  | ApiKeyAccount
  | ChatgptAccount
  | AmazonBedrockAccount
  | GcpAccount;

/** Which part of the world a workspace's requests must stay in. */
export type AccountRoutingOverride = "NO_CONSTRAINT" | "us" | "us_cr";

/** Where the requests of a workspace go. */
export interface WorkspaceRouting {
  /** The workspace. */
  chatgptAccountId: string;
  /** Scheme, host and port. */
  backendOrigin: string;
  /** Where they must stay. */
  accountRoutingOverride: AccountRoutingOverride;
}

/** Asks for the account. */
export interface GetAccountParams {
  /**
   * Renew the tokens first. Has no effect on tokens that a client keeps.
   * Default false.
   */
  refreshToken?: boolean;
}

/** The account. */
export interface GetAccountResponse {
  /** It; null if nobody is signed in, or the provider wants nobody. */
  account: Account | null;
  /** The person at ChatGPT. */
  userId: string | null;
  /** Whether the model provider takes this sign-in at all. */
  requiresOpenaiAuth: boolean;
  /** Where requests go; null unless it is an account of ChatGPT. */
  workspaceRouting: WorkspaceRouting | null;
}

/** Asks how the server signs in. */
export interface GetAuthStatusParams {
  /** Answer with the key or token itself too. Default false. */
  includeToken?: boolean | null;
  /** Renew the tokens first. Default false. */
  refreshToken?: boolean | null;
}

/** How the server signs in. */
export interface GetAuthStatusResponse {
  /** The way; null if nobody is signed in, or the provider wants nobody. */
  authMethod: AuthMode | null;
  /** The key or the access token, if it was asked for. */
  authToken: string | null;
  /** Whether the model provider takes this sign-in at all. */
  requiresOpenaiAuth: boolean | null;
}

/** Signs in with a key of the API. */
export interface ApiKeyLoginParams {
  /** Which way. */
  type: "apiKey";
  /** The key. */
  apiKey: string;
}

/** Whose colours the page at the end of a sign-in wears. */
export type LoginAppBrand = "codex" | "chatgpt";

/** Signs in at ChatGPT with a browser on the server's machine. */
export interface ChatgptLoginParams {
  /** Which way. */
  type: "chatgpt";
  /** Changes nothing here. */
  codexStreamlinedLogin?: boolean;
  /** Changes nothing here: the page is always ours. */
  useHostedLoginSuccessPage?: boolean;
  /** Changes nothing here. */
  appBrand?: LoginAppBrand | null;
}

/** Signs in at ChatGPT with a code that is typed in on any device. */
export interface ChatgptDeviceCodeLoginParams {
  /** Which way. */
  type: "chatgptDeviceCode";
}

/**
 * Brings tokens that the client keeps: the server holds them in memory and asks
 * for new ones.
 */
export interface ChatgptAuthTokensLoginParams {
  /** Which way. */
  type: "chatgptAuthTokens";
  /** The token, a JWT. Its signature is the provider's business. */
  accessToken: string;
  /** The workspace that it is for. */
  chatgptAccountId: string;
  /** Plan of the account. Default: as the token says, else `unknown`. */
  chatgptPlanType?: string | null;
}

/** Signs in at Amazon Bedrock with its own key. */
export interface AmazonBedrockLoginParams {
  /** Which way. */
  type: "amazonBedrock";
  /** The key. */
  apiKey: string;
  /** Region of AWS. */
  region: string;
}

/**
 * Signs in at Amazon Bedrock with access keys.
 */
export interface AmazonBedrockAccessKeysLoginParams {
  /** Which way. */
  type: "amazonBedrockAccessKeys";
  /** Id of the key. */
  accessKeyId: string;
  /** The key. */
  secretAccessKey: string;
  /** Goes with keys that do not last. */
  sessionToken?: string | null;
  /** Region of AWS. */
  region: string;
}

/** Starts to sign in. */
export type LoginAccountParams =
  | ApiKeyLoginParams
  | ChatgptLoginParams
  | ChatgptDeviceCodeLoginParams
  | ChatgptAuthTokensLoginParams
  | AmazonBedrockLoginParams
  | AmazonBedrockAccessKeysLoginParams;

/** The key is taken. */
export interface ApiKeyLoginResponse {
  /** Which way. */
  type: "apiKey";
}

/** Somebody has to open a page. */
export interface ChatgptLoginResponse {
  /** Which way. */
  type: "chatgpt";
  /** Id of this attempt, a UUID. */
  loginId: string;
  /** The page. */
  authUrl: string;
}

/** Somebody has to open a page and type in a code. */
export interface ChatgptDeviceCodeLoginResponse {
  /** Which way. */
  type: "chatgptDeviceCode";
  /** Id of this attempt, a UUID. */
  loginId: string;
  /** The page. */
  verificationUrl: string;
  /** The code. */
  userCode: string;
}

/** The tokens are taken. */
export interface ChatgptAuthTokensLoginResponse {
  /** Which way. */
  type: "chatgptAuthTokens";
}

/** The keys are taken. */
export interface AmazonBedrockLoginResponse {
  /** Which way. */
  type: "amazonBedrock";
}

/** How the sign-in goes on; `account/login/completed` tells its end. */
export type LoginAccountResponse =
  | ApiKeyLoginResponse
  | ChatgptLoginResponse
  | ChatgptDeviceCodeLoginResponse
  | ChatgptAuthTokensLoginResponse
  | AmazonBedrockLoginResponse;

/** Gives up a sign-in. */
export interface CancelLoginAccountParams {
  /** Which attempt. */
  loginId: string;
}

/** Whether there was one to give up. */
export type CancelLoginAccountStatus = "canceled" | "notFound";

/** Whether it was given up. */
export interface CancelLoginAccountResponse {
  /** Whether it was. */
  status: CancelLoginAccountStatus;
}

/** Nobody is signed in any more. */
export type LogoutAccountResponse = Empty;

/** What somebody who begins is shown first. */
export type DesktopOnboardingEntrypoint = "life_sciences";

/** A sign-in ended, well or not. */
export interface AccountLoginCompletedNotification {
  /** Which attempt; null if it had no id. */
  loginId: string | null;
  /** Whether it went well. */
  success: boolean;
  /** Why not. */
  error: string | null;
  /** What is shown first; always null here. */
  onboardingEntrypoint: DesktopOnboardingEntrypoint | null;
}

/** Another account, or none, is signed in. */
export interface AccountUpdatedNotification {
  /** How; null if nobody is. */
  authMode: AuthMode | null;
  /** What is paid for, if it is an account of ChatGPT. */
  planType: PlanType | null;
}
