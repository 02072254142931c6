/**
 * Configuration: what a client is told about the files it was read from, and
 * about the limits that an administrator set.
 *
 * @module
 */
import type { ApprovalsReviewer, AskForApproval } from "./approval.ts";
import type { JsonValue, Uint } from "./scalar.ts";
import type { SandboxMode } from "./session.ts";

/** A place in a text; both numbers count from 1. */
export interface TextPosition {
  /** Line number. */
  line: Uint;
  /** Column number, counted in Unicode code points. */
  column: Uint;
}

/** A stretch of text. */
export interface TextRange {
  /** Its first character. */
  start: TextPosition;
  /** Its last character: a single character starts and ends at one place. */
  end: TextPosition;
}

/**
 * Something about the configuration deserves attention. Sent to each
 * connection right after its `initialize`.
 */
export interface ConfigWarningNotification {
  /** What is wrong, for people. */
  summary: string;
  /** More about it: place and cause. */
  details: string | null;
  /** File that it is about. */
  path?: string;
  /** Place in that file. */
  range?: TextRange;
}

/** How the model may search the web. */
export type WebSearchMode = "disabled" | "cached" | "indexed" | "live";

/** A way to sign in. */
export type LoginMethod = "api" | "chatgpt";

/** Where credentials are kept. */
export type CredentialsStore = "file" | "keyring" | "auto" | "ephemeral";

/** Region that requests must stay in. */
export type Residency = "us";

/** Implementation of the sandbox on Windows. */
export type WindowsSandbox = "elevated" | "unelevated" | "mxc";

/** Whether feedback may be sent. */
export interface FeedbackRequirements {
  /** False: nobody may send feedback. */
  enabled: boolean | null;
}

/**
 * What an administrator demands of every session on this machine. `null`
 * leaves a thing free.
 */
export interface ConfigRequirements {
  /** The only model provider that may be used. */
  modelProvider: string | null;
  /** Providers by id, in the words of the configuration file. */
  modelProviders: { [id: string]: JsonValue } | null;
  /** Ways to sign in that are left; an empty list leaves none. */
  allowedLoginMethods: LoginMethod[] | null;
  /** Where credentials must be kept. */
  cliAuthCredentialsStore: CredentialsStore | null;
  /** The only base URL for ChatGPT. */
  chatgptBaseUrl: string | null;
  /** Text that is added to the developer instructions of every session. */
  additionalDeveloperInstructions: string | null;
  /** Approval policies to choose from. */
  allowedApprovalPolicies: AskForApproval[] | null;
  /** Reviewers to choose from. */
  allowedApprovalsReviewers: ApprovalsReviewer[] | null;
  /** Sandbox modes to choose from. */
  allowedSandboxModes: SandboxMode[] | null;
  /** Sandboxes to choose from on Windows. */
  allowedWindowsSandboxImplementations: WindowsSandbox[] | null;
  /** Permission profiles by name, and whether each may be used. */
  allowedPermissionProfiles: { [name: string]: boolean } | null;
  /** Permission profile of sessions that name none. */
  defaultPermissions: string | null;
  /** Ways of web search to choose from. */
  allowedWebSearchModes: WebSearchMode[] | null;
  /** Only run the hooks that the administrator set. */
  allowManagedHooksOnly: boolean | null;
  /** Whether the browser and other programs may be operated. */
  allowBrowserAndComputerUse: boolean | null;
  /** Whether programs may be pictured. */
  allowAppshots: boolean | null;
  /** Whether remote control may be turned on. */
  allowRemoteControl: boolean | null;
  /** Rules for operating other programs. */
  computerUse: JsonValue | null;
  /** Rules for operating a browser. */
  browserUse: JsonValue | null;
  /** Rules for the browser in the app. */
  inAppBrowser: JsonValue | null;
  /** Features that must be on or off. */
  featureRequirements: { [feature: string]: boolean } | null;
  /** Hooks that the administrator set. */
  hooks: JsonValue | null;
  /** Region that requests must stay in. */
  enforceResidency: Residency | null;
  /** Rules for the network of commands. */
  network: JsonValue | null;
  /** Rules for the application around the server. */
  application: JsonValue | null;
  /** Rules for automatic review. */
  autoReview: JsonValue | null;
  /** Rules for models. */
  models: JsonValue | null;
  /** Where databases must be kept, as a `file:` URL. */
  sqliteHome: string | null;
  /** Where logs must be kept, as a `file:` URL. */
  logDir: string | null;
  /** The list of models that must be used, as a `file:` URL. */
  modelCatalogJson: string | null;
  /** Whether to look for updates. */
  checkForUpdateOnStartup: boolean | null;
  /** Whether commands may run in a login shell. */
  allowLoginShell: boolean | null;
  /** Rules for feedback. */
  feedback: FeedbackRequirements | null;
  /** Rules for exported telemetry. */
  otel: JsonValue | null;
}

/** What an administrator demands. */
export interface ConfigRequirementsReadResponse {
  /** The demands, or null if there are none. */
  requirements: ConfigRequirements | null;
  /** Whether the two fast modes are ruled on separately. */
  supportsIndependentSpeedModes: boolean | null;
}
