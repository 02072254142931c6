import type {
  ConfigBatchWriteParams,
  ConfigReadParams,
  ConfigReadResponse,
  ConfigWriteResponse,
} from "../protocol/mod.ts";
import { RpcError } from "../protocol/mod.ts";
import { type ParseSource, parseSource } from "./_layer.ts";
import { type Places, toPlaces } from "./_places.ts";
import { toPlainTable } from "./_plain.ts";
import { refuseProblem, toReadResponse } from "./_read_response.ts";
import {
  settle,
  type Snapshot,
  type SnapshotOptions,
  takeSnapshot,
  toUnchecked,
} from "./_snapshot.ts";
import { SourceCache } from "./_source_cache.ts";
import { writeConfig } from "./_write_config.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config_error.ts";
import type { LayeredConfig } from "./layered_config.ts";
import { switchableFeatures } from "./known_features.ts";
import type { LoadConfigOptions } from "./load_config_options.ts";
import type { ThreadConfigRequest } from "./thread_config_request.ts";
import type { TomlTable } from "./toml.ts";

/** Reads and writes the configuration of a server that runs. */
export class LiveConfig {
  readonly #options: LoadConfigOptions;
  readonly #places: Places;
  readonly #files = new SourceCache();
  readonly #tables = new WeakMap<object, Promise<TomlTable>>();
  readonly #features: Record<string, boolean> = Object.create(null);
  /** Writes come one after the other. */
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(options: LoadConfigOptions) {
    this.#options = options;
    this.#places = toPlaces(options);
  }

  /** Names of the features that were turned on or off since the start. */
  get switched(): ReadonlySet<string> {
    return new Set(Object.keys(this.#features));
  }

  async forThread(
    { cwd, overrides, wished }: ThreadConfigRequest,
  ): Promise<Config> {
    const snapshot = await this.#take({
      cwd: toAbsolute(cwd),
      requested: overrides,
    });
    return await settle(snapshot, {
      strict: this.#options.strict ?? false,
      requested: overrides,
      wished,
    });
  }

  /** For no directory in particular. */
  async forServer(): Promise<Config> {
    const snapshot = await this.#take({});
    return await settle(snapshot, { strict: this.#options.strict ?? false });
  }

  /** What the layers say, whether it can be used or not. */
  async peek(cwd: string | undefined): Promise<Config> {
    const snapshot = await this.#take({ cwd: cwd && toAbsolute(cwd) });
    return toUnchecked(snapshot);
  }

  async read(
    { includeLayers = false, cwd }: ConfigReadParams,
  ): Promise<ConfigReadResponse> {
    const snapshot = await this.#takeToTell(cwd ? toAbsolute(cwd) : undefined);
    return await toReadResponse(snapshot, { includeLayers });
  }

  async readLayers(cwd: string): Promise<LayeredConfig> {
    const snapshot = await this.#takeToTell(toAbsolute(cwd));
    await refuseProblem(snapshot);
    const { strict = false } = this.#options;
    return {
      config: await settle(snapshot, { strict, requested: {} }),
      layers: snapshot.layers.map(({ name, table, disabledReason }) => ({
        name,
        config: toPlainTable(table),
        ...disabledReason !== undefined && { disabledReason },
      })),
    };
  }

  async write(params: ConfigBatchWriteParams): Promise<ConfigWriteResponse> {
    const write = this.#lastWrite.then(() =>
      writeConfig(params, {
        home: this.#places.home,
        takeSnapshot: () => this.#take({}),
      })
    );
    this.#lastWrite = write.catch(() => {});
    return await write;
  }

  /** @throws {ConfigError} if there is no configuration to change them in. */
  async setFeatures(
    features: Readonly<Record<string, boolean>>,
  ): Promise<Record<string, boolean>> {
    await this.forServer();
    const taken = Object.entries(features)
      .filter(([name]) => switchableFeatures.has(name));
    for (const [name, isOn] of taken) this.#features[name] = isOn;
    return Object.fromEntries(taken);
  }

  async #takeToTell(cwd: string | undefined): Promise<Snapshot> {
    try {
      return await this.#take({ cwd });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw RpcError.internal(
        `failed to read configuration layers: ${error.message}`,
        error,
      );
    }
  }

  #take(
    asked: Pick<SnapshotOptions, "cwd" | "requested">,
  ): Promise<Snapshot> {
    const base: TomlTable = Object.create(null);
    if (Object.keys(this.#features).length > 0) {
      base.features = Object.assign(Object.create(null), this.#features);
    }
    return takeSnapshot({
      places: this.#places,
      read: this.#files.read,
      parse: this.#parse,
      overrides: this.#options.overrides ?? {},
      base,
      ...asked,
    });
  }

  /** A file that did not change is not parsed again. */
  readonly #parse: ParseSource = (file) => {
    const kept = this.#tables.get(file);
    if (kept) return kept;
    const table = parseSource(file);
    this.#tables.set(file, table);
    return table;
  };
}

function toAbsolute(path: string): string {
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
}
