/** A table of a JSON file that somebody else wrote. */
export type JsonTable = Readonly<Record<string, unknown>>;

/** A value as a table; an empty one if it is none. */
export function toTable(value: unknown): JsonTable {
  return isTable(value) ? value : {};
}

/** Whether a value is a table. */
export function isTable(value: unknown): value is JsonTable {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as text with something in it; null if it is none. */
export function toText(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const text = value.trim();
  return text === "" ? null : text;
}

/** A value as a list of texts. */
export function toTexts(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((one): one is string => typeof one === "string")
    : [];
}

/**
 * What a JSON text means.
 *
 * @throws {Error} where it is broken.
 */
export function parseTable(text: string): JsonTable {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (text.trim() === "") throw new Error("the file is empty");
    throw new Error((error as Error).message);
  }
  if (!isTable(value)) throw new Error("expected an object");
  return value;
}
