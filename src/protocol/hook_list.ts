/**
 * `hooks/list`: which hooks there are, and which of them may run.
 *
 * @module
 */
import type { AbsolutePath, Int64, Path, Uint, Uint64 } from "./scalar.ts";
import type { HookEventName, HookSource } from "./hook.ts";

/** Whether a hook may run. */
export type HookTrustStatus = "managed" | "untrusted" | "trusted" | "modified";

/** What is known of every hook. */
export interface HookDetails {
  /** Name of its state in the configuration. */
  key: string;
  /** When it runs. */
  eventName: HookEventName;
  /** Pattern of what it runs for; null for everything. */
  matcher: string | null;
  /** Seconds after which it is ended. */
  timeoutSec: Uint64;
  /** What to show while it runs. */
  statusMessage: string | null;
  /**
   * Tokens of context from which on it is kept in a file; null for 2,500, 0
   * for never.
   */
  additionalContextLimit: Uint | null;
  /** File that declares it. */
  sourcePath: AbsolutePath;
  /** What that file is. */
  source: HookSource;
  /** The plugin that brought it, as `name@marketplace`. */
  pluginId: string | null;
  /** The environment that demands it. */
  environmentId: string | null;
  /** Its place in the list. */
  displayOrder: Int64;
  /** Whether it is on. */
  enabled: boolean;
  /** Whether an administrator set it. */
  isManaged: boolean;
  /** What has to be trusted: it changes with what would run. */
  currentHash: string;
  /** Whether it is. */
  trustStatus: HookTrustStatus;
}

/** A hook that is a command line. */
export interface CommandHookMetadata extends HookDetails {
  /** What it is. */
  handlerType: "command";
  /** The command line. */
  command: string;
  /** Whether nobody waits for it. */
  async: boolean;
}

/** A hook that is a tool of an MCP server. */
export interface McpToolHookMetadata extends HookDetails {
  /** What it is. */
  handlerType: "mcpTool";
  /** The server. */
  server: string;
  /** The tool. */
  tool: string;
}

/** A hook that asks a model. */
export interface PromptHookMetadata extends HookDetails {
  /** What it is. */
  handlerType: "prompt";
}

/** A hook that is an agent. */
export interface AgentHookMetadata extends HookDetails {
  /** What it is. */
  handlerType: "agent";
}

/** A hook. */
export type HookMetadata =
  | CommandHookMetadata
  | McpToolHookMetadata
  | PromptHookMetadata
  | AgentHookMetadata;

/** A file whose hooks could not be read. */
export interface HookErrorInfo {
  /** The file. */
  path: string;
  /** Why. */
  message: string;
}

/** Lists hooks, of directories or of a thread. */
export interface HooksListParams {
  /** Directories that somebody works in. Default: where the server runs. */
  cwds?: Path[];
  /** A loaded thread, in place of directories. */
  threadId?: string | null;
}

/** The hooks of a directory. */
export interface HooksListEntry {
  /** The directory, as it was asked for. */
  cwd: string;
  /** Its hooks. */
  hooks: HookMetadata[];
  /** What was left out, and why. */
  warnings: string[];
  /** Files that could not be read. */
  errors: HookErrorInfo[];
}

/** Hooks by directory. */
export interface HooksListResponse {
  /** One entry for each directory. */
  data: HooksListEntry[];
}
