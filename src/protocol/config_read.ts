/**
 * `config/read`: the configuration as it is in effect, and where each part of
 * it comes from. Keys are spelled as in the configuration file.
 *
 * @module
 */
import type { ApprovalsReviewer, AskForApproval } from "./approval.ts";
import type { AbsolutePath, Int, JsonValue } from "./scalar.ts";
import type { LoginMethod, WebSearchMode } from "./config.ts";
import type {
  ReasoningEffort,
  ReasoningSummary,
  SandboxMode,
} from "./session.ts";

/** Asks for the configuration. */
export interface ConfigReadParams {
  /** Whether to tell each layer by itself, too. Default: no. */
  includeLayers?: boolean;
  /**
   * Directory whose project counts; a relative one counts from the server's
   * working directory. Without it no project does.
   */
  cwd?: string | null;
}

/** The configuration. */
export interface ConfigReadResponse {
  /** All layers in one. */
  config: ConfigValues;
  /** By dotted path of each value that is set: the layer it comes from. */
  origins: { [path: string]: ConfigLayerMetadata };
  /** The layers, strongest first; absent unless they were asked for. */
  layers?: ConfigLayer[];
}

/** Where a layer of the configuration comes from. */
export type ConfigLayerSource =
  | ConfigPackagedSource
  | ConfigDeviceSource
  | ConfigSystemSource
  | ConfigEnterpriseSource
  | ConfigUserSource
  | ConfigProjectSource
  | ConfigFlagsSource
  | ConfigManagedFileSource
  | ConfigManagedDeviceSource;

/** Came with the program. */
export interface ConfigPackagedSource {
  /** Tells the kinds of sources apart. */
  type: "packagedDefaults";
  /** The file. */
  file: AbsolutePath;
}

/** Management of the device. */
export interface ConfigDeviceSource {
  /** Tells the kinds of sources apart. */
  type: "mdm";
  /** Preference domain. */
  domain: string;
  /** Key within it. */
  key: string;
}

/** The system's file, which need not exist. */
export interface ConfigSystemSource {
  /** Tells the kinds of sources apart. */
  type: "system";
  /** The file. */
  file: AbsolutePath;
}

/** Delivered by an organization. */
export interface ConfigEnterpriseSource {
  /** Tells the kinds of sources apart. */
  type: "enterpriseManaged";
  /** Lasting id of what was delivered. */
  id: string;
  /** Its name for people. */
  name: string;
}

/** The user's file, which need not exist. */
export interface ConfigUserSource {
  /** Tells the kinds of sources apart. */
  type: "user";
  /** The file. */
  file: AbsolutePath;
  /** Profile that the file stands for; null for the user's main file. */
  profile: string | null;
}

/** A directory of a project. */
export interface ConfigProjectSource {
  /** Tells the kinds of sources apart. */
  type: "project";
  /** The directory's `.codex`. */
  dotCodexFolder: AbsolutePath;
}

/** The command line. */
export interface ConfigFlagsSource {
  /** Tells the kinds of sources apart. */
  type: "sessionFlags";
}

/** The administrator's `managed_config.toml`. */
export interface ConfigManagedFileSource {
  /** Tells the kinds of sources apart. */
  type: "legacyManagedConfigTomlFromFile";
  /** The file. */
  file: AbsolutePath;
}

/** The same, by management of the device. */
export interface ConfigManagedDeviceSource {
  /** Tells the kinds of sources apart. */
  type: "legacyManagedConfigTomlFromMdm";
}

/** A state of a layer. */
export interface ConfigLayerMetadata {
  /** Where it comes from. */
  name: ConfigLayerSource;
  /** Changes when what the layer sets changes. */
  version: string;
}

/** A layer by itself. */
export interface ConfigLayer {
  /** Where it comes from. */
  name: ConfigLayerSource;
  /** Changes when what the layer sets changes. */
  version: string;
  /** What it sets. */
  config: JsonValue;
  /** Why it does not count; absent if it does. */
  disabledReason?: string;
}

/** The configuration in effect; other keys than these may be there. */
export interface ConfigValues {
  /** Any other key. */
  [key: string]: JsonValue;
  /** Model to use. */
  model: string | null;
  /** Model for reviews. */
  review_model: string | null;
  /** How much the model can take in, in tokens. */
  model_context_window: Int | null;
  /** How many tokens make the conversation be compacted. */
  model_auto_compact_token_limit: Int | null;
  /** What counts towards that. */
  model_auto_compact_token_limit_scope: AutoCompactTokenLimitScope | null;
  /** Name of the model provider. */
  model_provider: string | null;
  /** When a person is asked. */
  approval_policy: AskForApproval | null;
  /** Who answers when a person would be asked. */
  approvals_reviewer: ApprovalsReviewer | null;
  /** What commands may touch. */
  sandbox_mode: SandboxMode | null;
  /** More about the sandbox that lets commands write. */
  sandbox_workspace_write: SandboxWorkspaceWrite | null;
  /** Workspaces that an account must be of. */
  forced_chatgpt_workspace_id: string | string[] | null;
  /** The only way to sign in. */
  forced_login_method: LoginMethod | null;
  /** How the model may search the web. */
  web_search: WebSearchMode | null;
  /** Who searches for the client. */
  client_search_provider: WebSearchProvider | null;
  /** Settings of tools. */
  tools: ToolsConfig | null;
  /** Instructions of the user. */
  instructions: string | null;
  /** Instructions of the developer. */
  developer_instructions: string | null;
  /** How to ask for a compaction. */
  compact_prompt: string | null;
  /** How much the model thinks. */
  model_reasoning_effort: ReasoningEffort | null;
  /** How its reasoning is summed up. */
  model_reasoning_summary: ReasoningSummary | null;
  /** How much it says. */
  model_verbosity: Verbosity | null;
  /** Service tier. */
  service_tier: string | null;
  /** Whether use is reported. */
  analytics: AnalyticsConfig | null;
  /**
   * Apps by id, and what holds for all of them under `_default`.
   *
   * @experimental
   */
  apps: AppsConfig | null;
  /** What may be done with a browser. */
  browser_use: BrowserUseConfig | null;
  /** What may be done with other programs. */
  computer_use: ComputerUseConfig | null;
  /** Settings of the desktop program. */
  desktop: { [key: string]: JsonValue } | null;
}

