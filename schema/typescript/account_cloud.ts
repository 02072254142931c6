/**
 * Ways to models that others host: Amazon Bedrock, Google Cloud, and gateways
 * with a sign-in of their own.
 *
 * @module
 */
import type { Empty, NoParams } from "./scalar.ts";

/** Asks what this machine knows of AWS. */
export type BedrockDiscoverParams = NoParams;

/** A profile of AWS's own configuration. */
export interface BedrockAwsProfile {
  /** Its name. */
  name: string;
  /** Its region. */
  region: string | null;
}

/** What kind of keys the environment holds. */
export type AwsCredentialType = "accessKeys" | "bedrockApiKey";

/** Keys in the environment. */
export interface BedrockEnvironmentCredential {
  /** Of what kind. */
  type: AwsCredentialType;
  /** The region beside them. */
  region: string | null;
}

/** What this machine knows of AWS. */
export interface BedrockDiscoverResponse {
  /** Profiles. */
  profiles: BedrockAwsProfile[];
  /** Keys in the environment. */
  environmentCredentials: BedrockEnvironmentCredential[];
}

/** Uses a profile of AWS. */
export interface BedrockProfileSetup {
  /** Which way. */
  type: "profile";
  /** Its name. */
  profile: string;
  /** The region. */
  region: string;
}

/** Uses the keys in the environment. */
export interface BedrockEnvironmentSetup {
  /** Which way. */
  type: "environment";
  /** The region. */
  region: string;
}

/** Sets Amazon Bedrock up. */
export type BedrockSetupParams = BedrockProfileSetup | BedrockEnvironmentSetup;

/** It is set up. */
export type BedrockSetupResponse = Empty;

/** Asks whether GovCloud is used as it demands. */
export type BedrockCheckGovCloudRequirementsParams = NoParams;

/** Whether GovCloud is used as it demands. */
export interface BedrockCheckGovCloudRequirementsResponse {
  /** Whether it is used. */
  isGovCloud: boolean;
  /** Whether something that it demands is missing. */
  shouldWarn: boolean;
}

/** Sets Google Cloud up. */
export interface GcpSetupParams {
  /** The project. */
  projectId: string;
  /** Where its models run. Default `global`. */
  location?: string | null;
  /** File with the credentials, an absolute path. Default: Google's own ways. */
  credentialFile?: string | null;
}

/** It is set up. */
export type GcpSetupResponse = Empty;

/** How far the sign-in at a gateway is. */
export type GatewayOAuthStatus =
  | "notReady"
  | "started"
  | "succeeded"
  | "failed";

/** Asks for the sign-in at a gateway. */
export interface GatewayOAuthReadParams {
  /** Which provider. Default: the one in use. */
  modelProvider?: string | null;
}

/** The sign-in at a gateway. */
export interface GatewayOAuthReadResponse {
  /** The provider. */
  providerId: string;
  /** Its name for people. */
  providerName: string;
  /** Whether it wants a sign-in of its own. */
  required: boolean;
  /** Whether a code can be typed in on another device. */
  supportsDeviceAuth?: boolean;
  /** How far it is; null if there is none. */
  status: GatewayOAuthStatus | null;
  /** Why it failed. */
  error: string | null;
}

/** Signs in at a gateway. */
export interface GatewayOAuthLoginParams {
  /** Which provider. Default: the one in use. */
  modelProvider?: string | null;
  /** With a code that is typed in on another device. Default false. */
  deviceAuth?: boolean;
}

/** What somebody has to do. */
export interface GatewayOAuthPrompt {
  /** Id of the attempt. */
  loginId: string;
  /** The page to open. */
  verificationUrl: string;
  /** The code to type in. */
  userCode: string;
}

/** How the sign-in goes on. */
export interface GatewayOAuthLoginResponse {
  /** What somebody has to do; null if a browser is opened. */
  prompt: GatewayOAuthPrompt | null;
}

/** The sign-in was given up, if there was one. */
export type GatewayOAuthCancelResponse = Empty;

/** The sign-in at a gateway changed its state. */
export interface GatewayOAuthChangedNotification {
  /** Id of the attempt. */
  loginId: string | null;
  /** A page to open, for the client that began. */
  authUrl: string | null;
  /** The provider. */
  providerId: string;
  /** How far it is. */
  status: GatewayOAuthStatus;
  /** Why it failed. */
  error: string | null;
}
