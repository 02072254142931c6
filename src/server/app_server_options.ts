import type { AccessRules } from "../access/mod.ts";
import type { ConfigOverrides } from "../config/mod.ts";
import type { ExecLimits } from "../exec/mod.ts";
import type { ConnectionLimits } from "../rpc/mod.ts";
import type { Logger } from "../telemetry/mod.ts";

/** What stands above the configuration files, and where some of them lie. */
export interface ConfigOptions {
  /** What `-c`, `--enable` and `--disable` say. */
  overrides?: ConfigOverrides;
  /** Refuse a broken or unknown configuration instead of warning. */
  strict?: boolean;
  /** Directory of the system's configuration. Default: `/etc/codex`. */
  etc?: string;
  /** Name of a profile: `NAME.config.toml` goes over the user's file. */
  profile?: string;
  /** Leave the user's file out; the profile counts. Default: false. */
  ignoresUser?: boolean;
}

/** What the threads of a server are, beyond what is configured. */
export interface ThreadPolicy {
  /** What those that it starts are listed as. Default: `vscode`. */
  source?: "vscode" | "exec";
  /**
   * Leave out the rules about commands of the user and of projects; those of
   * the administrator hold. Default: false.
   */
  ignoresRules?: boolean;
  /** Run hooks that nobody has trusted, too. Default: false. */
  trustsHooks?: boolean;
}

/** Bounds of a server. The defaults stand in README's limits table. */
export interface AppServerLimits extends ConnectionLimits {
  /** Bounds of the programs that clients run. */
  readonly exec: Partial<ExecLimits>;
  /**
   * How long a thread stays loaded that nobody follows and in which nothing
   * happens, in milliseconds. Default: one minute.
   */
  readonly idleUnloadMs: number;
}

/** How a server is set up. Everything has a default. */
export interface AppServerOptions {
  /** Home directory. Default: `CODEX_HOME`, else `~/.codex`. */
  home?: string;
  /** Configuration that stands above the files, as `-c` gives it. */
  config?: ConfigOptions;
  /** What its threads are. Default: those of a server for any client. */
  threads?: ThreadPolicy;
  /** What clients may touch. Default: whatever the process may. */
  access?: AccessRules;
  /**
   * Files with what lets a client in, such as tokens: no command in a box may
   * read them. Default: none.
   */
  secrets?: readonly string[];
  /** Where the server says what happens. Default: nowhere. */
  log?: Logger;
  /** Bounds of each connection, and of programs. */
  limits?: Partial<AppServerLimits>;
  /** Environment to read from. Default: the process's own. */
  env?: { get(name: string): string | undefined };
}

/** Bounds of a connection unless the options say otherwise. */
export const defaultLimits: ConnectionLimits = {
  maxInFlight: 128,
  maxHeldBytes: 64 * 1024 * 1024,
  maxValues: 1_000_000,
  pauseAtQueuedBytes: 8 * 1024 * 1024,
  maxQueuedBytes: 64 * 1024 * 1024,
  stallMs: 30_000,
  flushMs: 5_000,
};
