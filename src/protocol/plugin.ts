/**
 * `plugin/*`: bundles of skills, hooks, MCP servers and apps.
 *
 * @module
 */
import type { AppSummary, AppTemplateSummary } from "./app.ts";
import type {
  AbsolutePath,
  Empty,
  JsonValue,
  NoParams,
  Uint32,
  UnixSeconds,
} from "./scalar.ts";
import type { HookEventName } from "./hook.ts";
import type {
  MarketplaceInterface,
  MarketplaceLoadErrorInfo,
} from "./marketplace.ts";
import type { SkillSummary } from "./skill.ts";

/** When a plugin's apps are signed in to. */
export type PluginAuthPolicy = "ON_INSTALL" | "ON_USE";

/** Whether a plugin may be installed. */
export type PluginInstallPolicy =
  | "NOT_AVAILABLE"
  | "AVAILABLE"
  | "INSTALLED_BY_DEFAULT";

/** Who decided that. */
export type PluginInstallPolicySource =
  | "WORKSPACE_SETTING"
  | "IMPLICIT_CANONICAL_APP";

/** Whether a plugin may be used. */
export type PluginAvailability = "AVAILABLE" | "DISABLED_BY_ADMIN";

/** Why a plugin may not be used. */
export type PluginDisabledReason =
  | "disabled_by_admin"
  | "plan_not_eligible"
  | "required_app_unavailable"
  | "unknown";

/** A plugin in a directory of this machine. */
export interface LocalPluginSource {
  /** What it is. */
  type: "local";
  /** The directory. */
  path: AbsolutePath;
}

/** A plugin in a git repository. */
export interface GitPluginSource {
  /** What it is. */
  type: "git";
  /** The repository. */
  url: string;
  /** Directory in it. */
  path: string | null;
  /** Branch or tag. */
  refName: string | null;
  /** Commit. */
  sha: string | null;
}

/** A plugin in an npm package. */
export interface NpmPluginSource {
  /** What it is. */
  type: "npm";
  /** The package. */
  package: string;
  /** Version or range. */
  version: string | null;
  /** Where it is published, if not at the usual place. */
  registry: string | null;
}

/** A plugin of the vendor's catalogue. */
export interface RemotePluginSource {
  /** What it is. */
  type: "remote";
}

/** Where a plugin comes from. */
export type PluginSource =
  | LocalPluginSource
  | GitPluginSource
  | NpmPluginSource
  | RemotePluginSource;

/** How a plugin shows itself to people. */
export interface PluginInterface {
  /** Its name. */
  displayName: string | null;
  /** What it does, in a few words. */
  shortDescription: string | null;
  /** What it does. */
  longDescription: string | null;
  /** Who made it. */
  developerName: string | null;
  /** What kind of plugin it is. */
  category: string | null;
  /** What it can do. */
  capabilities: string[];
  /** Its site. */
  websiteUrl: string | null;
  /** Where its privacy policy stands. */
  privacyPolicyUrl: string | null;
  /** Where its terms stand. */
  termsOfServiceUrl: string | null;
  /** What to say to begin: at most 3, of 512 characters at most. */
  defaultPrompt: string[] | null;
  /** Its colour, as `#rrggbb`. */
  brandColor: string | null;
  /** Its small picture. */
  composerIcon: AbsolutePath | null;
  /** The same on the network. */
  composerIconUrl: string | null;
  /** Its picture. */
  logo: AbsolutePath | null;
  /** Its picture on dark ground. */
  logoDark: AbsolutePath | null;
  /** Its picture on the network. */
  logoUrl: string | null;
  /** The same on dark ground. */
  logoUrlDark: string | null;
  /** Pictures of it at work. */
  screenshots: AbsolutePath[];
  /** The same on the network. */
  screenshotUrls: string[];
}

/** What a share lets somebody do. */
export type PluginSharePrincipalRole = "reader" | "editor" | "owner";

/** Who a plugin is shared with. */
export type PluginSharePrincipalType = "user" | "group" | "workspace";

