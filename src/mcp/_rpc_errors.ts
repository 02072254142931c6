import { RpcError } from "../protocol/mod.ts";
import type { Connection } from "./connection.ts";
import { McpFailure } from "./mcp_failure.ts";
import type { Server } from "./server.ts";

/**
 * A server that may be used.
 *
 * @throws {RpcError} if there is none of that name, or it is off.
 */
export function toUsable(server: Server | undefined, name: string): Server {
  if (server?.config.isEnabled) return server;
  throw RpcError.internal(`unknown MCP server '${name}'`);
}

/**
 * The connection to a server, once there is one.
 *
 * @throws {RpcError} if it could not be started.
 */
export async function toConnection(server: Server): Promise<Connection> {
  try {
    return await server.connected();
  } catch (error) {
    throw error instanceof McpFailure
      ? RpcError.internal(
        `failed to get client: MCP startup failed: ${error.message}`,
        error,
      )
      : error;
  }
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
  const { data } = error.cause as { readonly data?: unknown };
  return new RpcError(Number(said[1]), said[2]!, {
    cause: error,
    ...data !== undefined && { data },
  });
}
