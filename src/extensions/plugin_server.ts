import { isTable, type JsonTable } from "./_json.ts";
import { readServers } from "./_plugin_manifest.ts";
import type { InstalledPlugin } from "./plugins.ts";

/** An MCP server that a plugin brings. */
export interface PluginServer {
  readonly pluginId: string;
  readonly pluginName: string;
  readonly name: string;
  /** What would stand in the configuration. `cwd` lies in the plugin. */
  readonly table: JsonTable;
}

/** The MCP servers of plugins: of those with the same name, the first one. */
export async function readPluginServers(
  plugins: readonly InstalledPlugin[],
): Promise<PluginServer[]> {
  const sorted = plugins.toSorted((a, b) => a.id < b.id ? -1 : 1);
  const found = await Promise.all(sorted.map(async (plugin) => {
    const { id, name: pluginName, root, manifest } = plugin;
    const servers = Object.entries(await readServers(manifest, root));
    return servers.flatMap(([name, table]): PluginServer[] =>
      isTable(table)
        ? [{ pluginId: id, pluginName, name, table: toPlaced(table, root) }]
        : []
    );
  }));
  const byName = new Map<string, PluginServer>();
  for (const server of found.flat()) {
    if (!byName.has(server.name)) byName.set(server.name, server);
  }
  return [...byName.values()];
}

function toPlaced(table: JsonTable, root: string): JsonTable {
  const { cwd } = table;
  return typeof cwd === "string" && !cwd.startsWith("/")
    ? { ...table, cwd: `${root}/${cwd}` }
    : table;
}
