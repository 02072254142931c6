import type { JsonValue } from "../protocol/mod.ts";
import type { Config } from "./config.ts";
import { loadConfig, type LoadConfigOptions } from "./load_config.ts";

/** Which configuration a thread asks for. */
export interface ThreadConfigRequest {
  /** Absolute path of the directory it works in. */
  readonly cwd: string;
  /** What the request itself sets, by dotted path. */
  readonly overrides: Readonly<Record<string, JsonValue>>;
}

/**
 * The configuration of a running server: as it was at the start for the server
 * itself, and as it is now for each thread.
 */
export class Configuration {
  /** What the server itself was started with. */
  readonly server: Config;
  readonly #options: LoadConfigOptions;

  /** Use {@linkcode openConfiguration}. */
  constructor(server: Config, options: LoadConfigOptions) {
    this.server = server;
    this.#options = options;
  }

  /**
   * The configuration for a thread, from the files as they are now.
   *
   * @throws {ConfigError} if it is broken in any way; once the file is mended,
   * the next call succeeds.
   */
  readonly forThread = async (
    _asked: ThreadConfigRequest,
  ): Promise<Config> => await loadConfig({ ...this.#options, strict: false });
}

/**
 * Reads the configuration, as {@linkcode loadConfig} does, and keeps an eye on
 * it.
 *
 * @throws {ConfigError} as `loadConfig` does.
 */
export async function openConfiguration(
  options: LoadConfigOptions,
): Promise<Configuration> {
  return new Configuration(await loadConfig(options), options);
}
