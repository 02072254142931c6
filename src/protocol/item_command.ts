/**
 * Items that do something on the machine: commands, patches, waiting.
 *
 * @module
 */
import type { Int32, Int64, Path, Uint } from "./scalar.ts";
import type { ItemTimes } from "./item_times.ts";

/** A command reads a file. */
export interface ReadAction {
  /** Tag of this kind. */
  type: "read";
  /** The command. */
  command: string;
  /** Name of the file. */
  name: string;
  /** The file. */
  path: Path;
}

/** A command lists files. */
export interface ListFilesAction {
  /** Tag of this kind. */
  type: "listFiles";
  /** The command. */
  command: string;
  /** Where, if it says. */
  path: string | null;
}

/** A command searches. */
export interface SearchAction {
  /** Tag of this kind. */
  type: "search";
  /** The command. */
  command: string;
  /** For what. */
  query: string | null;
  /** Where, if it says. */
  path: string | null;
}

/** A command does something else. */
export interface UnknownAction {
  /** Tag of this kind. */
  type: "unknown";
  /** The command. */
  command: string;
}

/** What a command seems to do, for people; nothing is decided by it. */
export type CommandAction =
  | ReadAction
  | ListFilesAction
  | SearchAction
  | UnknownAction;

/** Who ran a command, and by what tool. */
export type CommandExecutionSource =
  | "agent"
  | "userShell"
  | "unifiedExecStartup"
  | "unifiedExecInteraction";

/** How far a command is. `declined`: a person, or a rule, said no. */
export type CommandExecutionStatus =
  | "inProgress"
  | "completed"
  | "failed"
  | "declined";

/** A command. */
export interface CommandExecutionItem extends ItemTimes {
  /** Tag of this kind. */
  type: "commandExecution";
  /** Its id: that of the model's call. */
  id: string;
  /** Plugin whose script it runs, if it is a trusted one. */
  pluginId: string | null;
  /** That script, from the plugin's root. */
  scriptPath: string | null;
  /** The command line. */
  command: string;
  /** Where it runs. */
  cwd: Path;
  /** Its terminal, if it has one. */
  processId: string | null;
  /** Who ran it. */
  source: CommandExecutionSource;
  /** How far it is. */
  status: CommandExecutionStatus;
  /** What it seems to do; one for each part of a pipe. */
  commandActions: CommandAction[];
  /** What it wrote, stdout and stderr as they came. */
  aggregatedOutput: string | null;
  /** Its exit code. */
  exitCode: Int32 | null;
  /** How long it ran, in milliseconds. */
  durationMs: Int64 | null;
}

/** A file is new. */
export interface AddChange {
  /** Tag of this kind. */
  type: "add";
}

/** A file goes away. */
export interface DeleteChange {
  /** Tag of this kind. */
  type: "delete";
}

/** A file changes. */
export interface UpdateChange {
  /** Tag of this kind. */
  type: "update";
  /** Where it moves to. */
  move_path: string | null;
}

/** What happens to a file. */
export type PatchChangeKind = AddChange | DeleteChange | UpdateChange;

/** A file and what happens to it. */
export interface FileUpdateChange {
  /** The file. */
  path: string;
  /** What happens. */
  kind: PatchChangeKind;
  /** Unified diff; for a file that comes or goes, its content. */
  diff: string;
}

/** How far a patch is. `declined`: a person, or a rule, said no. */
export type PatchApplyStatus =
  | "inProgress"
  | "completed"
  | "failed"
  | "declined";

/** A patch. */
export interface FileChangeItem extends ItemTimes {
  /** Tag of this kind. */
  type: "fileChange";
  /** Its id: that of the model's call. */
  id: string;
  /** The files, by path. */
  changes: FileUpdateChange[];
  /** How far it is. */
  status: PatchApplyStatus;
}

/** The model waits. */
export interface SleepItem extends ItemTimes {
  /** Tag of this kind. */
  type: "sleep";
  /** Its id. */
  id: string;
  /** For how long, in milliseconds. */
  durationMs: Uint;
}
