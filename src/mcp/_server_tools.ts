import type { Tool } from "../tools/mod.ts";
import { McpTool, type McpToolOptions } from "./_mcp_tool.ts";
import { toSafeNames } from "./_safe_names.ts";
import type { Server } from "./server.ts";

/** The tools of servers, by names that tell them all apart. */
export function toServerTools(
  servers: readonly Server[],
  shared: Pick<McpToolOptions, "approvals" | "log">,
): Tool[] {
  const namespaces = toSafeNames(
    servers.map(({ name }) => name),
    { wrap: (name) => `mcp__${name}`, identify: toIdentity },
  );
  return servers.flatMap((server) => {
    const { name, connection } = server;
    const tools = connection?.tools ?? [];
    const names = toSafeNames(tools.map((one) => one.name), {
      identify: (tool) => `${toIdentity(name)}\0${tool}\0${tool}`,
    });
    const namespace = namespaces.get(name)!;
    return tools
      .map((tool) =>
        new McpTool({
          ...shared,
          server,
          tool,
          namespace,
          name: names.get(tool.name)!,
        })
      )
      .sort((a, b) => a.name < b.name ? -1 : 1);
  });
}

/** What stands for a server where names are told apart. */
function toIdentity(name: string): string {
  return `${name}\0${name}\0`;
}
