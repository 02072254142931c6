import type { SandboxPolicy } from "../protocol/mod.ts";
import type { Grant } from "../sandbox/mod.ts";
import type { TerminalSize } from "../spawn/mod.ts";
import type { Words } from "./_words.ts";

/** For how long a program waits for somebody, and with what. */
export interface KeepAlive {
  /** Milliseconds that it may be without a connection. */
  readonly graceMs: number;
  /** Bytes of its output that are kept for whoever attaches. */
  readonly scrollbackBytes: number;
}

/** A program to be run, as a client asked for it and after all checks. */
export interface Order {
  /** Which kind it is. */
  readonly words: Words;
  /** Program and arguments. */
  readonly command: readonly [program: string, ...args: string[]];
  /** Where it runs: absolute, or relative to where the server runs. */
  readonly cwd: string;
  /** Changes to the server's environment; `null` removes a variable. */
  readonly env: Readonly<Record<string, string | null>>;
  /** Size of its terminal, if it gets one. */
  readonly terminal: TerminalSize | undefined;
  /** Whether its stdin can be written to. */
  readonly takesInput: boolean;
  /** Whether its output is told as it comes, not at the end. */
  readonly isStreamed: boolean;
  /** Bytes of each output that are kept; `Infinity` for all. */
  readonly capBytes: number;
  /** Milliseconds after which it is ended; `Infinity` for never. */
  readonly timeoutMs: number;
  /**
   * Milliseconds for which its outputs are waited for once it is gone. Default:
   * 2 s.
   */
  readonly drainMs?: number;
  /** Milliseconds between SIGTERM and SIGKILL; 0 for SIGKILL at once. */
  readonly graceMs: number;
  /** Whether, and how, it may outlive its connection. */
  readonly keepAlive: KeepAlive | undefined;
  /** What it may touch, if the request says so. */
  readonly sandboxPolicy: SandboxPolicy | undefined;
  /** Name of the profile of what it may touch, likewise. */
  readonly permissionProfile: string | undefined;
  /** Directories of its workspace, if it is not where the server runs. */
  readonly workspaceRoots?: readonly string[];
  /** What it was granted beyond policy or profile. */
  readonly grant?: Grant;
  /** Whether nothing holds for it but the server's own rules. */
  readonly isUnconfined?: boolean;
}
