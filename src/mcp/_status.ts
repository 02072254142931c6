import {
  type ListMcpServerStatusParams,
  type McpAuthStatus,
  type McpServerStatus,
  RpcError,
} from "../protocol/mod.ts";
import { describeTool } from "./_describe_tool.ts";
import type { Server } from "./server.ts";

/** What is told of a server. */
export interface StatusOptions {
  /** Whether its resources are told, too. */
  readonly isFull: boolean;
  readonly isOfThread: boolean;
  readonly authStatus: () => Promise<McpAuthStatus>;
}

/** A server and what it offers; starts it if need be. */
export async function toStatus(
  server: Server,
  { isFull, isOfThread, authStatus }: StatusOptions,
): Promise<McpServerStatus> {
  const { name, config } = server;
  server.start();
  await server.settled();
  const { connection, failure } = server;
  const none = () => [];
  const [resources, resourceTemplates] = isFull && connection !== undefined
    ? await Promise.all([
      connection.listResources().catch(none),
      connection.listResourceTemplates().catch(none),
    ])
    : [[], []];
  return {
    name,
    runtimeStatus: isOfThread ? server.status : null,
    pluginId: config.plugin?.id ?? null,
    httpOrigin: config.place.kind === "http"
      ? toOrigin(config.place.url)
      : null,
    serverInfo: connection?.info ?? null,
    serverCapabilities: connection?.capabilities ?? null,
    toolListMeta: connection?.toolListMeta ?? null,
    tools: Object.fromEntries(
      (connection?.tools ?? []).map((tool) => {
        const description = describeTool(tool, config);
        return [
          tool.name,
          description === undefined ? tool : { ...tool, description },
        ];
      }),
    ),
    toolsError: failure === undefined ? null : `MCP startup failed: ${failure}`,
    resources,
    resourceTemplates,
    authStatus: await authStatus(),
  };
}

/**
 * One page of all servers; cursors count them.
 *
 * @throws {RpcError} if the cursor is none.
 */
export function toPage<T>(
  all: readonly T[],
  { cursor, limit }: ListMcpServerStatusParams,
): { page: readonly T[]; nextCursor: string | null } {
  if (cursor != null && !/^\d+$/.test(cursor)) {
    throw RpcError.invalidRequest(`invalid cursor: ${cursor}`);
  }
  const from = cursor == null ? 0 : Number(cursor);
  if (from > all.length) {
    throw RpcError.invalidRequest(
      `cursor ${cursor} exceeds total MCP servers ${all.length}`,
    );
  }
  const end = Math.min(all.length, from + Math.max(1, limit ?? all.length));
  return {
    page: all.slice(from, end),
    nextCursor: end < all.length ? `${end}` : null,
  };
}

function toOrigin(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null;
}
