/** An MCP server that a plugin brings. */
export interface PluginServer {
  readonly pluginId: string;
  readonly pluginName: string;
  readonly name: string;
  /** What would stand in the configuration. */
  readonly table: Readonly<Record<string, unknown>>;
}
