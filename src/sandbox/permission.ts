import type { Confinement } from "./confinement.ts";

/** What a request or the configuration allows a command. */
export interface Permission {
  /** How it is confined; nothing if it is not. */
  readonly limits: Confinement | undefined;
  /**
   * Whether it may use the network. Without limits nobody keeps it from that
   * here: it is told only, as somebody else is said to.
   */
  readonly network: boolean;
}

/** A policy or profile that is wrong, unknown or forbidden. */
export class InvalidPermission extends Error {
  override readonly name = "InvalidPermission";
}

/** Where the server runs, as far as a policy depends on it. */
export interface Surroundings {
  /** Where relative paths start: the server's working directory. */
  readonly cwd: string;
  /** Directories of the workspace. Default: `cwd`. */
  readonly workspaceRoots?: readonly string[] | undefined;
  /** The user's own directory, `~`. */
  readonly home: string | undefined;
  /** The user's directory for temporary files, `$TMPDIR`. */
  readonly tmpdir: string | undefined;
}

/** Everything is allowed. */
export const unlimited: Permission = { limits: undefined, network: true };

/** Everything may be read, nothing written. */
export function toReadOnly(network: boolean): Permission {
  const limits = {
    reads: "all",
    writes: [],
    hidden: [],
    shielded: [],
  } as const;
  return { limits: { ...limits, network }, network };
}
