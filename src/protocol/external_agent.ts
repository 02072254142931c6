/**
 * Taking over what other agents on the machine are set up with.
 *
 * @module
 */
import type { Uint, Uint32, UnixMs } from "./scalar.ts";

/** What can be taken over. */
export type ExternalAgentConfigMigrationItemType =
  | "AGENTS_MD"
  | "CONFIG"
  | "SKILLS"
  | "PLUGINS"
  | "MCP_SERVER_CONFIG"
  | "SUBAGENTS"
  | "HOOKS"
  | "COMMANDS"
  | "MEMORY"
  | "SESSIONS";

/** Looks for what can be taken over. */
export interface ExternalAgentConfigDetectParams {
  /** Whether to look in the user's home. Default false. */
  includeHome?: boolean;
  /** Directories of repositories to look in. */
  cwds?: string[] | null;
  /** Sessions that are older than this many days are left out. */
  maxSessionAgeDays?: Uint32 | null;
  /** Most sessions. */
  maxSessions?: Uint32 | null;
  /** Ignored; see `migrationSource`. */
  source?: string | null;
  /** The other agent; what is not known stands for the usual one. */
  migrationSource?: string | null;
}

/** Plugins of a marketplace. */
export interface PluginsMigration {
  /** The marketplace. */
  marketplaceName: string;
  /** The plugins. */
  pluginNames: string[];
}

/** Something with a name. */
export interface NamedMigration {
  /** The name. */
  name: string;
}

/** A skill. */
export type SkillMigration = NamedMigration;
/** A server of the model context protocol. */
export type McpServerMigration = NamedMigration;
/** A hook, by its event. */
export type HookMigration = NamedMigration;
/** A subagent. */
export type SubagentMigration = NamedMigration;
/** A command. */
export type CommandMigration = NamedMigration;

/** A session. */
export interface SessionMigration {
  /** Its file. */
  path: string;
  /** Where it worked. */
  cwd: string;
  /** Its title. */
  title: string | null;
}

/** What there is in detail; lists may be left out. */
export interface MigrationDetails {
  /** Plugins. */
  plugins?: PluginsMigration[];
  /** Skills. */
  skills?: SkillMigration[];
  /** Sessions. */
  sessions?: SessionMigration[];
  /** Servers. */
  mcpServers?: McpServerMigration[];
  /** Hooks. */
  hooks?: HookMigration[];
  /** Subagents. */
  subagents?: SubagentMigration[];
  /** Commands. */
  commands?: CommandMigration[];
  /** Memories. */
  memory?: string[];
}

/** Something that can be taken over. */
export interface ExternalAgentConfigMigrationItem {
  /** What kind of thing. */
  itemType: ExternalAgentConfigMigrationItemType;
  /** In words for people. */
  description: string;
  /** The repository; null for the home. */
  cwd?: string | null;
  /** In detail. */
  details?: MigrationDetails | null;
}

/** Where a connector was seen. */
export type ExternalAgentDetectedConnectorSource =
  | "remoteMcpServersConfig"
  | "sessionToolUse";

/** A connector that the other agent has. */
export interface ExternalAgentDetectedConnectorCandidate {
  /** Its name. */
  name: string;
  /** In how many sessions it was used. */
  sessionCount: Uint;
  /** Where it was seen. */
  source: ExternalAgentDetectedConnectorSource;
}

/** What can be taken over. */
export interface ExternalAgentConfigDetectResponse {
  /** What. */
  items: ExternalAgentConfigMigrationItem[];
  /** Connectors. */
  connectors: ExternalAgentDetectedConnectorCandidate[];
}

/** Takes things over. */
export interface ExternalAgentConfigImportParams {
  /** Which. */
  migrationItems: ExternalAgentConfigMigrationItem[];
  /** The product that asked for it. */
  source?: string | null;
  /** Whose import it is, for the history. */
  providerId?: string | null;
  /** The other agent, as it was given for the search. */
  migrationSource?: string | null;
}

/** It goes on. */
export interface ExternalAgentConfigImportResponse {
  /** Its id. */
  importId: string;
}

/** Something that was taken over. */
export interface ExternalAgentConfigImportItemTypeSuccess {
  /** What kind of thing. */
  itemType: ExternalAgentConfigMigrationItemType;
  /** The repository; null for the home. */
  cwd: string | null;
  /** What it was. */
  source: string | null;
  /** What it has become. */
  target: string | null;
  /** Title of a session. */
  title: string | null;
}

