import type { ConfigWarningNotification } from "../protocol/mod.ts";
import {
  findProblem,
  findStrays,
  toStrayWarning,
  toStrictMessage,
  toUnplaced,
} from "./_faults.ts";
import { findRetired } from "./_retired_settings.ts";
import { judgeDemands, toHeld } from "./_demands.ts";
import {
  BrokenLayer,
  type Demands,
  type Fault,
  type Layer,
  merge,
  type ParseSource,
  parseSource,
  readLayer,
  readStrictly,
  resolvePaths,
  toLayer,
} from "./_layer.ts";
import type { Places, Sources } from "./_places.ts";
import { toPlainTable } from "./_plain.ts";
import { readModels, withTexts } from "./_text_files.ts";
import { Config, type ConfigParts } from "./config.ts";
import { ConfigError } from "./config_error.ts";
import { configFile } from "./known_keys.ts";
import { type ConfigOverrides, toOverrideTable } from "./overrides.ts";
import {
  findUnsupported,
  requirementsFile,
  toRequirements,
} from "./requirements.ts";
import type { TomlTable } from "./toml.ts";

/** The layers that do not depend on where somebody works. */
export interface CommonLayers {
  readonly system: Layer | undefined;
  readonly user: Layer | undefined;
  readonly profile: Layer | undefined;
  readonly managed: Layer | undefined;
  readonly demands: Demands | undefined;
}

/** Settings of {@linkcode readCommonLayers}. */
export interface ReadLayersOptions {
  readonly places: Places;
  readonly parse: ParseSource;
  /** What becomes of a user's file that is broken. */
  readonly forgive: (fault: BrokenLayer) => void;
}

/**
 * Parses the sources.
 *
 * @throws {ConfigError} if one is broken, and is not forgiven.
 */
export async function readCommonLayers(
  sources: Sources,
  { places, parse, forgive }: ReadLayersOptions,
): Promise<CommonLayers> {
  const { home, etc, userHome } = places;
  const demands = await readDemands(sources.requirements, parse);
  const system = await readStrictly(
    { type: "system", file: `${etc}/config.toml` } as const,
    sources.system,
    parse,
  );
  let user: Layer | undefined;
  const { source } = sources.user;
  if (source) {
    const name = { type: "user", file: source.path, profile: null } as const;
    try {
      user = await readLayer(name, source, parse);
    } catch (error) {
      if (!(error instanceof BrokenLayer)) throw error;
      forgive(error);
    }
  }
  const profile = await readStrictly(
    {
      type: "user",
      file: sources.profile?.path ?? "",
      profile: places.profile ?? null,
    } as const,
    sources.profile,
    parse,
  );
  const managed = await readStrictly(
    {
      type: "legacyManagedConfigTomlFromFile",
      file: `${etc}/managed_config.toml`,
    } as const,
    sources.managed,
    parse,
  );
  return {
    demands,
    system: system && resolvePaths(system, etc, userHome),
    user: user && resolvePaths(user, home, userHome),
    profile: profile && resolvePaths(profile, home, userHome),
    managed: managed && resolvePaths(managed, etc, userHome),
  };
}

async function readDemands(
  source: Sources["requirements"],
  parse: ParseSource,
): Promise<Demands | undefined> {
  const name = { type: "requirements" } as const;
  const layer = await readStrictly(name, source, parse);
  const mismatch = layer && requirementsFile.findMismatch(layer.table);
  if (!mismatch) return layer;
  throw new ConfigError(
    `failed to parse requirements layer ${layer.file?.path}: ${
      toUnplaced(mismatch)
    }`,
  );
}

/** The command line, and what stands above it, as a layer. */
export function toFlagsLayer(
  table: TomlTable,
  directory: string,
  { userHome }: Places,
): Layer {
  const layer = toLayer({ type: "sessionFlags" }, table);
  return resolvePaths(layer, directory, userHome);
}

/**
 * Parses and merges the sources for the server's own configuration.
 *
 * @throws {ConfigError} as `loadConfig` does.
 */
