/**
 * `app/*`: services of the vendor that a model can be connected with.
 *
 * @module
 */
import type { Uint32 } from "./scalar.ts";

/** Who stands behind an app. */
export interface AppBranding {
  /** What kind of app it is. */
  category: string | null;
  /** Who made it. */
  developer: string | null;
  /** Its site. */
  website: string | null;
  /** Where its privacy policy stands. */
  privacyPolicy: string | null;
  /** Where its terms stand. */
  termsOfService: string | null;
  /** Whether searches find it. */
  isDiscoverableApp: boolean;
}

/** How far an app has been reviewed. */
export interface AppReview {
  /** How far. */
  status: string;
}

/** A picture of an app at work. */
export interface AppScreenshot {
  /** Where it is. */
  url: string | null;
  /** The file that it is. */
  fileId: string | null;
  /** What was said to get there. */
  userPrompt: string;
}

/** What the catalogue says of an app. */
export interface AppMetadata {
  /** How far it has been reviewed. */
  review: AppReview | null;
  /** What kinds of app it is. */
  categories: string[] | null;
  /** The same, finer. */
  subCategories: string[] | null;
  /** What search engines show. */
  seoDescription: string | null;
  /** Pictures. */
  screenshots: AppScreenshot[] | null;
  /** Who made it. */
  developer: string | null;
  /** Its version. */
  version: string | null;
  /** Id of that. */
  versionId: string | null;
  /** What is new in it. */
  versionNotes: string | null;
  /** Whether it has to be installed though it is the vendor's own. */
  firstPartyRequiresInstall: boolean | null;
  /** Whether it is offered before it is linked. */
  showInComposerWhenUnlinked: boolean | null;
}

/** An app. */
export interface AppInfo {
  /** Its id. */
  id: string;
  /** Its name. */
  name: string;
  /** What it does. */
  description: string | null;
  /** Its picture. */
  logoUrl: string | null;
  /** Its picture on dark ground. */
  logoUrlDark: string | null;
  /** Pictures by size. */
  iconAssets: { [size: string]: string } | null;
  /** The same on dark ground. */
  iconDarkAssets: { [size: string]: string } | null;
  /** How it is handed out. */
  distributionChannel: string | null;
  /** Who stands behind it. */
  branding: AppBranding | null;
  /** What the catalogue says of it. */
  appMetadata: AppMetadata | null;
  /** Notes by name. */
  labels: { [name: string]: string } | null;
  /** Where to install it. */
  installUrl: string | null;
  /** Whether the account may use it. */
  isAccessible: boolean;
  /** Whether it is on. */
  isEnabled: boolean;
  /** Plugins that bring it. */
  pluginDisplayNames: string[];
}

/** An app that a plugin brings. */
export interface AppSummary {
  /** Its id. */
  id: string;
  /** Its name. */
  name: string;
  /** What it does. */
  description: string | null;
  /** Where to install it. */
  installUrl: string | null;
  /** What kind of app it is. */
  category: string | null;
}

/** Why a template makes no app. */
export type AppTemplateUnavailableReason =
  | "NOT_CONFIGURED_FOR_WORKSPACE"
  | "NO_ACTIVE_WORKSPACE";

/** What apps of a workspace are made from. */
export interface AppTemplateSummary {
  /** Its id. */
  templateId: string;
  /** Its name. */
  name: string;
  /** What it does. */
  description: string | null;
  /** What kind of app it makes. */
  category: string | null;
  /** The app that it stands for everywhere. */
  canonicalConnectorId: string | null;
  /** Its picture. */
  logoUrl: string | null;
  /** Its picture on dark ground. */
  logoUrlDark: string | null;
  /** The apps that were made from it. */
  materializedAppIds: string[];
  /** Why there are none. */
  reason: AppTemplateUnavailableReason | null;
}

/** A tool of an app, for people. */
export interface AppToolSummary {
  /** Its name. */
  name: string;
  /** The same for people. */
  title: string | null;
  /** What it does. */
  description: string;
  /** Whether it is on. */
  isEnabled: boolean;
  /** Why it is not. */
  disabledReason: string | null;
  /** Whether it changes nothing. */
  isReadOnly: boolean;
}

/** What is known of an app. */
export interface ConnectorMetadata {
  /** Its id. */
  id: string;
  /** Its name. */
  name: string;
  /** What it does. */
  description: string | null;
  /** Its picture. */
  iconUrl: string | null;
  /** Its picture on dark ground. */
  iconUrlDark: string | null;
  /** How it is handed out. */
  distributionChannel: string | null;
  /** Where to install it. */
  installUrl: string | null;
  /** Plugins that bring it. */
  pluginDisplayNames: string[];
  /** Its tools, if they were asked for. */
  toolSummaries: AppToolSummary[] | null;
}

/** Lists the apps on offer. */
export interface AppsListParams {
  /** Where to go on: `nextCursor` of the page before. */
  cursor?: string | null;
  /** Most apps to answer with. Default: the server's choice. */
  limit?: Uint32 | null;
  /** Thread whose configuration says which there are. */
  threadId?: string | null;
  /** Whether to ask the catalogue again. Default false. */
  forceRefetch?: boolean;
}

/** A page of apps. */
export interface AppsListResponse {
  /** The apps. */
  data: AppInfo[];
  /** Where to go on; null at the end. */
  nextCursor: string | null;
}

/** The list of apps changed. */
export interface AppListUpdatedNotification {
  /** All of them. */
  data: AppInfo[];
}

/** Reads about apps. */
export interface AppsReadParams {
  /** Their ids, at most 100. */
  appIds: string[];
  /** Loaded thread whose configuration holds. */
  threadId?: string | null;
  /** Whether to tell their tools too. Default false. */
  includeTools?: boolean;
}

/** What is known of apps. */
export interface AppsReadResponse {
  /** Those that are known. */
  apps: ConnectorMetadata[];
  /** Ids of those that are not. */
  missingAppIds: string[];
}

/** An installed app. */
export interface InstalledApp {
  /** Its id. */
  id: string;
  /** Its name as its tools tell it. */
  runtimeName: string | null;
  /** Whether it is on. */
  enabled: boolean;
  /** Whether a model can call any of its tools. */
  callable: boolean;
}

/** Lists the installed apps. */
export interface AppsInstalledParams {
  /** Loaded thread whose configuration holds. */
  threadId?: string | null;
  /** Whether to look again first. Default false. */
  forceRefresh?: boolean;
}

/** The installed apps. */
export interface AppsInstalledResponse {
  /** The apps. */
  apps: InstalledApp[];
}
