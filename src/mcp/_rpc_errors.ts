import { RpcError } from "../protocol/mod.ts";
import { McpFailure } from "./mcp_failure.ts";

/** There is no server of that name. */
export function unknownServer(name: string): RpcError {
  return RpcError.internal(`unknown MCP server '${name}'`);
}

/** What clients are told of a failure; a server's own code goes through for resources. */
export function toRpcError(error: unknown, what: string): unknown {
  if (!(error instanceof McpFailure)) return error;
  const text = `${what}: ${error.message}`;
  const code = (error.cause as { code?: unknown } | undefined)?.code;
  const isServers = error.message.startsWith("Mcp error: ") &&
    what.startsWith("resources/read") && typeof code === "number";
  return isServers
    ? new RpcError(code, text, { cause: error })
    : RpcError.internal(text, error);
}