/** Who finds a shared plugin. */
export type PluginShareDiscoverability = "LISTED" | "UNLISTED" | "PRIVATE";

/** Who is to find a shared plugin. */
export type PluginShareUpdateDiscoverability =
  | "UNLISTED"
  | "PRIVATE"
  | "LISTED";

/** Somebody that a plugin is shared with. */
export interface PluginSharePrincipal {
  /** What they are. */
  principalType: PluginSharePrincipalType;
  /** Their id. */
  principalId: string;
  /** What they may do. */
  role: PluginSharePrincipalRole;
  /** Their name. */
  name: string;
}

/** How a plugin is shared. */
export interface PluginShareContext {
  /** Its id in the catalogue. */
  remotePluginId: string;
  /** Its version there. */
  remoteVersion: string | null;
  /** Who finds it. */
  discoverability: PluginShareDiscoverability | null;
  /** Where it is found. */
  shareUrl: string | null;
  /** Account of who shared it. */
  creatorAccountUserId: string | null;
  /** Name of who shared it. */
  creatorName: string | null;
  /** Who it is shared with. */
  sharePrincipals: PluginSharePrincipal[] | null;
  /** Whether it may be published to the workspace. */
  canPublishToWorkspace: boolean | null;
}

/** A plugin. */
export interface PluginSummary {
  /** Its id, `name@marketplace`. */
  id: string;
  /** Its id in the vendor's catalogue. */
  remotePluginId: string | null;
  /** Its version in the vendor's catalogue. */
  version: string | null;
  /** Version of what is on this machine. */
  localVersion: string | null;
  /** Its name. */
  name: string;
  /** How it is shared. */
  shareContext: PluginShareContext | null;
  /** Where it comes from. */
  source: PluginSource;
  /** Whether it is installed. */
  installed: boolean;
  /** When it was, as far as the vendor's catalogue knows. */
  installedAt: UnixSeconds | null;
  /** Whether it is on. */
  enabled: boolean;
  /** Whether it may be installed. */
  installPolicy: PluginInstallPolicy;
  /** Who decided that. */
  installPolicySource: PluginInstallPolicySource | null;
  /** Whether to ask before it is installed. */
  mustShowInstallationInterstitial: boolean | null;
  /** When its apps are signed in to. */
  authPolicy: PluginAuthPolicy;
  /** Whether it may be used. */
  availability: PluginAvailability;
  /** Why not. */
  disabledReason: PluginDisabledReason | null;
  /** Plans that may install it. */
  eligiblePlanTypes: string[] | null;
  /** How it shows itself. */
  interface: PluginInterface | null;
  /** Words to find it by. */
  keywords: string[];
}

/** A hook of a plugin. */
export interface PluginHookSummary {
  /** Name of its state in the configuration. */
  key: string;
  /** When it runs. */
  eventName: HookEventName;
}

/** All about a plugin. */
export interface PluginDetail {
  /** Where it comes from. */
  marketplaceName: string;
  /** File of that. */
  marketplacePath: AbsolutePath | null;
  /** What lists say of it. */
  summary: PluginSummary;
  /** Where it is shared. */
  shareUrl: string | null;
  /** What it is for. */
  description: string | null;
  /** Its skills. */
  skills: SkillSummary[];
  /** The skill to begin with. */
  onboardingSkill: SkillSummary | null;
  /** Its hooks. */
  hooks: PluginHookSummary[];
  /** Its apps. */
  apps: AppSummary[];
  /** What its apps are made from. */
  appTemplates: AppTemplateSummary[];
  /** Names of its MCP servers. */
  mcpServers: string[];
  /** Tasks that it does at certain times. */
  scheduledTasks: JsonValue[] | null;
}

/** A marketplace and its plugins. */
export interface PluginMarketplaceEntry {
  /** Its name. */
  name: string;
  /** Its file, if it is on this machine. */
  path: AbsolutePath | null;
  /** How it shows itself. */
  interface: MarketplaceInterface | null;
  /** Its plugins. */
  plugins: PluginSummary[];
}