export async function resolveLayers(
  sources: Sources,
  options: { strict: boolean; overrides: ConfigOverrides; places: Places },
): Promise<Config> {
  const warnings: ConfigWarningNotification[] = [];
  const forgive = (fault: Fault): void => {
    if (options.strict) throw new ConfigError(fault.details);
    warnings.push({
      summary: "Invalid configuration; using defaults.",
      ...fault,
    });
  };
  const { places } = options;
  const common = await readCommonLayers(sources, {
    places,
    parse: parseSource,
    forgive: ({ fault }) => forgive(fault),
  });
  const { system, user, profile, managed, demands } = common;
  const overrides = await toOverrideTable(options.overrides);
  const flags = toFlagsLayer(overrides, places.home, places);

  let layers = [system, user, profile, flags, managed].filter((layer) =>
    !!layer
  );
  const problem = await findProblem(layers, common);
  if (problem) {
    const others = layers.filter((layer) => layer !== user);
    const isUsers = problem.culprit
      ? problem.culprit === user
      : !await findProblem(others, common);
    if (!isUsers) throw new ConfigError(problem.fault.details);
    forgive(problem.fault);
    layers = others;
    const rest = await findProblem(layers, common);
    if (rest) throw new ConfigError(rest.fault.details);
  }
  const isBroken = warnings.length > 0;
  if (sources.user.idle !== undefined) {
    warnings.push(toIdleWarning(sources.user.idle));
  }
  warnings.push(
    ...await judgeKeys(layers, demands, { strict: options.strict, isBroken }),
  );
  const held = toHeld(merge(layers), demands);
  return toConfig(await withTexts(held), {
    modelCatalogue: await readModels(held),
    managed,
    demands,
    warnings,
  });
}

/**
 * What is to be said of keys that nobody knows, that are out of use, or that do
 * nothing here.
 *
 * @throws {ConfigError} in strict mode, if there are any that nobody knows.
 */
export async function judgeKeys(
  layers: readonly Layer[],
  demands: Demands | undefined,
  { strict, isBroken }: { strict: boolean; isBroken: boolean },
): Promise<ConfigWarningNotification[]> {
  const warnings: ConfigWarningNotification[] = [];
  const strays = [
    // What is strongest comes first, for the strict mode to name.
    ...layers.toReversed().flatMap((layer) => findStrays(configFile, layer)),
    ...demands ? findStrays(requirementsFile, demands) : [],
  ];
  if (strict && strays[0]) {
    throw new ConfigError(await toStrictMessage(strays[0]));
  }
  const retired = findRetired(layers);
  warnings.push(...retired.before);
  if (strays.length > 0 && !isBroken) warnings.push(toStrayWarning(strays));
  warnings.push(...retired.behind);
  warnings.push(...await judgeDemands(merge(layers), demands));
  const idle = demands?.file ? findUnsupported(demands.table) : [];
  if (idle.length > 0) {
    warnings.push({
      summary: `This server does not enforce these requirements yet: ${
        idle.map((key) => `\`${key}\``).join(", ")
      }.`,
      details: null,
      path: demands!.file!.path,
    });
  }
  return warnings;
}

/** Tells people of a file that does not count beside another one. */
export function toIdleWarning(path: string): ConfigWarningNotification {
  return {
    summary: `${path} is ignored because there is a config.toml beside it.`,
    details: null,
    path,
  };
}

/**
 * The configuration that the merged layers make.
 *
 * @throws {ConfigError} if what is demanded leaves nothing to choose from.
 */
export function toConfig(
  effective: TomlTable,
  { managed, demands, warnings, modelCatalogue, requested = {}, wished = {} }:
    & Pick<CommonLayers, "managed" | "demands">
    & { readonly warnings: readonly ConfigWarningNotification[] }
    & Pick<ConfigParts, "modelCatalogue" | "requested" | "wished">,
): Config {
  const demanded = toPlainTable(demands?.table ?? {});
  try {
    return new Config({
      warnings,
      modelCatalogue,
      requested,
      wished,
      effective: toPlainTable(effective),
      demands: demanded,
      demandSources: toDemandSources({ managed, demands }),
      requirements: toRequirements(
        demanded,
        toPlainTable(managed?.table ?? {}),
      ),
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigError(error.message, { cause: error });
  }
}

/** Which file makes a demand; the older configuration wins. */
function toDemandSources(
  { managed, demands }: Pick<CommonLayers, "managed" | "demands">,
): Readonly<Record<string, string>> {
  const sources: Record<string, string> = Object.create(null);
  for (const key of Object.keys(demands?.table ?? {})) {
    sources[key] = demands!.file!.path;
  }
  const fixed = {
    approval_policy: "allowed_approval_policies",
    sandbox_mode: "allowed_sandbox_modes",
  } as const;
  for (const [key, demand] of Object.entries(fixed)) {
    if (managed?.file && Object.hasOwn(managed.table, key)) {
      sources[demand] = managed.file.path;
    }
  }
  return sources;
}
