import { RpcError } from "../protocol/mod.ts";
import { McpFailure } from "./mcp_failure.ts";

/** There is no server of that name. */
export function unknownServer(name: string): RpcError {
  return RpcError.internal(`unknown MCP server '${name}'`);
}

/**
 * What clients are told of a failure: what the server said, as it said it, or
 * what could not be done, and why.
 */
export function toRpcError(error: unknown, what: string): unknown {
  if (!(error instanceof McpFailure)) return error;
  const said = /^Mcp error: (-?\d+): ([^]*)$/.exec(error.message);
  if (said === null) {
    return RpcError.internal(`${what}: ${error.message}`, error);
  }
  return new RpcError(Number(said[1]), said[2]!, { cause: error });
}
