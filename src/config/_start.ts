import { type Places, readSources, type Sources, toPlaces } from "./_places.ts";
import { readSource } from "./_source.ts";
import { Config } from "./config.ts";
import type { LoadConfigOptions } from "./load_config_options.ts";

/** What a server starts from: read at once, understood when it is asked for. */
export class Start {
  readonly #options: LoadConfigOptions;
  readonly #places: Places;
  readonly #sources: Sources;
  #config: Promise<Config> | undefined;

  private constructor(
    options: LoadConfigOptions,
    places: Places,
    sources: Sources,
  ) {
    this.#options = options;
    this.#places = places;
    this.#sources = sources;
  }

  /** Reads the files. */
  static async read(options: LoadConfigOptions): Promise<Start> {
    const places = toPlaces(options);
    const sources = await readSources(
      places,
      (path) => Promise.resolve(readSource(path)),
    );
    return new Start(options, places, sources);
  }

  /**
   * Whether it may not be what a server can start with. What the user wrote
   * alone always is: at worst it is left out.
   */
  get canFail(): boolean {
    return this.#options.strict === true || !this.#isUsersAlone;
  }

  /**
   * What it means.
   *
   * @throws {ConfigError} as `loadConfig` does.
   */
  config(): Promise<Config> {
    return this.#config ??= this.#resolve();
  }

  /** Whether neither an administrator nor the command line has a say in it. */
  get #isUsersAlone(): boolean {
    const { system, profile, managed, requirements } = this.#sources;
    return !system && !profile && !managed && !requirements &&
      Object.values(this.#options.overrides ?? {})
        .every((texts) => texts.length === 0);
  }

  async #resolve(): Promise<Config> {
    const { overrides = {}, strict = false, cwd, log } = this.#options;
    const places = this.#places;
    const isInProject = cwd !== undefined && standsInProject(cwd, places.home);
    const isEmpty = this.#isUsersAlone && !this.#sources.user.source;
    if (isEmpty && !isInProject) return new Config();
    const { resolveLayers } = await import("./_layers.ts");
    let config = await resolveLayers(this.#sources, {
      strict,
      overrides,
      places,
    });
    if (isInProject) {
      const { withWordsOnProject } = await import("./_own_project.ts");
      config = await withWordsOnProject(config, { places, overrides, cwd });
    }
    if (config.requirements !== null) {
      const { withWordsOnChoices } = await import("./_demanded_choices.ts");
      config = withWordsOnChoices(config);
    }
    for (const { summary, details } of config.warnings) {
      log?.error(details === null ? summary : `${summary} ${details}`);
    }
    return config;
  }
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
