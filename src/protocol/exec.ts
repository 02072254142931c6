/**
 * `command/exec` and `process/*`: programs on the server's machine.
 *
 * A `processId` belongs to `command/exec`, a `processHandle` to `process/*`;
 * both are chosen by the client, and each connection has its own of either.
 *
 * @module
 */
import type {
  AbsolutePath,
  Empty,
  Int32,
  Int64,
  Path,
  Uint,
  Uint16,
  Uint64,
} from "./scalar.ts";

/** Whether a sandboxed command may use the network. */
export type NetworkAccess = "restricted" | "enabled";

/** No sandbox at all. */
export interface DangerFullAccessPolicy {
  /** Tag of this policy. */
  type: "dangerFullAccess";
}

/** Every file may be read, none written. */
export interface ReadOnlyPolicy {
  /** Tag of this policy. */
  type: "readOnly";
  /** Whether the network may be used. Default false. */
  networkAccess?: boolean;
}

/** Somebody else keeps the server in a sandbox already; none is added. */
export interface ExternalSandboxPolicy {
  /** Tag of this policy. */
  type: "externalSandbox";
  /** What that sandbox lets through. Default `"restricted"`. */
  networkAccess?: NetworkAccess;
}

/** Every file may be read; some directories may be written. */
export interface WorkspaceWritePolicy {
  /** Tag of this policy. */
  type: "workspaceWrite";
  /** Further directories that may be written. Default none. */
  writableRoots?: AbsolutePath[];
  /** Whether the network may be used. Default false. */
  networkAccess?: boolean;
  /** Keeps `$TMPDIR` read-only. Default false. */
  excludeTmpdirEnvVar?: boolean;
  /** Keeps `/tmp` read-only. Default false. */
  excludeSlashTmp?: boolean;
}

/** What a command may touch. */
export type SandboxPolicy =
  | DangerFullAccessPolicy
  | ReadOnlyPolicy
  | ExternalSandboxPolicy
  | WorkspaceWritePolicy;

/** Which output of a program. */
export type OutputStream = "stdout" | "stderr";

/** Size of a terminal in character cells. */
export interface CommandExecTerminalSize {
  /** Lines; at least 1. */
  rows: Uint16;
  /** Cells in a line; at least 1. */
  cols: Uint16;
}

/** Runs a program and answers when it has ended. */
export interface CommandExecParams {
  /** Program and arguments; there is no shell in between. */
  command: string[];
  /** The caller's name for it; needed for `tty` and for any streaming. */
  processId?: string | null;
  /** Gives it a terminal, and streams both ways. Default false. */
  tty?: boolean;
  /** Lets `command/exec/write` write to its stdin. Default false. */
  streamStdin?: boolean;
  /**
   * Sends output as `command/exec/outputDelta`, and none in the answer. Default
   * false.
   */
  streamStdoutStderr?: boolean;
  /** Bytes of each output that are kept. Default 1 MiB. */
  outputBytesCap?: Uint64 | null;
  /** Keeps all output; not together with `outputBytesCap`. Default false. */
  disableOutputCap?: boolean;
  /** Lets it run for ever; not together with `timeoutMs`. Default false. */
  disableTimeout?: boolean;
  /** Milliseconds after which it is killed. Default 10 000. */
  timeoutMs?: Int64 | null;
  /** Where it runs. Default: where the server runs. */
  cwd?: Path | null;
  /** Changes to the server's environment; `null` removes a variable. */
  env?: { [name: string]: string | null } | null;
  /** Size of its terminal. Default 24 lines of 80 cells; needs `tty`. */
  size?: CommandExecTerminalSize | null;
  /** What it may touch. Default: as configured. */
  sandboxPolicy?: SandboxPolicy | null;
  /**
   * Name of a configured profile of what it may touch; not together with
   * `sandboxPolicy`.
   *
   * @experimental
   */
  permissionProfile?: string | null;
  /**
   * Milliseconds that it has between SIGTERM and SIGKILL when it is ended early:
   * by its timeout, its client or the end of its connection. At most 30 000.
   * Default 0: SIGKILL at once.
   *
   * @gangway
   */
  terminateGraceMs?: Uint | null;
}

