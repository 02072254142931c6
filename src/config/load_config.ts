import type { Logger } from "../telemetry/mod.ts";
import type { SourceFile, Sources } from "./_layers.ts";
import { Config } from "./config.ts";
import type { ConfigOverrides } from "./overrides.ts";

/** Settings of {@linkcode loadConfig}. */
export interface LoadConfigOptions {
  /** The home directory, as `resolveHome` gives it. */
  readonly home: string;
  /** Directory of the administrator's files. Default `/etc/codex`. */
  readonly etc?: string;
  /** What the command line says. */
  readonly overrides?: ConfigOverrides;
  /** Refuse what the user's file has wrong instead of warning. Default false. */
  readonly strict?: boolean;
  /** Where warnings are written too. */
  readonly log?: Logger;
}

/**
 * Reads the configuration. Later layers go over earlier ones: `config.toml` of
 * the system, the user's `config.toml` in the home, the command line, and the
 * administrator's older `managed_config.toml`; beside them
 * `requirements.toml` says what is demanded.
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
  const { home, etc = "/etc/codex", overrides = {}, strict = false } = options;
  const [system, user, managed, requirements] = await Promise.all([
    readSource(`${etc}/config.toml`),
    readSource(`${home}/config.toml`),
    readSource(`${etc}/managed_config.toml`),
    readSource(`${etc}/requirements.toml`),
  ]);
  const sources: Sources = { system, user, managed, requirements, overrides };
  const isEmpty = !system && !user && !managed && !requirements &&
    Object.values(overrides).every((texts) => texts.length === 0);
  if (isEmpty) return new Config();
  // Parser and key table are for those who have something to parse.
  const { resolveLayers } = await import("./_layers.ts");
  const config = await resolveLayers(sources, { strict });
  for (const { summary, details } of config.warnings) {
    options.log?.error(details === null ? summary : `${summary} ${details}`);
  }
  return config;
}

async function readSource(path: string): Promise<SourceFile | undefined> {
  try {
    // Reading a pipe that somebody put there would never end.
    const { isFile } = await Deno.stat(path);
    if (!isFile) return { path, problem: `path \`${path}\` is not a file` };
    const bytes = await Deno.readFile(path);
    return {
      path,
      text: new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof TypeError) return { path, problem: "not UTF-8" };
    const message = error instanceof Error ? error.message : String(error);
    const [problem] = /^.*?\(os error \d+\)/.exec(message) ?? [message];
    return { path, problem };
  }
}
