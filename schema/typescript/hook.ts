/**
 * Hooks: programs of the user that run at certain points of a turn.
 *
 * @module
 */
import type { Int64, Path } from "./scalar.ts";

/** When a hook runs. */
export type HookEventName =
  | "preModelRequest"
  | "postModelRequest"
  | "preToolUse"
  | "permissionRequest"
  | "postToolUse"
  | "preCompact"
  | "postCompact"
  | "sessionStart"
  | "sessionEnd"
  | "userPromptSubmit"
  | "subagentStart"
  | "subagentStop"
  | "stop"
  | "interrupt";

/** What a hook is. */
export type HookHandlerType = "command" | "mcpTool" | "prompt" | "agent";

/** Whether the turn waits for a hook. */
export type HookExecutionMode = "sync" | "async";

/** What a hook belongs to. */
export type HookScope = "thread" | "turn";

/** Where a hook is declared. */
export type HookSource =
  | "system"
  | "user"
  | "project"
  | "mdm"
  | "sessionFlags"
  | "plugin"
  | "cloudRequirements"
  | "cloudManagedConfig"
  | "legacyManagedConfigFile"
  | "legacyManagedConfigMdm"
  | "unknown";

/** How far the run of a hook is. */
export type HookRunStatus =
  | "running"
  | "completed"
  | "failed"
  | "blocked"
  | "stopped";

/** What a line of a hook's output is for. */
export type HookOutputEntryKind =
  | "warning"
  | "stop"
  | "feedback"
  | "context"
  | "error";

/** A line of a hook's output. */
export interface HookOutputEntry {
  /** What it is for. */
  kind: HookOutputEntryKind;
  /** The line. */
  text: string;
}

/** A run of a hook. */
export interface HookRunSummary {
  /** Its id. */
  id: string;
  /** When it runs. */
  eventName: HookEventName;
  /** What it is. */
  handlerType: HookHandlerType;
  /** Whether the turn waits for it. */
  executionMode: HookExecutionMode;
  /** What it belongs to. */
  scope: HookScope;
  /** File that declares it. */
  sourcePath: Path;
  /** Where it is declared. */
  source: HookSource;
  /** Where to show it among the others. */
  displayOrder: Int64;
  /** How far it is. */
  status: HookRunStatus;
  /** The same in words. */
  statusMessage: string | null;
  /** When it began, in seconds since 1970. */
  startedAt: Int64;
  /** When it ended, in seconds since 1970. */
  completedAt: Int64 | null;
  /** How long it took, in milliseconds. */
  durationMs: Int64 | null;
  /** What it said. */
  entries: HookOutputEntry[];
}

/** A hook began to run. */
export interface HookStartedNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn, if it is of one. */
  turnId: string | null;
  /** The run as it is now. */
  run: HookRunSummary;
}

/** A hook has run. */
export interface HookCompletedNotification {
  /** Its thread. */
  threadId: string;
  /** Its turn, if it is of one. */
  turnId: string | null;
  /** The run as it is now. */
  run: HookRunSummary;
}