/** Kinds of marketplaces. */
export type PluginListMarketplaceKind =
  | "local"
  | "vertical"
  | "workspace-directory"
  | "shared-with-me"
  | "created-by-me-remote";

/** Lists the plugins on offer. */
export interface PluginListParams {
  /** Directories that somebody works in; their repositories may offer some. */
  cwds?: AbsolutePath[] | null;
  /** Kinds of marketplaces to ask. Default: those of this machine. */
  marketplaceKinds?: PluginListMarketplaceKind[] | null;
  /** Whether to ask the vendor's catalogue again. */
  forceRefetch?: boolean;
}

/** The plugins on offer. */
export interface PluginListResponse {
  /** By marketplace. */
  marketplaces: PluginMarketplaceEntry[];
  /** Marketplaces that could not be read. */
  marketplaceLoadErrors: MarketplaceLoadErrorInfo[];
  /** Plugins to show first. */
  featuredPluginIds: string[];
}

/** Lists the installed plugins. */
export interface PluginInstalledParams {
  /** Directories that somebody works in. */
  cwds?: AbsolutePath[] | null;
  /** Plugins to list too, though they are not installed. */
  installSuggestionPluginNames?: string[] | null;
}

/** The installed plugins. */
export interface PluginInstalledResponse {
  /** By marketplace. */
  marketplaces: PluginMarketplaceEntry[];
  /** Marketplaces that could not be read. */
  marketplaceLoadErrors: MarketplaceLoadErrorInfo[];
}

/** Reads about a plugin, of one kind of marketplace or the other. */
export interface PluginReadParams {
  /** File of its marketplace. */
  marketplacePath?: AbsolutePath | null;
  /** Its marketplace in the vendor's catalogue. */
  remoteMarketplaceName?: string | null;
  /** Its name. */
  pluginName: string;
}

/** A plugin was read. */
export interface PluginReadResponse {
  /** All about it. */
  plugin: PluginDetail;
}

/** Reads a skill of a plugin of the vendor's catalogue. */
export interface PluginSkillReadParams {
  /** Its marketplace. */
  remoteMarketplaceName: string;
  /** Its plugin. */
  remotePluginId: string;
  /** Its name. */
  skillName: string;
}

/** A skill was read. */
export interface PluginSkillReadResponse {
  /** Its SKILL.md. */
  contents: string | null;
}

/** What part of the catalogue is searched. */
export type PluginSearchScope = "global" | "workspace" | "personal";

/** Searches the plugins on offer. */
export interface PluginSearchParams {
  /** What to look for. */
  searchTerm: string;
  /** Where. Default: everywhere. */
  scope?: PluginSearchScope | null;
  /** Directories that somebody works in. */
  cwds?: AbsolutePath[] | null;
  /** Where to go on: `nextCursor` of the page before. */
  cursor?: string | null;
  /** Most plugins to answer with. Default: the server's choice. */
  limit?: Uint32 | null;
}

/** A plugin that was found. */
export interface PluginSearchResult {
  /** The plugin. */
  plugin: PluginSummary;
  /** Where it comes from. */
  marketplaceName: string;
  /** File of that. */
  marketplacePath: AbsolutePath | null;
}

/** A page of plugins that were found. */
export interface PluginSearchResponse {
  /** The plugins. */
  data: PluginSearchResult[];
  /** Where to go on; null at the end. */
  nextCursor: string | null;
}

/** Installs a plugin, of one kind of marketplace or the other. */
export interface PluginInstallParams {
  /** File of its marketplace. */
  marketplacePath?: AbsolutePath | null;
  /** Its marketplace in the vendor's catalogue. */
  remoteMarketplaceName?: string | null;
  /** What the client calls this attempt. */
  installAttemptId?: string | null;
  /** Its name. */
  pluginName: string;
}

/** A plugin is installed. */
export interface PluginInstallResponse {
  /** When its apps are signed in to. */
  authPolicy: PluginAuthPolicy;
  /** Apps to sign in to now. */
  appsNeedingAuth: AppSummary[];
}

