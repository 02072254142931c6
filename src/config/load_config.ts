import type { Logger } from "../telemetry/mod.ts";
import { type Places, readSources } from "./_places.ts";
import { readSource } from "./_source.ts";
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

/** Where the files of these settings lie. */
export function toPlaces(
  { home, etc = "/etc/codex", env = Deno.env, profile, ignoresUser = false }:
    LoadConfigOptions,
): Places {
  return {
    home,
    etc,
    userHome: () => env.get("HOME"),
    ignoresUser,
    ...profile !== undefined && { profile },
  };
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
  const { overrides = {}, strict = false } = options;
  const places = toPlaces(options);
  const sources = await readSources(
    places,
    (path) => Promise.resolve(readSource(path)),
  );
  const { system, user, profile, managed, requirements } = sources;
  const isEmpty = !system && !user.source && !profile && !managed &&
    !requirements &&
    Object.values(overrides).every((texts) => texts.length === 0);
  const { cwd } = options;
  const isInProject = cwd !== undefined && standsInProject(cwd, places.home);
  if (isEmpty && !isInProject) return new Config();
  const { resolveLayers } = await import("./_layers.ts");
  let config = await resolveLayers(sources, {
    strict,
    overrides,
    places,
  });
  if (isInProject) {
    const { withWordsOnProject } = await import("./_own_project.ts");
    config = await withWordsOnProject(config, { places, overrides, cwd });
  }
  for (const { summary, details } of config.warnings) {
    options.log?.error(details === null ? summary : `${summary} ${details}`);
  }
  return config;
}

/**
 * Whether there may be a project around a directory that says something. Every
 * start asks, so this looks no closer than it has to.
 */
function standsInProject(cwd: string, home: string): boolean {
  for (let at = cwd;; at = at.slice(0, at.lastIndexOf("/"))) {
    const dotCodex = `${at === "/" ? "" : at}/.codex`;
    if (dotCodex !== home && isDirectory(dotCodex)) return true;
    if (at === "" || at === "/") return false;
  }
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false; // what can't be looked at is left to who needs it
  }
}
