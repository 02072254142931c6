import { isTable, type TomlTable, type TomlValue } from "./toml.ts";

/** A key as it stands in a document. */
export function encodeKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : encodeString(key);
}

/** Keys with dots between them. */
export function encodePath(path: readonly string[]): string {
  return path.map(encodeKey).join(".");
}

/** A value as it stands behind `=`; tables within braces. */
export function encodeValue(value: TomlValue): string {
  switch (typeof value) {
    case "string":
      return encodeString(value);
    case "number":
      return encodeFloat(value);
    case "bigint":
    case "boolean":
      return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(encodeValue).join(", ")}]`;
  return isTable(value) ? encodeTable(value) : value.toISOString();
}

function encodeTable(table: TomlTable): string {
  const pairs = Object.entries(table).map(([key, value]) =>
    `${encodeKey(key)} = ${encodeValue(value)}`
  );
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

/** JSON's escapes are TOML's, but TOML has no half characters and no DEL. */
function encodeString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll("\x7f", "\\u007f");
}

function encodeFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