/** Uninstalls a plugin. */
export interface PluginUninstallParams {
  /** Its id. */
  pluginId: string;
}

/** A plugin is not installed. */
export type PluginUninstallResponse = Empty;

/** Makes the installed plugins what the vendor's catalogue says. */
export interface PluginReconcileParams {
  /** Why, for logs. */
  reason?: string | null;
}

/** A plugin that changed, and what it touches. */
export interface PluginReconcileChangedPlugin {
  /** Its id. */
  id: string;
  /** Whether it has or had MCP servers. */
  hasMcps: boolean;
  /** Whether it has or had apps. */
  hasApps: boolean;
  /** Whether it has or had hooks. */
  hasHooks: boolean;
  /** Whether it has or had skills. */
  hasSkills: boolean;
}

/** What changed. */
export interface PluginReconcileResponse {
  /** The plugins. */
  changedPlugins: PluginReconcileChangedPlugin[];
  /** Those that could not be brought up to date. */
  failedRemotePluginIds: string[];
  /** Those of them that could not be fetched. */
  failedMaterializationRemotePluginIds: string[];
}

/** What a share is to let somebody do. */
export type PluginShareTargetRole = "reader" | "editor";

/** Somebody that a plugin is to be shared with. */
export interface PluginShareTarget {
  /** What they are. */
  principalType: PluginSharePrincipalType;
  /** Their id. */
  principalId: string;
  /** What they may do. */
  role: PluginShareTargetRole;
}

/** Shares a plugin. */
export interface PluginShareSaveParams {
  /** Its directory. */
  pluginPath: AbsolutePath;
  /** Its id, if it was shared before. */
  remotePluginId?: string | null;
  /** Who finds it. */
  discoverability?: PluginShareDiscoverability | null;
  /** Who it is shared with. */
  shareTargets?: PluginShareTarget[] | null;
}

/** A plugin is shared. */
export interface PluginShareSaveResponse {
  /** Its id in the catalogue. */
  remotePluginId: string;
  /** Where it is found. */
  shareUrl: string;
  /** Whether it may be published to the workspace. */
  canPublishToWorkspace: boolean | null;
}

/** Changes who a plugin is shared with. */
export interface PluginShareUpdateTargetsParams {
  /** Its id in the catalogue. */
  remotePluginId: string;
  /** Who finds it. */
  discoverability: PluginShareUpdateDiscoverability;
  /** Who it is shared with. */
  shareTargets: PluginShareTarget[];
}

/** Who a plugin is shared with now. */
export interface PluginShareUpdateTargetsResponse {
  /** They. */
  principals: PluginSharePrincipal[];
  /** Who finds it. */
  discoverability: PluginShareDiscoverability;
}

/** Lists the shared plugins. */
export type PluginShareListParams = NoParams;

/** A shared plugin. */
export interface PluginShareListItem {
  /** The plugin. */
  plugin: PluginSummary;
  /** Where it is worked on, if it is on this machine. */
  localPluginPath: AbsolutePath | null;
}

/** The shared plugins. */
export interface PluginShareListResponse {
  /** They. */
  data: PluginShareListItem[];
}

/** Gets a shared plugin to work on. */
export interface PluginShareCheckoutParams {
  /** Its id in the catalogue. */
  remotePluginId: string;
}

/** A shared plugin is on this machine. */
export interface PluginShareCheckoutResponse {
  /** Its id in the catalogue. */
  remotePluginId: string;
  /** Its id here. */
  pluginId: string;
  /** Its name. */
  pluginName: string;
  /** Where it lies. */
  pluginPath: AbsolutePath;
  /** Its marketplace. */
  marketplaceName: string;
  /** File of that. */
  marketplacePath: AbsolutePath;
  /** Its version in the catalogue. */
  remoteVersion: string | null;
}

/** Ends the sharing of a plugin. */
export interface PluginShareDeleteParams {
  /** Its id in the catalogue. */
  remotePluginId: string;
}

/** A plugin is not shared. */
export type PluginShareDeleteResponse = Empty;
