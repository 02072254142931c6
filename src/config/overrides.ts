import type { JsonValue } from "../protocol/mod.ts";
import { ConfigError } from "./config_error.ts";
import { knownFeatures } from "./known_features.ts";
import {
  isTable,
  parseToml,
  TomlSyntaxError,
  type TomlTable,
  type TomlValue,
} from "./toml.ts";

/** What the command line says about the configuration. */
export interface ConfigOverrides {
  /** `key=value` texts of `-c`, in their order. */
  readonly assignments?: readonly string[];
  /** Features of `--enable`. */
  readonly enable?: readonly string[];
  /** Features of `--disable`; they win over `enable`. */
  readonly disable?: readonly string[];
}

/**
 * Makes the table that the command line stands for. Keys are dotted paths; a
 * value that is not TOML counts as text.
 *
 * @throws {ConfigError} on an assignment without `=` or key, and on a feature
 * that nobody knows.
 */
export async function toOverrideTable(
  overrides: ConfigOverrides,
): Promise<TomlTable> {
  const table: TomlTable = Object.create(null);
  for (const assignment of overrides.assignments ?? []) {
    const cut = assignment.indexOf("=");
    if (cut < 0) {
      throw new ConfigError(
        `error parsing -c overrides: Invalid override (missing '='): ${assignment}`,
      );
    }
    const key = assignment.slice(0, cut).trim();
    if (key === "") {
      throw new ConfigError(
        `error parsing -c overrides: Empty key in override: ${assignment}`,
      );
    }
    assign(table, key.split("."), await toValue(assignment.slice(cut + 1)));
  }
  const { enable = [], disable = [] } = overrides;
  for (const name of [...enable, ...disable]) {
    if (!knownFeatures.has(name)) {
      throw new ConfigError(`Unknown feature flag: ${name}`);
    }
    assign(table, ["features", name], !disable.includes(name));
  }
  return table;
}

/**
 * Puts what a request sets over what the command line set. Keys are dotted
 * paths, as of `-c`; a value takes the place of what is there, and null leaves
 * it as it is.
 *
 * @throws {ConfigError} if a value holds what a configuration cannot.
 */
export function assignRequested(
  table: TomlTable,
  requested: Readonly<Record<string, JsonValue>>,
): void {
  for (const [key, value] of Object.entries(requested)) {
    const given = toTomlValue(value);
    if (given !== undefined) assign(table, key.split("."), given);
  }
}

/**
 * A JSON value as TOML has it; undefined for null, and without what is null.
 *
 * @throws {ConfigError} if an array holds null, or a number is out of range.
 */
export function toTomlValue(value: JsonValue): TomlValue | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "number") {
    // From there on JSON has an exponent, as a broken number has.
    if (!Number.isInteger(value) || Math.abs(value) >= 1e21) return value;
    if (Math.abs(value) < 2 ** 63) return BigInt(value);
    throw new ConfigError("invalid value: u64 value was too large");
  }
  if (Array.isArray(value)) {
    return value.map((item) => {
      const given = toTomlValue(item);
      if (given !== undefined) return given;
      throw new ConfigError("invalid value: null in an array");
    });
  }
  if (typeof value !== "object") return value as string | boolean;
  const table: TomlTable = Object.create(null);
  for (const [key, inner] of Object.entries(value)) {
    const given = toTomlValue(inner);
    if (given !== undefined) table[key] = given;
  }
  return table;
}

function assign(
  table: TomlTable,
  path: readonly string[],
  value: TomlValue,
): void {
  let inner = table;
  for (const key of path.slice(0, -1)) {
    const next = inner[key];
    inner = inner[key] = isTable(next) ? next : Object.create(null);
  }
  inner[path.at(-1)!] = value;
}

async function toValue(text: string): Promise<TomlValue> {
  const trimmed = text.trim();
  try {
    const { value } = await parseToml(`value = ${trimmed}`);
    if (value !== undefined) return value;
  } catch (error) {
    // Most people leave out the quotes around a word.
    if (!(error instanceof TomlSyntaxError)) throw error;
  }
  return trimmed.replace(/^["']+|["']+$/g, "");
}
