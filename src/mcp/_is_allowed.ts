import type { Config, ConfigTable, ConfigValue } from "../config/mod.ts";
import type { HttpPlace, ProgramPlace } from "./server_place.ts";

/**
 * Whether an administrator allows a server: once servers are listed at all, only
 * those whose name is on the list, and which are what the list says.
 */
export function isAllowed(
  { demands }: Config,
  { name, place, plugin }: {
    readonly name: string;
    readonly place: ProgramPlace | HttpPlace;
    /** The plugin that brings it; undefined if it is the user's. */
    readonly plugin: { readonly id: string } | undefined;
  },
): boolean {
  const { mcp_servers: servers, plugins } = demands;
  const matches = (list: ConfigValue | undefined) => {
    const identity = toTable(toTable(toTable(list)[name])["identity"]);
    return place.kind === "program"
      ? identity["command"] === place.command
      : identity["url"] === place.url;
  };
  if (plugin === undefined) return servers === undefined || matches(servers);
  // Servers of plugins have a list of their own. Without it they may be there,
  // unless there is to be no server at all.
  if (plugins !== undefined) {
    return matches(toTable(toTable(plugins)[plugin.id])["mcp_servers"]);
  }
  return servers === undefined || Object.keys(toTable(servers)).length > 0;
}

function toTable(value: ConfigValue | undefined): ConfigTable {
  return typeof value === "object" && !Array.isArray(value)
    ? value
    : Object.create(null);
}
