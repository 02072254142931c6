import type { UserInput } from "../protocol/mod.ts";

/** What a model is told of a plugin that the user names. */
export interface NamedPlugin {
  readonly name: string;
  readonly displayName: string;
  readonly hasSkills: boolean;
  readonly mcpServers: readonly string[];
}

/**
 * Ids of the plugins that the user names with `plugin://name@marketplace`: as
 * items of the input, or as links whose text begins with `@`.
 */
export function findNamedPlugins(input: readonly UserInput[]): string[] {
  const ids = new Set<string>();
  for (const part of input) {
    if (part.type === "mention") {
      const [, id] = /^plugin:\/\/(.+)$/.exec(part.path) ?? [];
      if (id !== undefined) ids.add(id);
    } else if (part.type === "text") {
      for (
        const [, id] of part.text.matchAll(
          // No bracket within: each beginning is looked at up to the next.
          /\[@[^[\]\n]+\]\(plugin:\/\/([^()\s]+)\)/g,
        )
      ) ids.add(id!);
    }
  }
  return [...ids];
}

/** A note for the model: what the plugin brings; null if that is nothing. */
export function toPluginText(plugin: NamedPlugin): string | null {
  if (!plugin.hasSkills && plugin.mcpServers.length === 0) return null;
  const lines = [
    `The user means the \`${plugin.displayName}\` plugin. It has:`,
  ];
  if (plugin.hasSkills) {
    lines.push(`- skills whose names begin with \`${plugin.name}:\``);
  }
  if (plugin.mcpServers.length > 0) {
    const names = plugin.mcpServers.map((name) => `\`${name}\``).join(", ");
    lines.push(`- tools of the MCP servers ${names}`);
  }
  lines.push("Use them where they help with the task.");
  return lines.join("\n");
}