/** Something that could not be taken over. */
export interface ExternalAgentConfigImportItemTypeFailure {
  /** What kind of thing. */
  itemType: ExternalAgentConfigMigrationItemType;
  /** Kind of the failure. */
  errorType: string | null;
  /** Kind of the failure, more closely. */
  subErrorType: string | null;
  /** How far it came. */
  failureStage: string;
  /** The failure in words. */
  message: string;
  /** The repository; null for the home. */
  cwd: string | null;
  /** What it was. */
  source: string | null;
}

/** How it went with the things of a kind. */
export interface ExternalAgentConfigImportTypeResult {
  /** The kind. */
  itemType: ExternalAgentConfigMigrationItemType;
  /** What was taken over. */
  successes: ExternalAgentConfigImportItemTypeSuccess[];
  /** What was not. */
  failures: ExternalAgentConfigImportItemTypeFailure[];
}

/** An import has come further. */
export interface ExternalAgentConfigImportProgressNotification {
  /** The import. */
  importId: string;
  /** How it went with what it has come to. */
  itemTypeResults: ExternalAgentConfigImportTypeResult[];
}

/** An import is over. */
export interface ExternalAgentConfigImportCompletedNotification {
  /** The import. */
  importId: string;
  /** How it went. */
  itemTypeResults: ExternalAgentConfigImportTypeResult[];
}

/** Something that was taken over by somebody else. */
export interface ExternalAgentConfigImportHistoryRecordSuccessParams {
  /** What kind of thing. */
  itemType: ExternalAgentConfigMigrationItemType;
  /** The repository; null for the home. */
  cwd?: string | null;
  /** What it was. */
  source?: string | null;
  /** What it has become. */
  target?: string | null;
  /** Title of a session. */
  title?: string | null;
}

/** Something that somebody else could not take over. */
export interface ExternalAgentConfigImportHistoryRecordFailureParams {
  /** What kind of thing. */
  itemType: ExternalAgentConfigMigrationItemType;
  /** Kind of the failure. */
  errorType?: string | null;
  /** Kind of the failure, more closely. */
  subErrorType?: string | null;
  /** How far it came. */
  failureStage: string;
  /** The failure in words. */
  message: string;
  /** The repository; null for the home. */
  cwd?: string | null;
  /** What it was. */
  source?: string | null;
}

/** How it went with the things of a kind for somebody else. */
export interface ExternalAgentConfigImportHistoryRecordTypeResultParams {
  /** The kind. */
  itemType: ExternalAgentConfigMigrationItemType;
  /** What was taken over. */
  successes: ExternalAgentConfigImportHistoryRecordSuccessParams[];
  /** What was not. */
  failures: ExternalAgentConfigImportHistoryRecordFailureParams[];
}

/** Enters an import that somebody else has done. */
export interface ExternalAgentConfigImportHistoryRecordParams {
  /** Who. */
  providerId: string;
  /** How it went. */
  itemTypeResults: ExternalAgentConfigImportHistoryRecordTypeResultParams[];
}

/** It is entered. */
export interface ExternalAgentConfigImportHistoryRecordResponse {
  /** Under this id. */
  importId: string;
}

/** An import of the past. */
export interface ExternalAgentConfigImportHistory {
  /** Its id. */
  importId: string;
  /** Whose it was. */
  providerId: string | null;
  /** When it was over. */
  completedAtMs: UnixMs;
  /** What was taken over. */
  successes: ExternalAgentConfigImportItemTypeSuccess[];
  /** What was not. */
  failures: ExternalAgentConfigImportItemTypeFailure[];
}

/** Where a connector was seen in what was taken over. */
export type ExternalAgentImportedConnectorSource = "remoteMcpServersConfig";

/** A connector of the agent that was taken over. */
export interface ExternalAgentImportedConnectorCandidate {
  /** Its name. */
  name: string;
  /** In how many sessions it was used. */
  sessionCount: Uint;
  /** Where it was seen. */
  source: ExternalAgentImportedConnectorSource;
}

/** The imports of the past. */
export interface ExternalAgentConfigImportHistoriesReadResponse {
  /** They, the oldest first. */
  data: ExternalAgentConfigImportHistory[];
  /** Connectors. */
  connectors: ExternalAgentImportedConnectorCandidate[];
}
