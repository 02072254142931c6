import type { MethodName, ParamsOf } from "../protocol/mod.ts";
import { concurrent, type Scope } from "../rpc/mod.ts";

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
