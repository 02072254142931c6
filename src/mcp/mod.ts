/**
 * MCP servers: those of the configuration, started for each thread, over the
 * pipes of a program or streamable HTTP. Their tools are tools of the thread;
 * whoever must agree to a call is asked. The SDK is loaded when the first one
 * is started.
 *
 * @module
 */
export {
  McpServers,
  type McpServersOptions,
  type ThreadOrder,
} from "./mcp_servers.ts";
export { McpFailure } from "./mcp_failure.ts";
export type { PluginServer } from "./plugin_server.ts";
export {
  type FindBrought,
  ThreadServers,
  type Voice,
} from "./thread_servers.ts";
