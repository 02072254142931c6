import type { MethodName, ParamsOf } from "../protocol/mod.ts";
import { RpcError } from "../protocol/mod.ts";
import { concurrent, type Handlers, type Scope } from "../rpc/mod.ts";
import type { McpServers } from "./mcp_servers.ts";

/** What the methods of MCP servers wait for: nothing, since servers are slow. */
export const mcpScopes = {
  "mcpServer/oauth/login": concurrent,
  "config/mcpServer/reload": concurrent,
  "mcpServerStatus/list": concurrent,
  "mcpServer/resource/read": concurrent,
  "mcpServer/event/stream/start": concurrent,
  "mcpServer/event/stream/stop": concurrent,
  "mcpServer/tool/call": concurrent,
} satisfies { readonly [M in MethodName]?: Scope<ParamsOf<M>> };

/** Names of the methods of MCP servers. */
export type McpMethod = keyof typeof mcpScopes;

/** What they do. */
export const mcpHandlers: Handlers<McpServers, McpMethod> = {
  "mcpServer/oauth/login": (servers, params) => servers.login(params),
  async "config/mcpServer/reload"(servers) {
    await servers.reload();
    return {};
  },
  "mcpServerStatus/list": (servers, params, { parked }) =>
    parked(servers.list(params)),
  "mcpServer/resource/read": (servers, params, { parked, signal }) =>
    parked(servers.read(params, signal)),
  "mcpServer/event/stream/start"() {
    throw RpcError.invalidRequest(
      "MCP event subscriptions are only supported for hosted apps",
    );
  },
  "mcpServer/event/stream/stop": () => ({}),
  "mcpServer/tool/call": (servers, params, { parked, signal }) =>
    parked(servers.call(params, signal)),
};
