import type { JsonValue } from "../protocol/mod.ts";

/**
 * The arguments of a call.
 *
 * @returns Text for the model if they are none.
 */
export function readInput(text: string): Record<string, JsonValue> | string {
  const wrong = (why: string) => `failed to parse function arguments: ${why}`;
  let value: unknown;
  try {
    // A call without any arguments comes as an empty text from some models.
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch (error) {
    return wrong((error as Error).message);
  }
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, JsonValue>
    : wrong("an object was expected");
}
