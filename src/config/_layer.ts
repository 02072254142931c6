import type { ConfigLayerSource } from "../protocol/mod.ts";
import { ConfigError } from "./config_error.ts";
import { configFile } from "./known_keys.ts";
import { locateKey, locateValue, type Place } from "./locate_value.ts";
import type { SourceFile } from "./_source.ts";
import {
  holdsWide,
  mergeTables,
  parseToml,
  TomlSyntaxError,
  type TomlTable,
} from "./toml.ts";

/** Name of what an administrator demands: no part of the configuration itself. */
export interface DemandsName {
  readonly type: "requirements";
}

/** What an administrator demands. */
export type Demands = Layer<DemandsName>;

/** Anything that keys may stand in. */
export type AnyLayer = Layer<ConfigLayerSource | DemandsName>;

/** One source of the configuration as a table. */
export interface Layer<Name = ConfigLayerSource> {
  /** What it is, and where it lies. */
  readonly name: Name;
  /** What it sets; paths of files are absolute. */
  readonly table: TomlTable;
  /** The same as it is written. */
  readonly raw: TomlTable;
  /** Where that was read from; undefined for the command line. */
  readonly file?: { readonly path: string; readonly text: string };
  /** Why it does not count. */
  readonly disabledReason?: string;
}

/** What is wrong with the configuration. */
export interface Fault {
  /** What is wrong; begins with the place if there is one. */
  readonly details: string;
  readonly path?: string;
  readonly range?: Place;
}

/** A layer that is broken in itself. */
export class BrokenLayer extends Error {
  constructor(
    readonly fault: Fault,
    /** What is wrong, without the place. */
    readonly reason: string = fault.details,
  ) {
    super(fault.details);
  }
}

/** Parses files of the configuration; whoever keeps them, parses them once. */
export type ParseSource = (
  file: { readonly path: string; readonly text: string },
) => Promise<TomlTable>;

/** Parses a file in the language that its name tells. */
export const parseSource: ParseSource = async ({ path, text }) => {
  if (!isJsonc(path)) {
    const table = await parseToml(text);
    if (!holdsWide(table)) return table;
    throw new TomlSyntaxError("integer number overflowed", 1, 1);
  }
  const { parseJsonc } = await import("./jsonc.ts");
  return await parseJsonc(text);
};

function isJsonc(path: string): boolean {
  return path.endsWith(".jsonc");
}

/**
 * Reads a layer from its file.
 *
 * @throws {BrokenLayer} if the file can't be read or parsed.
 */
export async function readLayer<Name>(
  name: Name,
  source: SourceFile,
  parse: ParseSource,
): Promise<Layer<Name>> {
  const { path } = source;
  if (!("text" in source)) {
    const problem = "problem" in source
      ? source.problem
      : await describeGarbled(source.garbled);
    throw new BrokenLayer({
      details: `Failed to read config file ${path}: ${problem}`,
    });
  }
  try {
    const table = await parse(source);
    return { name, table, raw: table, file: source };
  } catch (error) {
    if (!(error instanceof TomlSyntaxError)) throw error;
    const { message, range } = await explain(error, source);
    const { line, column } = range.start;
    const details = `${path}:${line}:${column}: ${message}`;
    throw new BrokenLayer({ details, path, range }, message);
  }
}

async function describeGarbled(bytes: Uint8Array): Promise<string> {
  const { describeInvalidUtf8 } = await import("./_invalid_utf8.ts");
  return describeInvalidUtf8(bytes);
}

/** What is wrong with a text, in the words that clients know if there are any. */
async function explain(
  { message, line, column }: TomlSyntaxError,
  { path, text }: { readonly path: string; readonly text: string },
): Promise<{ readonly message: string; readonly range: Place }> {
  const at = { line, column };
  const told = { message, range: { start: at, end: at } };
  if (isJsonc(path)) return told;
  const { diagnoseToml } = await import("./diagnose_toml.ts");
  // Two parsers may not agree on what is valid; then the first one counts.
  return diagnoseToml(text) ?? told;
}

/**
 * As {@linkcode readLayer}, for a layer that must not be left out.
 *
 * @throws {ConfigError} if the file can't be read or parsed.
 */
export async function readStrictly<Name>(
  name: Name,
  source: SourceFile | undefined,
  parse: ParseSource,
): Promise<Layer<Name> | undefined> {
  try {
    return source && await readLayer(name, source, parse);
  } catch (error) {
    if (!(error instanceof BrokenLayer)) throw error;
    throw new ConfigError(error.message, { cause: error });
  }
}

/**
 * The layer with its paths made absolute: they count from where it lies, `~/`
 * from the user's home.
 */
export function resolvePaths(
  layer: Layer,
  directory: string,
  userHome: () => string | undefined,
): Layer {
  const toAbsolute = (path: string): string => {
    const home = path === "~" || path.startsWith("~/") ? userHome() : undefined;
    if (home !== undefined) return normalize(`${home}${path.slice(1)}`);
    return normalize(path.startsWith("/") ? path : `${directory}/${path}`);
  };
  const table = configFile.resolvePaths!(layer.table, toAbsolute) as TomlTable;
  return { ...layer, table };
}

/** An absolute path without `.`, `..` and doubled slashes, by name only. */
export function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** How people are told of a layer. */
export function toLabel({ name, file }: AnyLayer): string {
  switch (name.type) {
    case "sessionFlags":
      return "session-flags";
    case "legacyManagedConfigTomlFromFile":
      return `legacy managed_config.toml (${name.file})`;
    default:
      return `${name.type} (${file?.path})`;
  }
}

/** All layers that count in one table; the weakest comes first. */
export function merge(layers: readonly Layer[]): TomlTable {
  return layers.reduce(
    (below, { table, disabledReason }) =>
      disabledReason === undefined ? mergeTables(below, table) : below,
    Object.create(null) as TomlTable,
  );
}

/** A layer that is read from nowhere. */
export function toLayer(
  name: ConfigLayerSource,
  table: TomlTable = Object.create(null),
): Layer {
  return { name, table, raw: table };
}

/** Where a value stands in the text of a layer. */
export async function locateIn(
  { path, text }: { readonly path: string; readonly text: string },
  key: readonly string[],
  part: "key" | "value",
): Promise<Place | undefined> {
  if (isJsonc(path)) {
    const { locateJsonc } = await import("./jsonc.ts");
    return await locateJsonc(text, key, part);
  }
  return await (part === "key" ? locateKey(text, key) : locateValue(text, key));
}
