import type { ConfigTable, ConfigValue } from "./config.ts";
import { isTable, type TomlTable, type TomlValue } from "./toml.ts";

/** The table in values that JSON can carry. */
export function toPlainTable(table: TomlTable): ConfigTable {
  const plain: ConfigTable = Object.create(null);
  // Tables have no prototype.
  for (const key in table) plain[key] = toPlain(table[key]!);
  return plain;
}

function toPlain(value: TomlValue): ConfigValue {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(toPlain);
  return isTable(value) ? toPlainTable(value) : value;
}
