import {
  type ConfigBatchWriteParams,
  type ConfigReadParams,
  type ConfigReadResponse,
  type ConfigWriteResponse,
  RpcError,
  toThreadId,
} from "../protocol/mod.ts";
import type { LiveConfig } from "./_live_config.ts";
import type { TrustLevel } from "./_project.ts";
import { Start } from "./_start.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config_error.ts";
import type { FeatureNotices } from "./feature_notices.ts";
import type { LayeredConfig } from "./layered_config.ts";
import type { LoadConfigOptions } from "./load_config_options.ts";
import type { ThreadConfigRequest } from "./thread_config_request.ts";

/** Settings of {@linkcode openConfiguration}. */
export interface ConfigurationOptions extends LoadConfigOptions {
  /** Where a loaded thread works; undefined if there is no such thread. */
  readonly findThreadCwd?: (threadId: string) => string | undefined;
  /** Has loaded threads go on with the servers that are configured now. */
  readonly reloadThreads?: () => Promise<void>;
}

/**
 * The configuration of a running server: as it was at the start for the server
 * itself, and as it is now for whoever asks.
 *
 * @example
 * ```ts
 * import { openConfiguration } from "./mod.ts";
 * const home = await Deno.makeTempDir();
 * const configuration = await openConfiguration({ home, etc: `${home}/none` });
 * await Deno.writeTextFile(`${home}/config.toml`, 'model = "large"\n');
 * const config = await configuration.forThread({ cwd: home, overrides: {} });
 * if (config.get("model") !== "large") throw new Error();
 * await Deno.remove(home, { recursive: true });
 * ```
 */
export class Configuration {
  readonly #start: Start;
  readonly #options: ConfigurationOptions;
  #live: Promise<LiveConfig> | undefined;

  /** Use {@linkcode openConfiguration}. */
  constructor(start: Start, options: ConfigurationOptions) {
    this.#start = start;
    this.#options = options;
  }

  /** What the server itself was started with. */
  async atStart(): Promise<Config> {
    return await this.#start.config();
  }

  /**
   * The configuration for a thread, from the files as they are now. Later layers
   * go over earlier ones: the system, the user, the directories of the project
   * from its root down to `cwd` (where the project is trusted), the command
   * line with the request's own settings, the administrator.
   *
   * @throws {ConfigError} if it is broken; once the file is mended, the next
   * call succeeds.
   */
  readonly forThread = async (
    asked: ThreadConfigRequest,
  ): Promise<Config> => (await this.#open()).forThread(asked);

  /**
   * What the user says of the project around a directory, an absolute path;
   * undefined if nothing.
   */
  readonly findTrust = async (
    config: Config,
    cwd: string,
  ): Promise<TrustLevel | undefined> => {
    const { findProjectTrust } = await import("./_project.ts");
    return await findProjectTrust(config, cwd);
  };

  /** What users are told of the features that a configuration names. */
  readonly findFeatureNotices = async (
    config: Config,
  ): Promise<FeatureNotices> => {
    const { toFeatureNotices } = await import("./feature_notices.ts");
    const { switched } = await this.#open();
    return toFeatureNotices(config, { home: this.#options.home, switched });
  };

  /**
   * The configuration as it is now, with the layers that it is made of.
   *
   * @throws {RpcError} if it is broken.
   */
  async read(params: ConfigReadParams): Promise<ConfigReadResponse> {
    return await (await this.#open()).read(params);
  }

  /**
   * The configuration for a directory as it is now, with its layers: what
   * {@linkcode Configuration.read} tells costs several times as much.
   *
   * @throws {RpcError} if it is broken.
   */
  async readLayers(cwd: string): Promise<LayeredConfig> {
    return await (await this.#open()).readLayers(cwd);
  }

  /**
   * Changes the user's file, keeping its comments and its order; all of the
   * edits, or none of them.
   *
   * @throws {RpcError} if an edit is refused, with its reason in `data`.
   */
  async write(params: ConfigBatchWriteParams): Promise<ConfigWriteResponse> {
    return await (await this.#open()).write(params);
  }

  /**
   * The configuration as it is now, for no directory in particular: no project
   * has a say in it.
   *
   * @throws {ConfigError} if it is broken.
   */
  async forServer(): Promise<Config> {
    return await (await this.#open()).forServer();
  }

  /**
   * What the files say now, whether it can be used or not.
   *
   * @param cwd Directory whose project has a say, if one does.
   * @throws {ConfigError} if a file can't be read or parsed.
   */
  async peek(cwd?: string): Promise<Config> {
    return await (await this.#open()).peek(cwd);
  }

  /** Has loaded threads go on with what was written, as far as they can. */
  async reloadThreads(): Promise<void> {
    await this.#options.reloadThreads?.();
  }

  /**
   * Features that were turned on or off while the server runs.
   *
   * @throws {RpcError} if the configuration is broken.
   */
  async setFeatures(
    features: Readonly<Record<string, boolean>>,
  ): Promise<Record<string, boolean>> {
    const live = await this.#open();
    return await refusing(
      live.setFeatures(features),
      "failed to resolve feature override precedence",
    );
  }

  /**
   * What an administrator demands of this server.
   *
   * @throws {RpcError} if a file of the configuration can't be parsed now.
   */
  async readRequirements(): Promise<Config["requirements"]> {
    await refusing(this.peek(), "failed to read configuration layers");
    return (await this.atStart()).requirements;
  }

  /**
   * Where a thread works; without one, where the server does.
   *
   * @throws {RpcError} if the thread is not loaded.
   */
  cwdOfThread(threadId: string | undefined): string {
    if (threadId === undefined) return Deno.cwd();
    const id = toThreadId(threadId);
    const cwd = this.#options.findThreadCwd?.(id);
    if (cwd !== undefined) return cwd;
    throw RpcError.invalidRequest(`thread not found: ${id}`);
  }

  /** Most servers are never asked for more than their own configuration. */
  async #open(): Promise<LiveConfig> {
    this.#live ??= import("./_live_config.ts").then(({ LiveConfig }) =>
      new LiveConfig(this.#options)
    );
    return await this.#live;
  }
}

/**
 * What is awaited; a broken configuration is told as a failure of `what`.
 *
 * @throws {RpcError} if the configuration is broken.
 */
export async function refusing<T>(
  awaited: Promise<T>,
  what: string,
): Promise<T> {
  try {
    return await awaited;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw RpcError.internal(`${what}: ${error.message}`, error);
  }
}

/**
 * Reads the configuration, as `loadConfig` does, and stays able to read it
 * again. What can't keep a server from starting is not looked into before it is
 * asked for.
 *
 * @throws {ConfigError} as `loadConfig` does.
 */
export async function openConfiguration(
  options: ConfigurationOptions,
): Promise<Configuration> {
  const start = await Start.read(options);
  if (start.canFail) await start.config();
  return new Configuration(start, options);
}
