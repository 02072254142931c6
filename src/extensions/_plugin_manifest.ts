import type { PluginInterface } from "../protocol/mod.ts";
import { type JsonTable, parseTable, toTable } from "./_json.ts";
import { type JsonNode, readJson } from "./_json_node.ts";
import { realWithin, resolveWithin, toName } from "./_paths.ts";
import { type PluginHookPlaces, toHookPlaces } from "./_plugin_hook_places.ts";
import { readSmallFile } from "./_read_small_file.ts";

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
  readonly hooks: PluginHookPlaces;
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
 * @throws {Error} if it is broken, with the line and column.
 */
export async function readManifest(
  text: string,
  directory: string,
): Promise<PluginManifest> {
  return await readJson(text, (file) => toPluginManifest(file, directory));
}

/**
 * What a table says of the plugin in a directory.
 *
 * @throws {JsonFault} if something is of another type than it should be.
 */
export function toPluginManifest(
  file: JsonNode,
  directory: string,
): PluginManifest {
  const text = (key: string) => file.maybe(key)?.text() ?? null;
  const name = text("name")?.trim() ? text("name")! : toName(directory);
  const version = text("version");
  const path = (key: string, usual: string) => [
    toPath(file.get(key), directory) ?? resolveWithin(directory, usual)!,
  ];
  const shown = file.maybe("interface");
  const servers = file.get("mcpServers");
  const ownServers = servers?.isTable ? servers.table() : null;
  return {
    name,
    version,
    description: text("description")?.trim() || null,
    keywords: file.get("keywords")?.texts() ?? [],
    interface: shown === undefined ? null : toInterface(shown, directory),
    skillRoots: toSkillRoots(file.get("skills"), directory),
    mcpServers: ownServers,
    mcpFiles: ownServers === null ? path("mcpServers", "./.mcp.json") : [],
    appFiles: [
      resolveWithin(directory, text("apps") ?? "") ?? `${directory}/.app.json`,
    ],
    hooks: toHookPlaces(file.get("hooks"), directory),
  };
}

/** Reads it from a directory; undefined if there is none. */
export async function openManifest(
  directory: string,
): Promise<PluginManifest | undefined> {
  const found = await findManifest(directory);
  return found && await readManifest(found.text, directory);
}

/** The file in which a plugin says what it is. */
export async function findManifest(
  directory: string,
): Promise<{ path: string; text: string } | undefined> {
  for (const file of manifestFiles) {
    const path = `${directory}/${file}`;
    const real = await realWithin(path, directory);
    if (real === undefined) continue;
    try {
      return { path, text: await readSmallFile(real) };
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
      const table = parseTable(await readSmallFile(path));
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

/** The path that a value means; undefined if it means none in the directory. */
function toPath(
  said: JsonNode | undefined,
  directory: string,
): string | undefined {
  return said?.isText ? resolveWithin(directory, said.text()) : undefined;
}

/** What can't be used counts as not said. */
function toSkillRoots(
  said: JsonNode | undefined,
  directory: string,
): string[] {
  const paths = said?.isText ? [said] : said?.isList ? said.list() : [];
  const roots = paths.every((path) => path.isText)
    ? paths.flatMap((path) => toPath(path, directory) ?? [])
    : [];
  return roots.length === 0 ? [`${directory}/skills`] : roots;
}

/** Null if it says nothing. */
function toInterface(
  said: JsonNode,
  directory: string,
): PluginInterface | null {
  const text = (key: string) => said.maybe(key)?.text() ?? null;
  const url = (key: string) => text(`${key}URL`) ?? text(`${key}Url`);
  const path = (key: string) => {
    const relative = text(key);
    return relative === null
      ? null
      : resolveWithin(directory, relative) ?? null;
  };
  const texts = (key: string) => said.get(key)?.texts() ?? [];
  const prompts = toPrompts(said.get("defaultPrompt"));
  const shown: PluginInterface = {
    ...bareInterface,
    displayName: text("displayName"),
    shortDescription: text("shortDescription"),
    longDescription: text("longDescription"),
    developerName: text("developerName"),
    category: text("category"),
    capabilities: texts("capabilities"),
    websiteUrl: url("website"),
    privacyPolicyUrl: url("privacyPolicy"),
    termsOfServiceUrl: url("termsOfService"),
    defaultPrompt: prompts.length === 0 ? null : prompts,
    brandColor: text("brandColor"),
    composerIcon: path("composerIcon"),
    logo: path("logo"),
    logoDark: path("logoDark"),
    screenshots: texts("screenshots")
      .flatMap((one) => resolveWithin(directory, one) ?? []),
  };
  const isEmpty = Object.values(shown).every((value) =>
    value === null || Array.isArray(value) && value.length === 0
  );
  return isEmpty ? null : shown;
}

/** What a user could begin with; what can't be used is left out. */
function toPrompts(said: JsonNode | undefined): string[] {
  const prompts = said?.isText ? [said] : said?.isList ? said.list() : [];
  return prompts
    .filter((prompt) => prompt.isText)
    .map((prompt) => prompt.text().trim().replace(/\s+/g, " "))
    .filter((prompt) => prompt !== "" && prompt.length <= maxPromptLength)
    .slice(0, maxPrompts);
}

/** An interface that says nothing. */
export const bareInterface: Readonly<PluginInterface> = {
  displayName: null,
  shortDescription: null,
  longDescription: null,
  developerName: null,
  category: null,
  capabilities: [],
  websiteUrl: null,
  privacyPolicyUrl: null,
  termsOfServiceUrl: null,
  defaultPrompt: null,
  brandColor: null,
  composerIcon: null,
  composerIconUrl: null,
  logo: null,
  logoDark: null,
  logoUrl: null,
  logoUrlDark: null,
  screenshots: [],
  screenshotUrls: [],
};
