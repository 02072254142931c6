import type { Program } from "../exec/mod.ts";
import type { PatchFiles } from "../patch/mod.ts";
import type { ThreadSettings } from "../protocol/mod.ts";
import type { Grant } from "../sandbox/mod.ts";
import type { CommandOwner } from "./_shell_environment.ts";

/** A program as whoever takes its output knows it, wherever it runs. */
export type RunningProgram = Pick<
  Program,
  "started" | "run" | "write" | typeof Symbol.asyncDispose
>;

/** What is done for a thread is done within this. */
export interface SiteLimits {
  readonly settings: ThreadSettings;
  /** What was granted there beyond the settings. */
  readonly grant: Grant;
}

/** A command to be started. */
export interface SiteCommand extends SiteLimits {
  readonly argv: readonly [program: string, ...args: string[]];
  /** Where it runs: absolute. */
  readonly cwd: string;
  readonly hasTerminal: boolean;
  /** Whether nothing of the limits holds for it. */
  readonly isUnconfined: boolean;
  readonly owner: CommandOwner;
  /** Its number among the commands of the thread. */
  readonly processId: string;
  /** Gives up waiting for its start. */
  readonly signal: AbortSignal;
}

/** How a file is read. */
export interface SiteReading extends SiteLimits {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/**
 * Where a thread works: this machine, or another one behind an exec server.
 * What tools do there is the same for both, so that no tool has to know.
 */
export interface Site {
  /** Id of the environment; `local` for this machine. */
  readonly id: string;
  /** Where the thread works there: absolute. */
  readonly cwd: string;
  /**
   * The shell for a command.
   *
   * @param asked What the model wants; a name or a path.
   * @throws {RefusedRequest} if there is none, or nothing can be done there.
   */
  findShell(asked: string | undefined, signal: AbortSignal): Promise<string>;
  /** A path by its real path there, as far as it exists. */
  realPlace(path: string, signal: AbortSignal): Promise<string>;
  /** Starts a command. */
  start(command: SiteCommand): RunningProgram;
  /** The files there, for patches; what is changed is changed in the limits. */
  files(limits: SiteLimits): Promise<PatchFiles>;
  /**
   * Says which real paths may be written without asking anybody.
   *
   * @throws {InvalidPermission} if the limits can't be kept.
   */
  findWritable(limits: SiteLimits): Promise<(place: string) => boolean>;
  /** The bytes of a picture, or why there are none, for a model. */
  readImage(path: string, reading: SiteReading): Promise<Uint8Array | string>;
  /** The work tree of git that the thread works in; itself if in none. */
  findWorkTree?(): Promise<string>;
}