/** How a command ended. */
export interface CommandExecResponse {
  /** Its exit code; 124 after a timeout, 128 + n after signal n. */
  exitCode: Int32;
  /** What it wrote to stdout, as text; empty if that was streamed. */
  stdout: string;
  /** What it wrote to stderr, as text; empty if that was streamed. */
  stderr: string;
}

/** Writes to the stdin of a running command, closes it, or both. */
export interface CommandExecWriteParams {
  /** Name given to `command/exec`. */
  processId: string;
  /** Bytes to write, as base64 (RFC 4648 section 4, padded). */
  deltaBase64?: string | null;
  /** Closes stdin behind those bytes. Default false. */
  closeStdin?: boolean;
}

/** The bytes were taken. */
export type CommandExecWriteResponse = Empty;

/** Kills a running command and what it started. */
export interface CommandExecTerminateParams {
  /** Name given to `command/exec`. */
  processId: string;
}

/** It was told to end; the answer to `command/exec` still comes. */
export type CommandExecTerminateResponse = Empty;

/** Changes the size of a running command's terminal. */
export interface CommandExecResizeParams {
  /** Name given to `command/exec`. */
  processId: string;
  /** The new size. */
  size: CommandExecTerminalSize;
}

/** The terminal has its new size. */
export type CommandExecResizeResponse = Empty;

/** A running command wrote something. All come before its answer. */
export interface CommandExecOutputDeltaNotification {
  /** Name given to `command/exec`. */
  processId: string;
  /** Where it wrote to; with a terminal, all is stdout. */
  stream: OutputStream;
  /** The bytes as base64; a character may be cut in two. */
  deltaBase64: string;
  /** True on the last one of a stream that reached `outputBytesCap`. */
  capReached: boolean;
}

/** Size of a terminal in character cells. */
export interface ProcessTerminalSize {
  /** Lines; at least 1. */
  rows: Uint16;
  /** Cells in a line; at least 1. */
  cols: Uint16;
}

/** Starts a program, unsandboxed, and answers once it runs. */
export interface ProcessSpawnParams {
  /** Program and arguments; there is no shell in between. */
  command: string[];
  /** The caller's name for it. */
  processHandle: string;
  /** Where it runs. */
  cwd: AbsolutePath;
  /** Gives it a terminal, and streams both ways. Default false. */
  tty?: boolean;
  /** Lets `process/writeStdin` write to its stdin. Default false. */
  streamStdin?: boolean;
  /**
   * Sends output as `process/outputDelta`, and none in `process/exited`.
   * Default false.
   */
  streamStdoutStderr?: boolean;
  /** Bytes of each output that are kept; `null` for all. Default 1 MiB. */
  outputBytesCap?: Uint64 | null;
  /** Milliseconds after which it is killed; `null` for never. Default 10 000. */
  timeoutMs?: Int64 | null;
  /** Changes to the server's environment; `null` removes a variable. */
  env?: { [name: string]: string | null } | null;
  /** Size of its terminal. Default 24 lines of 80 cells; needs `tty`. */
  size?: ProcessTerminalSize | null;
  /**
   * Lets it outlive its connection. Its output must be streamed.
   *
   * @gangway
   */
  keepAlive?: ProcessKeepAlive | null;
  /**
   * Milliseconds that it has between SIGTERM and SIGKILL when it is ended early:
   * by its timeout, its client or the end of its connection. At most 30 000.
   * Default 0: SIGKILL at once.
   *
   * @gangway
   */
  terminateGraceMs?: Uint | null;
}

/** How long a process waits for somebody, and what is kept for them. */
export interface ProcessKeepAlive {
  /**
   * Milliseconds that it may be without a connection, and that its end is kept;
   * then it is ended and forgotten. Default 60 000.
   */
  graceMs?: Uint64 | null;
  /**
   * Bytes of output, of both streams together, that are kept for whoever
   * attaches. Default 1 MiB.
   */
  scrollbackBytes?: Uint64 | null;
}

/** It runs; its output and its end follow as notifications. */
export interface ProcessSpawnResponse {
  /**
   * How to attach to it; only if `keepAlive` was asked for.
   *
   * @gangway
   */
  attachment?: ProcessAttachment;
}

