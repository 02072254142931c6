import type { Config, ConfigValue } from "../config/mod.ts";
import {
  filesHere,
  type InstructionFiles,
  type InstructionSite,
} from "./_instruction_files.ts";

/** Where instructions are looked for. */
export interface InstructionPlaces {
  /** Absolute path of `CODEX_HOME`. */
  readonly home: string;
  readonly config: Config;
}

/** Instructions that hold in a thread, and the files they are from. */
export interface ProjectInstructions {
  /** Empty if there are none. */
  readonly text: string;
  /** Absolute paths, the most general one first. */
  readonly sources: string[];
  /** The directory that they are for; nothing if there is more than one. */
  readonly place: string | undefined;
}

/** Bytes of all files of a project together, if the configuration is silent. */
const defaultMaxBytes = 32 * 1024;

/**
 * Reads the instructions for the places of a thread: those of the home, then
 * those of the project in each, from its root down. In one directory, the first
 * of `AGENTS.override.md`, `AGENTS.md` and `project_doc_fallback_filenames`
 * counts.
 */
export async function readProjectInstructions(
  sites: readonly InstructionSite[],
  { home, config }: InstructionPlaces,
  signal: AbortSignal,
): Promise<ProjectInstructions> {
  const markers = toNames(config.get("project_root_markers"), [".git"]);
  const limit = config.get("project_doc_max_bytes");
  let left = typeof limit === "number" && limit >= 0 ? limit : defaultMaxBytes;
  const names = [
    "AGENTS.override.md",
    "AGENTS.md",
    ...toNames(config.get("project_doc_fallback_filenames"), []),
  ];
  const here = filesHere();
  const sources: string[] = [];
  // Most of what is looked for is not there: all of it is asked at once.
  const [[own], ...ways] = await Promise.all([
    findAll(here, [home], names.slice(0, 2)),
    ...sites.map(async ({ cwd, files }) =>
      left > 0
        ? await findAll(files, await toWay(files, cwd, markers), names)
        : []
    ),
  ]);
  const general = await readFirst(here, own ?? [], defaultMaxBytes, signal);
  if (general !== undefined) sources.push(general.path);
  const parts: string[] = [];
  for (const [at, { id, cwd, files }] of sites.entries()) {
    const texts: string[] = [];
    for (const paths of ways[at] ?? []) {
      const found = left > 0
        ? await readFirst(files, paths, left, signal)
        : undefined;
      if (found === undefined) continue;
      left -= found.length;
      texts.push(found.text);
      sources.push(found.path);
    }
    const text = texts.join("\n\n");
    if (sites.length <= 1) parts.push(text);
    else if (text !== "") {
      parts.push(`In environment \`${id}\`, below ${cwd}:\n\n${text}`);
    }
  }
  const project = parts.join("\n\n");
  const global = general?.text.trim() ?? "";
  const text = global !== "" && project !== ""
    ? `${global}\n\n--- project-doc ---\n\n${project}`
    : global || project;
  const place = sites.length > 1 ? undefined : sites[0]?.cwd;
  return { text, sources, place };
}

interface Found {
  readonly path: string;
  readonly text: string;
  /** In bytes. */
  readonly length: number;
}

/** The first of these files that says something. */
async function readFirst(
  files: InstructionFiles,
  paths: readonly string[],
  maxBytes: number,
  signal: AbortSignal,
): Promise<Found | undefined> {
  for (const path of paths) {
    const file = await files.read(path, maxBytes, signal);
    if ("error" in file) continue;
    // A character that the limit cuts through is left out.
    const text = new TextDecoder().decode(file.bytes, { stream: file.isCut });
    if (text.trim() !== "") return { path, text, length: file.bytes.length };
  }
  return undefined;
}

/** Directories from the project's root to `cwd`; `cwd` alone outside of one. */
async function toWay(
  files: InstructionFiles,
  cwd: string,
  markers: readonly string[],
): Promise<string[]> {
  const way = [cwd];
  while (way[0] !== "/" && way[0] !== "") way.unshift(toParent(way[0]!));
  const marked = await findAll(files, way, markers);
  const root = marked.findLastIndex((found) => found.length > 0);
  return root < 0 ? [cwd] : way.slice(root);
}

/** What there is of these names, for each directory. */
function findAll(
  files: InstructionFiles,
  directories: readonly string[],
  names: readonly string[],
): Promise<string[][]> {
  return Promise.all(directories.map(async (directory) => {
    const paths = names.map((name) =>
      `${directory === "/" ? "" : directory}/${name}`
    );
    const found = await Promise.all(paths.map((path) => files.exists(path)));
    return paths.filter((_, at) => found[at]);
  }));
}

function toParent(path: string): string {
  const end = path.lastIndexOf("/");
  return end === 0 ? "/" : path.slice(0, end);
}

/** Names from a list of the configuration; one with a slash is no name. */
function toNames(
  value: ConfigValue | undefined,
  fallback: readonly string[],
): readonly string[] {
  if (!Array.isArray(value)) return fallback;
  return value.filter((name): name is string =>
    typeof name === "string" && name !== "" && !name.includes("/")
  );
}
