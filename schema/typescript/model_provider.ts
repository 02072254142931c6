/**
 * Where models are asked, as clients show it and change it. Never a secret.
 *
 * @module
 */
import type { NoParams } from "./scalar.ts";

/** Nothing signs in. */
export interface NoGatewayAuth {
  /** Which way. */
  mode: "none";
}

/** A key in a variable of the environment signs in. */
export interface EnvironmentGatewayAuth {
  /** Which way. */
  mode: "environmentVariable";
  /** The variable. */
  envKey: string;
}

/** What signs in can't be changed by a client. */
export interface ExternalGatewayAuth {
  /** Which way. */
  mode: "externallyConfigured";
  /** The variable, if there is one too. */
  envKey: string | null;
}

/** How requests are signed in. */
export type GatewayAuth =
  | NoGatewayAuth
  | EnvironmentGatewayAuth
  | ExternalGatewayAuth;

/** OpenAI itself. */
export interface OpenaiProviderSettings {
  /** What it is. */
  type: "openai";
}

/** Any other server that speaks the Responses API. */
export interface CustomGatewayProviderSettings {
  /** What it is. */
  type: "customGateway";
  /** How requests are signed in. */
  auth: GatewayAuth;
}

/** Amazon Bedrock. */
export interface BedrockProviderSettings {
  /** What it is. */
  type: "bedrock";
  /** Profile of AWS. */
  profile: string | null;
  /** Region of AWS. */
  region: string | null;
}

/** Google Cloud. */
export interface GcpProviderSettings {
  /** What it is. */
  type: "gcp";
  /** Its project. */
  projectId: string | null;
  /** Where its models run. */
  location: string | null;
  /** File with the credentials. */
  credentialFile: string | null;
}

/** Settings of a provider. */
export type ProviderSettings =
  | OpenaiProviderSettings
  | CustomGatewayProviderSettings
  | BedrockProviderSettings
  | GcpProviderSettings;

/** A provider. */
export interface ModelProviderSummary {
  /** Its key in `model_providers`. */
  id: string;
  /** Its name for people. */
  name: string;
  /** Whether a client may change it. */
  canEdit: boolean;
  /** Its address; null if there is none, or a secret may be in it. */
  baseUrl: string | null;
  /** Its settings. */
  settings: ProviderSettings;
}

/** Asks for the providers. */
export type ModelProviderListParams = NoParams;

/** The providers. */
export interface ModelProviderListResponse {
  /** The providers, by id. */
  data: ModelProviderSummary[];
  /** The one in use. */
  defaultProviderId: string;
  /** Whether a client may choose another. */
  canChangeDefault: boolean;
}

/** Asks what the provider in use can do. */
export type ModelProviderCapabilitiesReadParams = NoParams;

/** What the provider in use can do. */
export interface ModelProviderCapabilitiesReadResponse {
  /** Make images. */
  imageGeneration: boolean;
  /** Search the web. */
  webSearch: boolean;
}

/**
 * Changes a gateway, or adds one. What is left out stays, null takes away.
 *
 * @closed
 */
export interface CustomGatewaySettingsPatch {
  /** What it is. */
  type: "customGateway";
  /** Which one. Default: a new one. */
  providerId?: string | null;
  /** Its name for people. */
  name?: string;
  /** Its address. */
  baseUrl?: string | null;
  /** Variable of the environment with its key. */
  envKey?: string | null;
}

/** Ids of Amazon Bedrock. */
export type BedrockProviderId = "amazon-bedrock" | "amazon-bedrock-runtime";

/**
 * Changes Amazon Bedrock. What is left out stays, null takes away.
 *
 * @closed
 */
export interface BedrockSettingsPatch {
  /** What it is. */
  type: "bedrock";
  /** Which one. */
  providerId: BedrockProviderId;
  /** Profile of AWS. */
  profile?: string | null;
  /** Region of AWS. */
  region?: string | null;
}

/** Id of Google Cloud. */
export type GcpProviderId = "gcp";

/**
 * Changes Google Cloud. What is left out stays, null takes away.
 *
 * @closed
 */
export interface GcpSettingsPatch {
  /** What it is. */
  type: "gcp";
  /** Which one. */
  providerId: GcpProviderId;
  /** Its project. */
  projectId?: string | null;
  /** Where its models run. */
  location?: string | null;
  /** File with the credentials, an absolute path. */
  credentialFile?: string | null;
}

/** What to change of a provider. */
export type ProviderSettingsPatch =
  | CustomGatewaySettingsPatch
  | BedrockSettingsPatch
  | GcpSettingsPatch;

/**
 * Changes a provider in the user's configuration.
 *
 * @closed
 */
export interface ModelProviderConfigWriteParams {
  /** What to change. */
  settings: ProviderSettingsPatch;
}

/** The provider is changed. */
export interface ModelProviderConfigWriteResponse {
  /** As it is now. */
  provider: ModelProviderSummary;
}