/** What counts towards a limit of tokens. */
export type AutoCompactTokenLimitScope = "total" | "body_after_prefix";

/** How much a model says. */
export type Verbosity = "low" | "medium" | "high";

/** Who searches the web for a client. */
export type WebSearchProvider = "standalone" | "search_mcp";

/** Whether something is let happen. */
export type AllowDeny = "allow" | "deny";

/** More about the sandbox that lets commands write. */
export interface SandboxWorkspaceWrite {
  /** More places to write to. */
  writable_roots: string[];
  /** Whether commands reach the network. */
  network_access: boolean;
  /** Whether `TMPDIR` is not to be written to. */
  exclude_tmpdir_env_var: boolean;
  /** Whether `/tmp` is not to be written to. */
  exclude_slash_tmp: boolean;
}

/** Settings of tools. */
export interface ToolsConfig {
  /** Search on the web. */
  web_search: WebSearchToolConfig | null;
}

/** Settings of the search on the web. */
export interface WebSearchToolConfig {
  /** How much of what is found is shown to the model. */
  context_size: Verbosity | null;
  /** The only domains to search. */
  allowed_domains: string[] | null;
  /** Where the user is. */
  location: WebSearchLocation | null;
}

/** Where somebody who searches is. */
export interface WebSearchLocation {
  /** Country. */
  country: string | null;
  /** Part of the country. */
  region: string | null;
  /** City. */
  city: string | null;
  /** Time zone, such as `Europe/Berlin`. */
  timezone: string | null;
}

/** Whether use is reported. */
export interface AnalyticsConfig {
  /** Any other key. */
  [key: string]: JsonValue;
  /** Whether it is; null leaves it to the program. */
  enabled: boolean | null;
}

/** How calls of the tools of an app are approved. */
export type AppToolApproval = "auto" | "prompt" | "writes" | "approve";

/** How a tool is put to the model. */
export type ToolExposureSurface = "code_mode" | "deferred" | "direct";

/** What holds for apps that say nothing else. */
export interface AppsDefaultConfig {
  /** Whether they are on. */
  enabled: boolean;
  /** Who answers for the user. */
  approvals_reviewer: ApprovalsReviewer | null;
  /** Whether tools that destroy may be called. */
  destructive_enabled: boolean;
  /** Whether tools that reach out into the world may be called. */
  open_world_enabled: boolean;
  /** How calls are approved. */
  default_tools_approval_mode: AppToolApproval | null;
}

/** Apps by id. */
export interface AppsConfig {
  /** Settings of an app, as in the configuration file. */
  [app: string]: JsonValue;
  /** What holds for apps that say nothing else. */
  _default: AppsDefaultConfig | null;
}

/** What a page may do in a browser that the model uses. */
export interface BrowserUseOriginPolicy {
  /** Being opened. */
  access: AllowDeny | null;
  /** Downloads. */
  downloads: AllowDeny | null;
  /** Uploads. */
  uploads: AllowDeny | null;
  /** The whole of the DevTools protocol. */
  full_cdp_access: AllowDeny | null;
}

/** What may be done with a browser. */
export interface BrowserUseConfig {
  /** Whether its history may be read. */
  allow_history_access: boolean | null;
  /** What holds for origins that are not named. */
  default_origin_policy: BrowserUseOriginPolicy | null;
  /** Origins by name. */
  origins: { [origin: string]: BrowserUseOriginPolicy } | null;
}

/** What may be done with other programs. */
export interface ComputerUseConfig {
  /** What holds for programs that are not named. */
  default_app_access: AllowDeny | null;
  /** Programs on macOS. */
  macos: ComputerUseMacosConfig | null;
  /** Programs on Windows. */
  windows: ComputerUseWindowsConfig | null;
}

/** Programs on macOS. */
export interface ComputerUseMacosConfig {
  /** Programs by bundle id. */
  bundle_ids: { [id: string]: AllowDeny } | null;
}

/** Programs on Windows. */
export interface ComputerUseWindowsConfig {
  /** Programs by application user model id. */
  aumids: { [id: string]: AllowDeny } | null;
  /** Programs by who made them. */
  exes: ComputerUseWindowsExe[] | null;
}

/** A program on Windows. */
export interface ComputerUseWindowsExe {
  /** Who signed it. */
  publisher_name: string;
  /** What it belongs to. */
  product_name: string;
  /** Its file; null for all of the product. */
  binary_name: string | null;
  /** Whether it may be operated. */
  access: AllowDeny;
}
