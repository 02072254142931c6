import type { ConfigEdit, JsonValue } from "../protocol/mod.ts";
import { parseKeyPath } from "./_key_path.ts";
import { ConfigError } from "./config_error.ts";
import { toTomlValue } from "./overrides.ts";
import {
  isTable,
  mergeTables,
  type TomlTable,
  type TomlValue,
} from "./toml.ts";

/** A change, taken apart. */
export interface PathEdit {
  readonly path: readonly string[];
  readonly edit: ConfigEdit;
}

/** Keys that once chose a profile, and what is said to who writes them. */
const legacy: Readonly<Record<string, string>> = {
  profile: "`profile` is a legacy config selector and",
  profiles: "`profiles` contains legacy config profile tables and",
};

/**
 * Reads the path of a change.
 *
 * @throws {SyntaxError} if it is none, or one that cannot be written.
 */
export function toPathEdit(edit: ConfigEdit): PathEdit {
  const path = parseKeyPath(edit.keyPath);
  const [first = ""] = path;
  if (Object.hasOwn(legacy, first) && edit.value !== null) {
    throw new SyntaxError(
      `${legacy[first]} can no longer be written; ` +
        "use `--profile <name>` with `<name>.config.toml` instead",
    );
  }
  return { path, edit };
}

/** @throws {ConfigError} if it cannot be written. */
function toValue({ value }: ConfigEdit): TomlValue | undefined {
  if (value !== null && holdsNull(value)) {
    throw new ConfigError(
      "invalid value: invalid type: null, expected any valid TOML value",
    );
  }
  return toTomlValue(value);
}

function holdsNull(value: JsonValue | undefined): boolean {
  if (typeof value !== "object") return false;
  return value === null || Object.values(value).some(holdsNull);
}

/**
 * The table with a change made; the one given stays as it is.
 *
 * @throws {TypeError} if the path leads through something that is no table.
 * @throws {ConfigError} if the value cannot be written.
 */
export function applyEdit(
  table: TomlTable,
  { path, edit }: PathEdit,
): TomlTable {
  const [key, ...rest] = path as [string, ...string[]];
  const old = Object.hasOwn(table, key) ? table[key] : undefined;
  const changed: TomlTable = Object.assign(Object.create(null), table);
  if (rest.length > 0) {
    if (edit.value === null) {
      if (isTable(old)) changed[key] = applyEdit(old, { path: rest, edit });
      return changed;
    }
    // What a table is needed in place of has to go, but not at the very end.
    if (old !== undefined && !isTable(old) && rest.length === 1) {
      toValue(edit);
      throw new TypeError("cannot set value on non-table parent");
    }
    const below: TomlTable = isTable(old) ? old : Object.create(null);
    changed[key] = applyEdit(below, { path: rest, edit });
    return changed;
  }
  const value = toValue(edit);
  if (value === undefined) delete changed[key];
  else {
    changed[key] = edit.mergeStrategy === "upsert" && isTable(old) &&
        isTable(value)
      ? mergeTables(old, value)
      : value;
  }
  return changed;
}
