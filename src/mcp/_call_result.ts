import type { JsonValue } from "../protocol/mod.ts";
import type { CallResult } from "./caller.ts";
import { McpFailure } from "./mcp_failure.ts";

/**
 * What a server answered to a call, as far as it can be read.
 *
 * @throws {McpFailure} if that is no result of a call.
 */
export function toCallResult(result: Record<string, JsonValue>): CallResult {
  const { content, structuredContent, isError, _meta } = result;
  if (!Array.isArray(content) && structuredContent === undefined) {
    throw new McpFailure("Unexpected response type");
  }
  return {
    content: Array.isArray(content) ? content : [],
    ...structuredContent !== undefined && { structuredContent },
    ...typeof isError === "boolean" && { isError },
    ..._meta !== undefined && { _meta },
  };
}

/** How far something is, in numbers. */
export function toShare(progress: number, total: number | undefined): string {
  return total === undefined ? `${progress}` : `${progress}/${total}`;
}

/** As people write durations: `3s`, `2.5s`, `200ms`. */
export function toSeconds(ms: number): string {
  return ms < 1000 ? `${ms}ms` : `${ms / 1000}s`;
}
