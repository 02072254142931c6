import type { JsonValue } from "../protocol/mod.ts";
import { McpFailure } from "./mcp_failure.ts";

/**
 * The arguments of a call.
 *
 * @returns Text for the model if they are none.
 */
export function readInput(text: string): Record<string, JsonValue> | string {
  const wrong = (why: string) => `failed to parse function arguments: ${why}`;
  let value: JsonValue;
  try {
    value = parseInput(text);
  } catch (error) {
    return wrong((error as Error).message);
  }
  return isObject(value) ? value : wrong("an object was expected");
}

/**
 * What a model wrote as the arguments of a call.
 *
 * @throws {SyntaxError} if it is no JSON.
 */
export function parseInput(text: string): JsonValue {
  // A call without any arguments comes as an empty text from some models.
  return text.trim() === "" ? {} : JSON.parse(text);
}

/**
 * The arguments of a call, as servers take them.
 *
 * @throws {McpFailure} if they are none.
 */
export function toArguments(input: JsonValue): Record<string, JsonValue> {
  if (isObject(input)) return input;
  throw new McpFailure(
    `MCP tool arguments must be a JSON object, got ${JSON.stringify(input)}`,
  );
}

function isObject(value: JsonValue): value is Record<string, JsonValue> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
