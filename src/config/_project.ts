import {
  type ConfigWarningNotification,
  isPlaceholder,
} from "../protocol/mod.ts";
import { normalize } from "./_layer.ts";
import { isTable, type TomlTable } from "./toml.ts";

/** What a directory must hold to be the root of a project, unless told. */
const defaultMarkers = [".git"];

/**
 * Keys that a project cannot set: where requests, credentials and reports go
 * is for the user to say, not for whoever wrote the project.
 */
const reserved = [
  "openai_base_url",
  "chatgpt_base_url",
  "apps_mcp_product_sku",
  "responses_api_metadata",
  "model_provider",
  "model_providers",
  "notify",
  "profile",
  "profiles",
  "experimental_realtime_webrtc_call_base_url",
  "experimental_realtime_ws_base_url",
  "otel",
];

/** A directory whose `.codex` says something about whoever works below. */
export interface ProjectDirectory {
  /** Its `.codex`. */
  readonly dotCodex: string;
  /** Why that does not count; undefined if it does. */
  readonly disabledReason: string | undefined;
}

/** Settings of {@linkcode findProject}. */
export interface FindProjectOptions {
  /** All other layers in one: they say which projects are trusted. */
  readonly common: TomlTable;
  /** Home directory of the server; its own `.codex` is no project's. */
  readonly home: string;
  /** The user's file, to tell people where to put their trust. */
  readonly userFile: string;
}

/**
 * Finds the directories of the project around a directory that have a `.codex`,
 * the root first.
 *
 * @param cwd Absolute; need not exist.
 */
export async function findProject(
  cwd: string,
  options: FindProjectOptions,
): Promise<ProjectDirectory[]> {
  const { common, home } = options;
  const upwards = toAncestors(normalize(cwd));
  const depth = findRoot(upwards, toMarkers(common));
  const root = upwards[depth]!;
  const found = await Promise.all(
    upwards.slice(0, depth + 1).reverse().map(async (directory) => {
      const dotCodex = directory === "/" ? "/.codex" : `${directory}/.codex`;
      const real = await realDirectory(dotCodex);
      if (real === undefined || real === home) return undefined;
      const disabledReason = await toDisabledReason(directory, root, options);
      return { dotCodex, disabledReason };
    }),
  );
  return found.filter((directory) => directory !== undefined);
}

/** The directory and all above it, upwards. */
function toAncestors(path: string): string[] {
  const ancestors = [path];
  while (path !== "/") {
    path = path.slice(0, path.lastIndexOf("/")) || "/";
    ancestors.push(path);
  }
  return ancestors;
}

function toMarkers({ project_root_markers: markers }: TomlTable): string[] {
  return Array.isArray(markers)
    ? markers.filter((marker) => typeof marker === "string")
    : defaultMarkers;
}

/** Where among the ancestors the project begins: nowhere else, here. */
function findRoot(
  upwards: readonly string[],
  markers: readonly string[],
): number {
  for (const [index, directory] of upwards.entries()) {
    for (const marker of markers) {
      if (isMarked(`${directory}/${marker}`, marker)) return index;
    }
  }
  return 0;
}

function isMarked(path: string, marker: string): boolean {
  const info = statOrUndefined(path);
  // An empty `.git` is what a sandbox leaves where it forbade to make one.
  return info !== undefined &&
    (marker !== ".git" || !info.isDirectory ||
      statOrUndefined(`${path}/HEAD`) !== undefined);
}

/**
 * Looked at in a moment: a dozen of these are asked for with every list that a
 * client wants, and waiting for another thread takes thirty times as long.
 */
function statOrUndefined(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined; // what cannot be looked at cannot be relied on
  }
}

async function realDirectory(path: string): Promise<string | undefined> {
  const info = statOrUndefined(path);
  if (!info?.isDirectory || isPlaceholder(info)) return undefined;
  return await realOrSame(path);
}

async function realOrSame(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch {
    return path;
  }
}

async function toDisabledReason(
  directory: string,
  root: string,
  { common, userFile }: FindProjectOptions,
): Promise<string | undefined> {
  const ruling = await findRuling(
    (path) => trustOf(common, path),
    directory,
    root,
  );
  if (ruling?.level === "trusted") return undefined;
  if (ruling?.level === "untrusted") {
    return `${ruling.path} is marked as untrusted in the effective ` +
      "configuration. To load project-local config, hooks, and exec " +
      "policies, update its trust setting. If that setting is managed by " +
      "your organization, contact your administrator.";
  }
  return "To load project-local config, hooks, and exec policies, add " +
    `${root} as a trusted project in ${userFile}.`;
}

/** Whether a project may say how work is done in it. */
export type TrustLevel = "trusted" | "untrusted";

/**
 * What the user says of a project: trust is put in a directory by its name or
 * by its real path, or in the root.
 */
async function findRuling(
  levelOf: (path: string) => unknown,
  directory: string,
  root: string,
): Promise<{ path: string; level: TrustLevel } | undefined> {
  for (const named of [directory, root]) {
    for (const path of new Set([named, await realOrSame(named)])) {
      const level = levelOf(path);
      if (level === "trusted" || level === "untrusted") return { path, level };
    }
  }
  return undefined;
}

/**
 * What the user says of the project around a directory; undefined if nothing.
 *
 * @param config All layers in one, such as a {@linkcode Config}.
 * @param cwd Absolute; need not exist.
 */
export async function findProjectTrust(
  config: { get(path: readonly string[]): unknown },
  cwd: string,
): Promise<TrustLevel | undefined> {
  const upwards = toAncestors(normalize(cwd));
  const markers = config.get(["project_root_markers"]) as TomlTable[string];
  const depth = findRoot(
    upwards,
    toMarkers(markers === undefined ? {} : { project_root_markers: markers }),
  );
  const ruling = await findRuling(
    (path) => config.get(["projects", path, "trust_level"]),
    upwards[0]!,
    upwards[depth]!,
  );
  return ruling?.level;
}

function trustOf({ projects }: TomlTable, path: string): unknown {
  if (!isTable(projects) || !Object.hasOwn(projects, path)) return undefined;
  const project = projects[path];
  return isTable(project) ? project.trust_level : undefined;
}

/** What is left of a project's table, and what had to be taken out. */
export function withoutReserved(
  table: TomlTable,
): { table: TomlTable; taken: string[] } {
  const taken = reserved.filter((key) => Object.hasOwn(table, key));
  if (taken.length === 0) return { table, taken };
  const left: TomlTable = Object.create(null);
  for (const [key, value] of Object.entries(table)) {
    if (!taken.includes(key)) left[key] = value;
  }
  return { table: left, taken };
}

/**
 * What counts of a project's table: which of the user's skills are on is not for
 * it to say, although it may show what it would like.
 */
export function withoutSwitches(table: TomlTable): TomlTable {
  const { skills } = table;
  if (!isTable(skills) || !Object.hasOwn(skills, "config")) return table;
  const { config: _, ...rest } = skills;
  return Object.assign(Object.create(null), table, {
    skills: Object.assign(Object.create(null), rest),
  });
}

/** Tells people of keys that a project cannot set. */
export function toReservedWarning(
  file: string,
  taken: readonly string[],
): ConfigWarningNotification {
  return {
    summary:
      `Ignored unsupported project-local config keys in ${file}: ${
        taken.join(", ")
      }. If you want these settings to apply, manually set them in your ` +
      "user-level config.toml.",
    details: null,
  };
}
