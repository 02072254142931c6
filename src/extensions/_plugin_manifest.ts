import type { PluginInterface } from "../protocol/mod.ts";
import { isTable, parseTable, toTable, toText, toTexts } from "./_json.ts";
import type { JsonTable } from "./_json.ts";
import { realWithin, resolveWithin } from "./_paths.ts";

/** What a plugin says of itself. */
export interface PluginManifest {
  readonly name: string;
  readonly version: string | null;
  readonly description: string | null;
  readonly keywords: readonly string[];
  readonly interface: PluginInterface | null;
  /** Directories with skills. */
  readonly skillRoots: readonly string[];
  /** MCP servers that stand in the file itself; null if they stand elsewhere. */
  readonly mcpServers: JsonTable | null;
  /** Files with MCP servers. */
  readonly mcpFiles: readonly string[];
  /** Files with apps. */
  readonly appFiles: readonly string[];
  /** Files with hooks. */
  readonly hookFiles: readonly string[];
}

/** Where a plugin may say what it is; the first one counts. */
export const manifestFiles = [
  ".codex-plugin/plugin.json",
  ".claude-plugin/plugin.json",
] as const;

const maxPrompts = 3;
const maxPromptLength = 512;

/**
 * Reads what a plugin in a directory says of itself. Paths that lead out of the
 * directory are left out.
 *
 * @throws {Error} if it is broken.
 */
export function readManifest(text: string, directory: string): PluginManifest {
  const file = parseTable(text);
  const name = toText(file.name);
  if (name === null) throw new Error("missing field `name`");
  const paths = (value: unknown, usual: string) =>
    toPaths(value, usual, directory);
  return {
    name,
    version: toText(file.version),
    description: toText(file.description),
    keywords: toTexts(file.keywords),
    interface: isTable(file.interface)
      ? toInterface(file.interface, directory)
      : null,
    skillRoots: paths(file.skills, "./skills"),
    mcpServers: isTable(file.mcpServers) ? file.mcpServers : null,
    mcpFiles: isTable(file.mcpServers)
      ? []
      : paths(file.mcpServers, "./.mcp.json"),
    appFiles: paths(file.apps, "./.app.json"),
    hookFiles: paths(file.hooks, "./hooks/hooks.json"),
  };
}

/** Reads it from a directory; undefined if there is none. */
export async function openManifest(
  directory: string,
): Promise<PluginManifest | undefined> {
  const text = await findManifest(directory);
  return text === undefined ? undefined : readManifest(text, directory);
}

async function findManifest(directory: string): Promise<string | undefined> {
  for (const file of manifestFiles) {
    const path = await realWithin(`${directory}/${file}`, directory);
    if (path === undefined) continue;
    try {
      return await Deno.readTextFile(path);
    } catch {
      // A directory of that name, or nothing that can be read.
    }
  }
  return undefined;
}

/** The MCP servers that a plugin brings, as it describes them. */
export async function readServers(
  { mcpServers, mcpFiles }: PluginManifest,
  directory: string,
): Promise<JsonTable> {
  const servers: Record<string, unknown> = Object.create(null);
  Object.assign(servers, mcpServers);
  for (const file of mcpFiles) {
    const path = await realWithin(file, directory);
    if (path === undefined) continue;
    try {
      const table = parseTable(await Deno.readTextFile(path));
      Object.assign(servers, toTable(table.mcpServers ?? table));
    } catch {
      // What can't be read brings nothing.
    }
  }
  return servers;
}

/** Their names. */
export async function readServerNames(
  manifest: PluginManifest,
  directory: string,
): Promise<string[]> {
  return Object.keys(await readServers(manifest, directory)).sort();
}

function toPaths(value: unknown, usual: string, directory: string): string[] {
  const said = typeof value === "string" ? [value] : toTexts(value);
  return (said.length === 0 ? [usual] : said)
    .flatMap((path) => resolveWithin(directory, path) ?? []);
}

function toInterface(said: JsonTable, directory: string): PluginInterface {
  const path = (value: unknown): string | null =>
    typeof value === "string" ? resolveWithin(directory, value) ?? null : null;
  const prompts = typeof said.defaultPrompt === "string"
    ? [said.defaultPrompt]
    : toTexts(said.defaultPrompt);
  const kept = prompts
    .map((prompt) => prompt.trim().replace(/\s+/g, " "))
    .filter((prompt) => prompt !== "" && prompt.length <= maxPromptLength)
    .slice(0, maxPrompts);
  return {
    displayName: toText(said.displayName),
    shortDescription: toText(said.shortDescription),
    longDescription: toText(said.longDescription),
    developerName: toText(said.developerName),
    category: toText(said.category),
    capabilities: toTexts(said.capabilities),
    websiteUrl: toText(said.websiteURL ?? said.websiteUrl),
    privacyPolicyUrl: toText(said.privacyPolicyURL ?? said.privacyPolicyUrl),
    termsOfServiceUrl: toText(said.termsOfServiceURL ?? said.termsOfServiceUrl),
    defaultPrompt: kept.length === 0 ? null : kept,
    brandColor: toText(said.brandColor),
    composerIcon: path(said.composerIcon),
    composerIconUrl: null,
    logo: path(said.logo),
    logoDark: path(said.logoDark),
    logoUrl: null,
    logoUrlDark: null,
    screenshots: toTexts(said.screenshots).flatMap((one) => path(one) ?? []),
    screenshotUrls: [],
  };
}
