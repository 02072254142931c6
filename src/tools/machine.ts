import type { SandboxPolicy } from "../protocol/mod.ts";
import type { Grant } from "../sandbox/mod.ts";
import type { CommandOwner, VariablePolicy } from "./_shell_environment.ts";
import type { RunningProgram } from "./site.ts";

/** What confines something on another machine. */
export interface MachineConfinement {
  readonly policy: Extract<
    SandboxPolicy,
    { readonly type: "readOnly" | "workspaceWrite" }
  >;
  /** Where the thread works there: absolute. */
  readonly cwd: string;
  readonly workspaceRoots: readonly string[];
  /** What was granted beyond the policy, by real paths there. */
  readonly grant: Grant;
}

/** A command to be run on another machine. */
export interface MachineOrder {
  readonly processId: string;
  readonly owner: CommandOwner;
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Which variables of that machine it finds. */
  readonly variables: VariablePolicy;
  /** Variables on top of that. */
  readonly env: Readonly<Record<string, string>>;
  readonly hasTerminal: boolean;
  /** Null for what is not confined. */
  readonly confinement: MachineConfinement | null;
  /** Gives up waiting for its start. */
  readonly signal: AbortSignal;
}

/** How something is done to a file on another machine. */
export interface MachineFileOptions {
  /** Null for what is not confined. */
  readonly confinement: MachineConfinement | null;
  readonly signal?: AbortSignal;
}

/**
 * Files of another machine, by absolute paths. What goes wrong is thrown in the
 * machine's own words; that nothing is there is no error for those who look.
 */
export interface MachineFiles {
  /** What is there, after all links. */
  stat(
    path: string,
    options: MachineFileOptions,
  ): Promise<{ readonly isFile: boolean; readonly size: number } | undefined>;
  /** The real path. */
  realPath(
    path: string,
    options: MachineFileOptions,
  ): Promise<string | undefined>;
  /** The bytes of a file. */
  read(
    path: string,
    options: MachineFileOptions,
  ): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Gives a file this content; its directory has to be there. */
  write(
    path: string,
    bytes: Uint8Array<ArrayBuffer>,
    options: MachineFileOptions,
  ): Promise<void>;
  /** Makes a directory, and those above it. */
  makeDirectory(path: string, options: MachineFileOptions): Promise<void>;
  /** Takes a file away. */
  remove(path: string, options: MachineFileOptions): Promise<void>;
}

/** Another machine that a thread can work on. */
export interface Machine {
  /** Whether it is connected, or about to be. */
  readonly isReachable: boolean;
  readonly files: MachineFiles;
  /**
   * The shell of its user; waits for the connection to it.
   *
   * @throws {Error} if it can't be reached.
   * @throws {unknown} the signal's reason.
   */
  shell(
    signal?: AbortSignal,
  ): Promise<{ readonly name: string; readonly path: string }>;
  /** Starts a program there, as soon as it can be reached. */
  start(order: MachineOrder): RunningProgram;
}
