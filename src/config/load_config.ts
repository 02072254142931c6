import { Start } from "./_start.ts";
import type { Config } from "./config.ts";
import type { LoadConfigOptions } from "./load_config_options.ts";

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
