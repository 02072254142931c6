import type { ConfigWarningNotification } from "../protocol/mod.ts";
import type { Kind, Mismatch } from "./_schema.ts";
import { Config } from "./config.ts";
import { ConfigError } from "./config_error.ts";
import { builtInModelProviders, configFile } from "./known_keys.ts";
import { locateKey, locateValue, type Place } from "./locate_value.ts";
import { type ConfigOverrides, toOverrideTable } from "./overrides.ts";
import {
  findUnsupported,
  requirementsFile,
  toRequirements,
} from "./requirements.ts";
import {
  isTable,
  mergeTables,
  parseToml,
  TomlSyntaxError,
  type TomlTable,
} from "./toml.ts";
import { toPlainTable } from "./_plain.ts";

/** A file that is there: its text, or why it cannot be read. */
export type SourceFile =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly problem: string };

/** All that configuration comes from. */
export interface Sources {
  readonly system: SourceFile | undefined;
  readonly user: SourceFile | undefined;
  readonly managed: SourceFile | undefined;
  readonly requirements: SourceFile | undefined;
  readonly overrides: ConfigOverrides;
}

/** One source as a table. */
interface Layer {
  /** How warnings name it. */
  readonly label: string;
  /** Left out when it is broken, instead of ending the start. */
  readonly isUsers: boolean;
  readonly table: TomlTable;
  readonly file?: { readonly path: string; readonly text: string };
}

/** What is wrong with the configuration. */
interface Fault {
  readonly details: string;
  readonly path?: string;
  readonly range?: Place;
}

/** A layer that is broken in itself. */
class BrokenLayer extends Error {
  constructor(readonly fault: Fault) {
    super(fault.details);
  }
}

/**
 * Parses and merges the sources.
 *
 * @throws {ConfigError} as `loadConfig` does.
 */
