import type { Config } from "../config/mod.ts";
import {
  type PluginDetail,
  type PluginHookSummary,
  type PluginSummary,
  RpcError,
  type SkillSummary,
} from "../protocol/mod.ts";
import { DirectoryCache } from "./_directory_cache.ts";
import { findSkills } from "./_find_skills.ts";
import { readFrontMatter } from "./_front_matter.ts";
import { hookEvents } from "./_hook_events.ts";
import type { Marketplace, Offer } from "./_marketplace_file.ts";
import { realWithin, toName, toParent } from "./_paths.ts";
import { readPluginHooks } from "./_plugin_hooks.ts";
import {
  openManifest,
  type PluginManifest,
  readServerNames,
} from "./_plugin_manifest.ts";
import { readSmallFile } from "./_read_small_file.ts";
import {
  noAgentFile,
  readAgentFile,
  type SkillAgentFile,
} from "./_skill_agent_file.ts";
import { toIsOn } from "./_skill_switches.ts";

/** What is known of a plugin beside its offer. */
export interface DetailParts {
  readonly summary: PluginSummary;
  /** Where it is installed, if it is. */
  readonly installedRoot: string | undefined;
  /** Which skills are on. */
  readonly config: Config;
}

/**
 * All about a plugin.
 *
 * @throws {RpcError} if it is broken.
 */
export async function toDetail(
  marketplace: Marketplace,
  offer: Offer,
  { summary, installedRoot, config }: DetailParts,
): Promise<PluginDetail> {
  const { source } = offer;
  const nothing: PluginDetail = {
    marketplaceName: marketplace.name,
    marketplacePath: marketplace.path,
    summary,
    shareUrl: null,
    description: null,
    skills: [],
    onboardingSkill: null,
    hooks: [],
    apps: [],
    appTemplates: [],
    mcpServers: [],
    scheduledTasks: null,
  };
  const root = source.type === "local"
    ? await toDirectory(source.path, marketplace.root)
    : installedRoot;
  if (root === undefined) return { ...nothing, description: toNote(offer) };
  const manifest = await openManifest(root).catch(() => undefined);
  if (manifest === undefined) {
    throw RpcError.invalidRequest("missing or invalid plugin.json");
  }
  const [skills, hooks, mcpServers] = await Promise.all([
    readSkills(manifest, root, offer.name, config),
    readHookNames(manifest, root, summary.id),
    readServerNames(manifest, root),
  ]);
  const { description } = manifest;
  return { ...nothing, description, skills, hooks, mcpServers };
}

async function toDirectory(path: string, root: string): Promise<string> {
  const real = await realWithin(path, root);
  const isDirectory = real !== undefined && (await Deno.stat(real)).isDirectory;
  if (isDirectory) return path;
  throw RpcError.invalidRequest("path does not exist or is not a directory");
}

async function readSkills(
  { skillRoots }: PluginManifest,
  root: string,
  plugin: string,
  config: Config,
): Promise<SkillSummary[]> {
  const isOn = toIsOn(config);
  const skills: SkillSummary[] = [];
  const options = { followsLinks: false, directories: new DirectoryCache() };
  for (const place of skillRoots) {
    const real = await realWithin(place, root);
    if (real === undefined) continue;
    for (const { path, hasAgents } of await findSkills(real, options)) {
      try {
        const head = await readFrontMatter(await readSmallFile(path));
        const beside = hasAgents ? await readAgentsBeside(path) : noAgentFile;
        const name = `${plugin}:${head.name ?? toName(toParent(path))}`;
        skills.push({
          name,
          description: head.description,
          shortDescription: head.shortDescription ?? null,
          interface: beside.interface ?? null,
          path,
          enabled: isOn({ name, path }),
        });
      } catch {
        // Told by `skills/list` once it is installed.
      }
    }
  }
  return skills.sort((a, b) => a.name < b.name ? -1 : 1);
}

async function readAgentsBeside(path: string): Promise<SkillAgentFile> {
  const directory = toParent(path);
  const file = `${directory}/agents/openai.yaml`;
  try {
    return await readAgentFile(await readSmallFile(file), directory);
  } catch {
    return noAgentFile;
  }
}

async function readHookNames(
  manifest: PluginManifest,
  root: string,
  id: string,
): Promise<PluginHookSummary[]> {
  // Faults are told by `hooks/list` once it is installed.
  const found = await readPluginHooks(manifest, root, () => {});
  return found.flatMap(({ name, declarations: { places } }) =>
    places.map(({ event, place }) => ({
      key: `${id}:${name}:${hookEvents[event].key}:${place}`,
      eventName: event,
    }))
  );
}

/** In place of what can't be known before it is installed. */
function toNote({ source }: Offer): string | null {
  const quoted = (name: string, value: string | null) =>
    value === null ? [] : [`${name} \`${value}\``];
  switch (source.type) {
    case "git": {
      const { url, path, refName, sha } = source;
      const parts = [
        url,
        ...quoted("path", path),
        ...quoted("ref", refName),
        ...quoted("sha", sha),
      ];
      return `This plugin lies in another repository: install it to see what it brings. It comes from ${
        parts.join(", ")
      }.`;
    }
    case "npm": {
      const parts = [
        source.package,
        ...quoted("version", source.version),
        ...quoted("registry", source.registry),
      ];
      return `This plugin is an npm package: install it to see what it brings. It comes from ${
        parts.join(", ")
      }.`;
    }
    default:
      return null;
  }
}
