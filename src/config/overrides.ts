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
