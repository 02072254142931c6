import type { ServerConfig } from "./server_config.ts";

/** Where the configuration says when a tool needs consent. */
export function toApprovalPath(
  { name, plugin }: ServerConfig,
  tool: string,
): string {
  return [
    ...plugin === undefined ? [] : ["plugins", plugin.id],
    ...["mcp_servers", name, "tools", tool, "approval_mode"],
  ].map((part) => JSON.stringify(part)).join(".");
}
