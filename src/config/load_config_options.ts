import type { Logger } from "../telemetry/mod.ts";
import type { ConfigOverrides } from "./overrides.ts";

/** Settings of `loadConfig`. */
export interface LoadConfigOptions {
  /** The home directory, as `resolveHome` gives it. */
  readonly home: string;
  /** Directory of the administrator's files. Default `/etc/codex`. */
  readonly etc?: string;
  /** What the command line says. */
  readonly overrides?: ConfigOverrides;
  /**
   * Where the server itself works, an absolute path: people are told what is
   * wrong with the project there. It has no say in the configuration. Default:
   * nowhere.
   */
  readonly cwd?: string;
  /**
   * Name of a profile: `NAME.config.toml` in the home goes over the user's file.
   * One that is not there changes nothing.
   */
  readonly profile?: string;
  /** Leave the user's file out; the profile counts. Default false. */
  readonly ignoresUser?: boolean;
  /** Refuse what the user's file has wrong instead of warning. Default false. */
  readonly strict?: boolean;
  /** Where warnings are written too. */
  readonly log?: Logger;
  /** Environment to read `HOME` from. Default: the process's own. */
  readonly env?: { get(name: string): string | undefined };
}
