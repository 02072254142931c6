import {
  type ConfigLayer,
  type ConfigLayerMetadata,
  type ConfigReadResponse,
  type ConfigValues,
  RpcError,
} from "../protocol/mod.ts";
import { toHeld } from "./_demands.ts";
import { findProblem } from "./_faults.ts";
import { type Layer, merge } from "./_layer.ts";
import { toPlainTable } from "./_plain.ts";
import type { Snapshot } from "./_snapshot.ts";
import type { ReadableValue } from "./_schema.ts";
import { toVersion } from "./_version.ts";
import { fillUp } from "./_whole_tables.ts";
import type { ConfigTable, ConfigValue } from "./config.ts";
import { switchableFeatures } from "./known_features.ts";
import { configFile } from "./known_keys.ts";
import type { TomlTable } from "./toml.ts";

/**
 * What `config/read` answers.
 *
 * @throws {RpcError} if the layers together cannot be used.
 */
export async function toReadResponse(
  snapshot: Snapshot,
  { includeLayers }: { includeLayers: boolean },
): Promise<ConfigReadResponse> {
  await refuseProblem(snapshot);
  const { layers, base, common } = snapshot;
  const told = await Promise.all(layers.map(toToldLayer));
  return {
    config: toValues(
      toPlainTable(merge(layers)),
      toSwitches(base),
      toSwitches(toHeld(Object.create(null), common.demands)),
    ),
    origins: toOrigins(told),
    ...includeLayers && { layers: told.toReversed() },
  };
}

/** @throws {RpcError} if the layers together cannot be used. */
export async function refuseProblem(
  { layers, common }: Snapshot,
): Promise<void> {
  const problem = await findProblem(layers, common);
  if (problem === undefined) return;
  throw RpcError.internal(
    problem.isMismatch
      ? `invalid configuration: ${problem.unplaced}\n`
      : `failed to resolve feature override precedence: ${problem.unplaced}`,
  );
}

/** A layer as clients read it, before it is known whether they want to. */
async function toToldLayer(layer: Layer): Promise<ConfigLayer> {
  const config = toPlainTable(layer.table);
  return {
    name: layer.name,
    version: await toVersion(config),
    config,
    ...layer.disabledReason !== undefined &&
      { disabledReason: layer.disabledReason },
  };
}

/** What stands above in a layer's answer to a write. */
export async function toMetadata(layer: Layer): Promise<ConfigLayerMetadata> {
  const { name, version } = await toToldLayer(layer);
  return { name, version };
}

function toValues(
  effective: ConfigTable,
  switched: ConfigTable,
  pinned: ConfigTable,
): ConfigValues {
  const values = fillUp(
    configFile.fillIn!(effective) as Record<string, ReadableValue>,
  ) as unknown as ConfigValues;
  values.features = {
    ...Object.fromEntries(switchableFeatures),
    ...switched,
    ...values.features as object,
    ...pinned,
  };
  return values;
}

/** Those features of a table that are always shown. */
function toSwitches(table: TomlTable): ConfigTable {
  const { features = {} } = toPlainTable(table);
  return Object.fromEntries(
    Object.entries(features)
      .filter(([name]) => switchableFeatures.has(name)),
  );
}

/** Which layer a part of the configuration comes from, in its shape. */
type Origin = ConfigLayer | Map<string, Origin>;

/** The origins of a list by number; never shines through what is put over it. */
class ItemOrigins extends Map<string, Origin> {}

/** Older spellings, which clients read as the newer ones. */
const renamed: ReadonlyMap<string, string> = new Map([
  ["agents.max_threads", "agents.max_concurrent_threads_per_session"],
]);

function toOrigins(
  layers: readonly ConfigLayer[],
): Record<string, ConfigLayerMetadata> {
  const tree = new Map<string, Origin>();
  for (const layer of layers) {
    if (layer.disabledReason === undefined) {
      overlay(tree, layer.config as ConfigTable, layer);
    }
  }
  const origins: Record<string, ConfigLayerMetadata> = Object.create(null);
  for (const [path, { name, version }] of flatten(tree, "")) {
    origins[renamed.get(path) ?? path] = { name, version };
  }
  return origins;
}

/** Notes who sets what in a table, over what is noted already. */
function overlay(
  tree: Map<string, Origin>,
  table: ConfigTable,
  layer: ConfigLayer,
): void {
  for (const [key, value] of Object.entries(table)) {
    const old = tree.get(key);
    if (isTable(value)) {
      const inner = old instanceof Map && !(old instanceof ItemOrigins)
        ? old
        : new Map<string, Origin>();
      tree.set(key, inner);
      overlay(inner, value, layer);
    } else tree.set(key, Array.isArray(value) ? toItems(value, layer) : layer);
  }
}

/** Arrays are not merged, so all of their items come from one layer. */
function toItems(
  items: readonly ConfigValue[],
  layer: ConfigLayer,
): ItemOrigins {
  const tree = new ItemOrigins();
  for (const [index, item] of items.entries()) {
    const inner = new Map<string, Origin>();
    if (isTable(item)) overlay(inner, item, layer);
    tree.set(
      String(index),
      Array.isArray(item)
        ? toItems(item, layer)
        : isTable(item)
        ? inner
        : layer,
    );
  }
  return tree;
}

function* flatten(
  tree: Map<string, Origin>,
  prefix: string,
): Generator<[string, ConfigLayer]> {
  for (const [key, origin] of tree) {
    if (origin instanceof Map) yield* flatten(origin, `${prefix}${key}.`);
    else yield [`${prefix}${key}`, origin];
  }
}

function isTable(value: ConfigValue): value is ConfigTable {
  return typeof value === "object" && !Array.isArray(value);
}
