import type { Launcher } from "../spawn/mod.ts";

/**
 * What a confined command may do: every path is absolute and real, and stands
 * for all that is below it. Whatever else happens, it gains no privileges, and
 * reaches no process outside.
 */
export interface Confinement {
  /** What it may read; `all` but what is hidden. */
  readonly reads: "all" | readonly string[];
  /** What it may neither read nor write, even below what it may. */
  readonly hidden: readonly string[];
  /** What it may write; `all` only if nothing but the rest is confined. */
  readonly writes: "all" | readonly string[];
  /**
   * What stays as it is below a writable path, whether it exists or not: a
   * missing one can't be created.
   */
  readonly shielded: readonly string[];
  /** Whether it reaches the network. */
  readonly network: boolean;
}

/** A command to be confined. */
export interface Confinable {
  /** Program and arguments. */
  readonly command: readonly [program: string, ...args: string[]];
  /** Absolute path of its working directory. */
  readonly cwd: string;
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it gets a terminal. */
  readonly hasTerminal: boolean;
  /** Whether it is asked to end by SIGTERM before it is killed. */
  readonly isAsked?: boolean;
}

/** What to start so that the command runs confined. */
export interface Confined {
  /** The command, or what runs it in a box. */
  readonly command: readonly [program: string, ...args: string[]];
  /** Environment, with what tells the command where it is. */
  readonly env: Readonly<Record<string, string>>;
  /** Files that it must find as descriptors 3, 4, … */
  readonly files?: readonly string[];
  /** Who must start it. */
  readonly launcher?: Launcher;
  /** To be called once nothing of it runs any more, or if it never did. */
  readonly release?: () => Promise<void>;
}

/** One way to confine commands. */
export interface Backend extends AsyncDisposable {
  /** Its name in logs and messages. */
  readonly name: "bubblewrap" | "landlock" | "seatbelt";
  /**
   * Says how a command is started under a confinement.
   *
   * @throws {SandboxUnavailable} if it can't enforce all of it, with the reason.
   */
  confine(what: Confinable, limits: Confinement): Promise<Confined>;
}

/** A confinement that can't be enforced here; nothing was started. */
export class SandboxUnavailable extends Error {
  override readonly name = "SandboxUnavailable";
}
