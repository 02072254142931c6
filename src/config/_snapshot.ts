import type { ConfigWarningNotification, JsonValue } from "../protocol/mod.ts";
import {
  BrokenLayer,
  type Layer,
  merge,
  type ParseSource,
  readLayer,
  resolvePaths,
  toLayer,
} from "./_layer.ts";
import {
  type CommonLayers,
  judgeKeys,
  readCommonLayers,
  toConfig,
  toFlagsLayer,
  toIdleWarning,
} from "./_layers.ts";
import { toHeld } from "./_demands.ts";
import { findProblem, type Problem } from "./_faults.ts";
import { type Places, readSources } from "./_places.ts";
import {
  findProject,
  type ProjectDirectory,
  toReservedWarning,
  withoutReserved,
  withoutSwitches,
} from "./_project.ts";
import { readEither, type ReadSource } from "./_source.ts";
import { readModels, withTexts } from "./_text_files.ts";
import type { Demanding } from "./_unusable.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config_error.ts";
import {
  assignRequested,
  type ConfigOverrides,
  toOverrideTable,
} from "./overrides.ts";
import { mergeTables, type TomlTable } from "./toml.ts";

/** Settings of {@linkcode takeSnapshot}. */
export interface SnapshotOptions {
  readonly places: Places;
  readonly read: ReadSource;
  readonly parse: ParseSource;
  /** What the command line says. */
  readonly overrides: ConfigOverrides;
  /** What lies below all layers. */
  readonly base: TomlTable;
  /** Absolute path of the directory whose project counts, if one does. */
  readonly cwd?: string | undefined;
  /** What a request sets, by dotted path. */
  readonly requested?: Readonly<Record<string, JsonValue>>;
}

/** The layers of the configuration as they are at one moment. */
export interface Snapshot {
  /** All of them, those that do not count included; the weakest first. */
  readonly layers: readonly Layer[];
  /** The user's; there even if the file is not. */
  readonly user: Layer;
  readonly common: CommonLayers;
  readonly base: TomlTable;
  /** What is to be said of the files themselves. */
  readonly notes: readonly ConfigWarningNotification[];
}

/**
 * Reads the layers as they are now.
 *
 * @throws {ConfigError} if one cannot be read or parsed.
 */
export async function takeSnapshot(
  options: SnapshotOptions,
): Promise<Snapshot> {
  const { places, read, parse, base, cwd } = options;
  const sources = await readSources(places, read);
  const common = await readCommonLayers(sources, {
    places,
    parse,
    forgive: (fault) => {
      throw new ConfigError(fault.message, { cause: fault });
    },
  });
  const flagsTable = await toOverrideTable(options.overrides);
  assignRequested(flagsTable, options.requested ?? {});
  const flags = toFlagsLayer(flagsTable, cwd ?? places.home, places);
  const system = common.system ??
    toLayer({ type: "system", file: `${places.etc}/config.toml` });
  const userFile = `${places.home}/config.toml`;
  const user = common.user ??
    toLayer({ type: "user", file: userFile, profile: null });
  const users = common.profile ? [user, common.profile] : [user];
  const above = [
    ...Object.keys(flagsTable).length > 0 ? [flags] : [],
    ...common.managed ? [common.managed] : [],
  ];
  const notes: ConfigWarningNotification[] = [];
  if (sources.user.idle !== undefined) {
    notes.push(toIdleWarning(sources.user.idle));
  }
  const projects: Layer[] = [];
  if (cwd !== undefined) {
    const directories = await findProject(cwd, {
      common: merge([system, ...users, ...above]),
      home: places.home,
      userFile,
    });
    for (const directory of directories) {
      projects.push(await readProject(directory, options, notes));
    }
  }
  const layers = [system, ...users, ...projects, ...above];
  return { layers, user, common, base, notes };
}

/** @throws {ConfigError} if it counts, and can't be read or parsed. */
async function readProject(
  { dotCodex, disabledReason }: ProjectDirectory,
  { places, read, parse }: SnapshotOptions,
  notes: ConfigWarningNotification[],
): Promise<Layer> {
  const name = { type: "project", dotCodexFolder: dotCodex } as const;
  const shade = disabledReason === undefined ? {} : { disabledReason };
  const nothing = { ...toLayer(name), ...shade };
  const { source, idle } = await readEither(dotCodex, read);
  if (idle !== undefined) notes.push(toIdleWarning(idle));
  if (!source) return nothing;
  let layer: Layer;
  try {
    layer = await readLayer(name, source, parse);
  } catch (error) {
    if (!(error instanceof BrokenLayer)) throw error;
    if (disabledReason !== undefined) return nothing;
    throw new ConfigError(toProjectMessage(error, source.path, source), {
      cause: error,
    });
  }
  const { table, taken } = withoutReserved(layer.table);
  if (taken.length > 0 && disabledReason === undefined) {
    notes.push(toReservedWarning(source.path, taken));
  }
  return resolvePaths({ ...layer, table, ...shade }, dotCodex, places.userHome);
}

/** With the line, and a caret below what is wrong. */
function toProjectMessage(
  { fault, reason }: BrokenLayer,
  path: string,
  source: object,
): string {
  if (!fault.range || !("text" in source)) return fault.details;
  const { start: at, end } = fault.range;
  const text = String(source.text).split(/\r?\n/)[at.line - 1] ?? "";
  const last = end.line === at.line ? end.column : [...text].length;
  const width = Math.max(1, last - at.column + 1);
  const gutter = " ".repeat(String(at.line).length);
  const language = path.endsWith(".jsonc") ? "JSON" : "TOML";
  return [
    `Error parsing project config file ${path}: ` +
    `${language} parse error at line ${at.line}, column ${at.column}`,
    `${gutter} |`,
    `${at.line} | ${text}`,
    `${gutter} | ${" ".repeat(at.column - 1)}${"^".repeat(width)}`,
    reason,
    "",
  ].join("\n");
}

/**
 * All layers in one, for a thread.
 *
 * @throws {ConfigError} if that cannot be used.
 */
export async function settle(
  { layers, common, base, notes }: Snapshot,
  { strict, requested = {}, wished }:
    & { readonly strict: boolean }
    & Pick<SnapshotOptions, "requested">
    & Pick<Demanding, "wished">,
): Promise<Config> {
  const problem = await findProblem(layers, { ...common, wished });
  if (problem) throw new ConfigError(toMessage(problem));
  const warnings = await judgeKeys(layers, common.demands, {
    strict,
    isBroken: false,
  });
  const counting = layers.map((layer) =>
    layer.name.type === "project"
      ? { ...layer, table: withoutSwitches(layer.table) }
      : layer
  );
  const held = toHeld(mergeTables(base, merge(counting)), common.demands);
  return toConfig(await withTexts(held), {
    modelCatalogue: await readModels(held),
    managed: common.managed,
    demands: common.demands,
    requested,
    ...wished && { wished },
    warnings: [...notes, ...warnings],
  });
}

/**
 * All layers in one, whatever they say.
 *
 * @throws {ConfigError} if what is demanded leaves nothing to choose from.
 */
export function toUnchecked({ layers, common, base }: Snapshot): Config {
  return toConfig(toHeld(mergeTables(base, merge(layers)), common.demands), {
    managed: common.managed,
    demands: common.demands,
    warnings: [],
  });
}

function toMessage({ fault, isMismatch }: Problem): string {
  // Where no place can be told, clients know the text with its line end.
  return fault.path === undefined && isMismatch
    ? `${fault.details}\n`
    : fault.details;
}
