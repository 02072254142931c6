import type { Config, ConfigValue } from "../config/mod.ts";
import { readFile, type Reading } from "./_read_file.ts";

/** Where instructions are looked for. */
export interface InstructionPlaces {
  /** Absolute path of `CODEX_HOME`. */
  readonly home: string;
  readonly config: Config;
  /** Which of a project's may be read. Default: all. */
  readonly checkRead?: Reading["checkRead"];
}

/** Instructions that hold in a directory, and the files they are from. */
export interface ProjectInstructions {
  /** Empty if there are none. */
  readonly text: string;
  /** Absolute paths, the most general one first. */
  readonly sources: string[];
}

/** Bytes of all files of a project together, if the configuration is silent. */
const defaultMaxBytes = 32 * 1024;

/**
 * Reads the instructions for a directory: those of the home, then those of the
 * project, from its root down. In one directory, the first of
 * `AGENTS.override.md`, `AGENTS.md` and `project_doc_fallback_filenames` counts.
 */
export async function readProjectInstructions(
  cwd: string,
  { home, config, checkRead }: InstructionPlaces,
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
  // Most of what is looked for is not there: all of it is asked at once.
  const [[own], way] = await Promise.all([
    findAll([home], names.slice(0, 2)),
    left > 0 ? toWay(cwd, markers) : [],
  ]);
  const sources: string[] = [];
  const general = await readFirst(own ?? [], defaultMaxBytes, { signal });
  if (general !== undefined) sources.push(general.path);
  const texts: string[] = [];
  for (const paths of await findAll(way, names)) {
    const found = left > 0
      ? await readFirst(paths, left, { signal, checkRead })
      : undefined;
    if (found === undefined) continue;
    left -= found.length;
    texts.push(found.text);
    sources.push(found.path);
  }
  const project = texts.join("\n\n");
  const global = general?.text.trim() ?? "";
  const text = global !== "" && project !== ""
    ? `${global}\n\n--- project-doc ---\n\n${project}`
    : global || project;
  return { text, sources };
}

interface Found {
  readonly path: string;
  readonly text: string;
  /** In bytes. */
  readonly length: number;
}

/** The first of these files that says something. */
async function readFirst(
  paths: readonly string[],
  maxBytes: number,
  reading: Reading,
): Promise<Found | undefined> {
  for (const path of paths) {
    const file = await readFile(path, maxBytes, reading);
    if ("error" in file) continue;
    // A character that the limit cuts through is left out.
    const text = new TextDecoder().decode(file.bytes, { stream: file.isCut });
    if (text.trim() !== "") return { path, text, length: file.bytes.length };
  }
  return undefined;
}

/** Directories from the project's root to `cwd`; `cwd` alone outside of one. */
async function toWay(
  cwd: string,
  markers: readonly string[],
): Promise<string[]> {
  const way = [cwd];
  while (way[0] !== "/" && way[0] !== "") way.unshift(toParent(way[0]!));
  const marked = await findAll(way, markers);
  const root = marked.findLastIndex((found) => found.length > 0);
  return root < 0 ? [cwd] : way.slice(root);
}

/** What there is of these names, for each directory. */
function findAll(
  directories: readonly string[],
  names: readonly string[],
): Promise<string[][]> {
  return Promise.all(directories.map(async (directory) => {
    const paths = names.map((name) =>
      `${directory === "/" ? "" : directory}/${name}`
    );
    const found = await Promise.all(paths.map(exists));
    return paths.filter((_, at) => found[at]);
  }));
}

function toParent(path: string): string {
  const end = path.lastIndexOf("/");
  return end === 0 ? "/" : path.slice(0, end);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch {
    return false;
  }
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