export async function resolveLayers(
  sources: Sources,
  options: { strict: boolean },
): Promise<Config> {
  const warnings: ConfigWarningNotification[] = [];
  const forgive = (fault: Fault): void => {
    if (options.strict) throw new ConfigError(fault.details);
    warnings.push({
      summary: "Invalid configuration; using defaults.",
      ...fault,
    });
  };

  const demands = await readDemands(sources.requirements);
  const system = await readStrictly("system", sources.system);
  const user = await readLayer("user", sources.user).catch((error) => {
    if (!(error instanceof BrokenLayer)) throw error;
    forgive(error.fault);
    return undefined;
  });
  const flags: Layer = {
    label: "session-flags",
    isUsers: false,
    table: await toOverrideTable(sources.overrides),
  };
  const managed = await readStrictly(
    "legacy managed_config.toml",
    sources.managed,
  );

  let layers = [system, user, flags, managed].filter((layer) => !!layer);
  const problem = await findProblem(layers);
  if (problem) {
    const others = layers.filter((layer) => !layer.isUsers);
    const isUsers = problem.culprit?.isUsers ?? !await findProblem(others);
    if (!isUsers) throw new ConfigError(problem.fault.details);
    forgive(problem.fault);
    layers = others;
    const rest = await findProblem(layers);
    if (rest) throw new ConfigError(rest.fault.details);
  }

  const strays = [
    // What is strongest comes first, for the strict mode to name.
    ...layers.toReversed().flatMap((layer) => findStrays(configFile, layer)),
    ...demands ? findStrays(requirementsFile, demands) : [],
  ];
  if (options.strict && strays[0]) {
    throw new ConfigError(await toStrictMessage(strays[0]));
  }
  if (strays.length > 0 && warnings.length === 0) {
    warnings.push(toStrayWarning(strays));
  }
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
  try {
    return new Config({
      warnings,
      effective: toPlainTable(merge(layers)),
      requirements: toRequirements(
        toPlainTable(demands?.table ?? {}),
        toPlainTable(managed?.table ?? {}),
      ),
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigError(error.message, { cause: error });
  }
}

async function readLayer(
  kind: string,
  source: SourceFile | undefined,
): Promise<Layer | undefined> {
  if (!source) return undefined;
  const { path } = source;
  if ("problem" in source) {
    throw new BrokenLayer({
      details: `Failed to read config file ${path}: ${source.problem}`,
    });
  }
  try {
    return {
      label: `${kind} (${path})`,
      isUsers: kind === "user",
      table: await parseToml(source.text),
      file: source,
    };
  } catch (error) {
    if (!(error instanceof TomlSyntaxError)) throw error;
    const at = { line: error.line, column: error.column };
    throw new BrokenLayer({
      details: `${path}:${at.line}:${at.column}: ${error.message}`,
      path,
      range: { start: at, end: at },
    });
  }
}

async function readStrictly(
  kind: string,
  source: SourceFile | undefined,
): Promise<Layer | undefined> {
  try {
    return await readLayer(kind, source);
  } catch (error) {
    if (!(error instanceof BrokenLayer)) throw error;
    throw new ConfigError(error.message, { cause: error });
  }
}

async function readDemands(
  source: SourceFile | undefined,
): Promise<Layer | undefined> {
  const layer = await readStrictly("requirements", source);
  const mismatch = layer && requirementsFile.findMismatch(layer.table);
  if (!mismatch) return layer;
  throw new ConfigError(
    `failed to parse requirements layer ${layer.file?.path}: ${
      toUnplaced(mismatch)
    }`,
  );
}

/** The first thing wrong with the merged layers, and whose it is if one's. */
async function findProblem(
  layers: readonly Layer[],
): Promise<{ fault: Fault; culprit?: Layer } | undefined> {
  const merged = merge(layers);
  const mismatch = configFile.findMismatch(merged);
  if (!mismatch) {
    const details = findContradiction(merged);
    return details === undefined ? undefined : { fault: { details } };
  }
  // What a later layer replaced does no harm, so the merged table is asked
  // first; only a layer that is wrong by itself can be told as a place.
  for (const culprit of layers) {
    const own = configFile.findMismatch(culprit.table);
    if (own) return { fault: await toFault(own, culprit), culprit };
  }
  return { fault: { details: toUnplaced(mismatch) } };
}

async function toFault(mismatch: Mismatch, layer: Layer): Promise<Fault> {
  const { file } = layer;
  const range = file && await locateValue(file.text, mismatch.path);
  if (!range) return { details: toUnplaced(mismatch) };
  const { line, column } = range.start;
  return {
    details: `${file.path}:${line}:${column}: ${mismatch.message}`,
    path: file.path,
    range,
  };
}

function toUnplaced({ message, path }: Mismatch): string {
  return path.length === 0 ? message : `${message}\nin \`${path.join(".")}\``;
}

/** Values that are well typed, but cannot be used. */
function findContradiction(table: TomlTable): string | undefined {
  const { profile, model_provider: provider, model_providers: own } = table;
  if (typeof profile === "string") {
    return `legacy \`profile = "${profile}"\` config is no longer supported; ` +
      `use \`--profile ${profile}\` with \`${profile}.config.toml\` instead`;
  }
  const isKnown = typeof provider !== "string" ||
    builtInModelProviders.has(provider) || isTable(own) && provider in own;
  return isKnown ? undefined : `Model provider \`${provider}\` not found`;
}

function merge(layers: readonly Layer[]): TomlTable {
  return layers.reduce(
    (below, { table }) => mergeTables(below, table),
    Object.create(null) as TomlTable,
  );
}

/** A key that nobody knows, and where it stands. */
interface Stray {
  readonly layer: Layer;
  readonly path: readonly string[];
}

function findStrays(kind: Kind, layer: Layer): Stray[] {
  return kind.findUnknown(layer.table).map((path) => ({ layer, path }));
}

const maxListedStrays = 3;

function toStrayWarning(strays: readonly Stray[]): ConfigWarningNotification {
  const sorted = strays.map(({ layer, path }) => [layer.label, path.join(".")])
    .sort(([labelA, keyA], [labelB, keyB]) =>
      compare(labelA!, labelB!) || compare(keyA!, keyB!)
    );
  const lines = sorted.map(([label, key]) =>
    `${label}: \`${key}\` is ignored.`
  );
  const listed = lines.slice(0, maxListedStrays);
  const rest = lines.length - listed.length;
  if (rest > 0) listed.push(`... and ${rest} more ignored settings.`);
  const count = `${lines.length} unrecognized configuration setting${
    lines.length === 1 ? "" : "s"
  }`;
  const summary =
    `Codex is ignoring ${count}. Check for typos or deprecated settings.`;
  return {
    summary: [summary, ...listed.map((line) => `  ${line}`)].join("\n"),
    details: null,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function toStrictMessage({ layer, path }: Stray): Promise<string> {
  const message = `unknown configuration field \`${path.join(".")}\``;
  const { file } = layer;
  const { start } = file && await locateKey(file.text, path) || {};
  return file && start
    ? `${file.path}:${start.line}:${start.column}: ${message}`
    : `${message} in -c/--config override`;
}
