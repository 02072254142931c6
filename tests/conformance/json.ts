/** A parsed JSON value. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** A parsed JSON object. A type alias, so that interfaces of plain fields fit it. */
export type JsonObject = { [key: string]: Json };

/** Whether `value` is a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of a JSON text, or undefined when the text is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One line for a report: the value as JSON, cut to `maxChars` characters. */
export function show(value: Json | undefined, maxChars = 240): string {
  const text = value === undefined ? "(absent)" : JSON.stringify(value);
  return text.length > maxChars
    ? `${text.slice(0, maxChars)}…(${text.length})`
    : text;
}