/** The key to a process that may outlive its connection. */
export interface ProcessAttachment {
  /** Whoever presents it may attach; good for as long as the process is kept. */
  attachSecret: string;
  /** Milliseconds that hold: what was asked for, within the server's bound. */
  graceMs: Uint;
  /** Bytes that are kept, likewise. */
  scrollbackBytes: Uint;
}

/** Takes over a process from wherever it is attached. */
export interface GangwayProcessAttachParams {
  /** From the answer to its `process/spawn`. */
  attachSecret: string;
  /** The caller's name for it from now on. */
  processHandle: string;
  /**
   * How much of its output the caller has: the `cursor` of the last delta that
   * arrived. Default 0: all that is kept.
   */
  cursor?: Uint | null;
}

/**
 * It is attached. Output from `cursor` on follows as `process/outputDelta`, and
 * then its end as `process/exited`.
 */
export interface GangwayProcessAttachResponse {
  /** Where the output begins that follows. */
  cursor: Uint;
  /**
   * Bytes between the caller's cursor and that one which are not kept any more;
   * 0 if nothing is missing.
   */
  droppedBytes: Uint;
  /** Its exit code if it has ended already; null while it runs. */
  exitCode: Int32 | null;
}

/** Leaves a process; its time without a connection begins. */
export interface GangwayProcessDetachParams {
  /** The caller's name for it; free again from now on. */
  processHandle: string;
}

/** It is attached to nobody. */
export interface GangwayProcessDetachResponse {
  /** Up to where output was sent to the caller. */
  cursor: Uint;
}

/** Another connection, or another handle, has attached to a process. */
export interface GangwayProcessDetachedNotification {
  /** The name that it had here; free again from now on. */
  processHandle: string;
  /** Up to where output was sent to this connection. */
  cursor: Uint;
}

/** Writes to the stdin of a running process, closes it, or both. */
export interface ProcessWriteStdinParams {
  /** Name given to `process/spawn`. */
  processHandle: string;
  /** Bytes to write, as base64 (RFC 4648 section 4, padded). */
  deltaBase64?: string | null;
  /** Closes stdin behind those bytes. Default false. */
  closeStdin?: boolean;
}

/** The bytes were taken. */
export type ProcessWriteStdinResponse = Empty;

/** Kills a running process and what it started. */
export interface ProcessKillParams {
  /** Name given to `process/spawn`. */
  processHandle: string;
}

/** It was told to end; `process/exited` still comes. */
export type ProcessKillResponse = Empty;

/** Changes the size of a running process's terminal. */
export interface ProcessResizePtyParams {
  /** Name given to `process/spawn`. */
  processHandle: string;
  /** The new size. */
  size: ProcessTerminalSize;
}

/** The terminal has its new size. */
export type ProcessResizePtyResponse = Empty;

/** A running process wrote something. All come before `process/exited`. */
export interface ProcessOutputDeltaNotification {
  /** Name given to `process/spawn`. */
  processHandle: string;
  /** Where it wrote to; with a terminal, all is stdout. */
  stream: OutputStream;
  /** The bytes as base64; a character may be cut in two. */
  deltaBase64: string;
  /** True on the last one of a stream that reached `outputBytesCap`. */
  capReached: boolean;
  /**
   * Bytes that the process had written, of both streams together, up to the end
   * of this delta; only if `keepAlive` was asked for.
   *
   * @gangway
   */
  cursor?: Uint;
}

/** A process has ended. */
export interface ProcessExitedNotification {
  /** Name given to `process/spawn`; free again from now on. */
  processHandle: string;
  /** Its exit code; 124 after a timeout, 128 + n after signal n. */
  exitCode: Int32;
  /** What it wrote to stdout, as text; empty if that was streamed. */
  stdout: string;
  /** Whether stdout reached `outputBytesCap`. */
  stdoutCapReached: boolean;
  /** What it wrote to stderr, as text; empty if that was streamed. */
  stderr: string;
  /** Whether stderr reached `outputBytesCap`. */
  stderrCapReached: boolean;
  /**
   * Whether a program that it left behind kept the outputs open, so that they
   * were no longer waited for.
   */
  outputDrainTimedOut?: boolean | null;
}
