import type { Tool } from "../protocol/mod.ts";
import type { ServerConfig } from "./server_config.ts";

/** What a tool is, and which plugin it came with; undefined if nobody says. */
export function describeTool(
  { description }: Tool,
  { plugin }: ServerConfig,
): string | undefined {
  if (plugin === undefined) return description;
  const origin = `It came with the plugin \`${plugin.name}\`.`;
  const said = description?.trim() ?? "";
  if (said === "") return origin;
  return `${/[.!?]$/.test(said) ? said : `${said}.`} ${origin}`;
}
