import type { Logger } from "../telemetry/mod.ts";
import { Start } from "./_start.ts";
import type { Config } from "./config.ts";
import type { ConfigOverrides } from "./overrides.ts";

/** Settings of {@linkcode loadConfig}. */
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

/**
 * Reads the configuration. Later layers go over earlier ones: `config.toml` of
 * the system, the user's `config.toml` (or `config.jsonc`, with the same keys)
 * in the home, the profile, the command line, and the administrator's older
 * `managed_config.toml`; beside them `requirements.toml` says what is demanded.
 *
 * A user's file that is broken is left out as a whole and becomes a warning.
 * The others are demands, and a demand that cannot be understood must not be
 * ignored.
 *
 * @throws {ConfigError} if a file of the administrator or the command line is
 * broken, or the user's file in strict mode.
 *
 * @example
 * ```ts
 * import { loadConfig } from "./mod.ts";
 * const home = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${home}/config.toml`, 'model = "large"\n');
 * const config = await loadConfig({ home, etc: `${home}/none` });
 * if (config.get("model") !== "large") throw new Error();
 * await Deno.remove(home, { recursive: true });
 * ```
 */
export async function loadConfig(options: LoadConfigOptions): Promise<Config> {
  return await (await Start.read(options)).config();
}
