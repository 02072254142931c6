import type { ConfigTable, ConfigValue } from "./config.ts";

/**
 * What tells one state of a layer from another: a hash of its JSON with the
 * keys of every table in order, so that comments and order do not count.
 */
export async function toVersion(table: ConfigTable): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(sort(table)));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `sha256:${hash.toHex()}`;
}

function sort(value: ConfigValue): ConfigValue {
  if (Array.isArray(value)) return value.map(sort);
  if (typeof value !== "object") return value;
  const sorted: ConfigTable = Object.create(null);
  for (const key of Object.keys(value).sort()) sorted[key] = sort(value[key]!);
  return sorted;
}
