import type { Config, ConfigValue } from "../config/mod.ts";
import { readFile } from "./_read_file.ts";

/** Where instructions are looked for. */
export interface InstructionPlaces {
  /** Absolute path of `CODEX_HOME`. */
  readonly home: string;
  readonly config: Config;
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
  { home, config }: InstructionPlaces,
  signal: AbortSignal,
): Promise<ProjectInstructions> {
  const sources: string[] = [];
  const own = await readFirst(
    home,
    ["AGENTS.override.md", "AGENTS.md"],
    defaultMaxBytes,
    signal,
  );
  if (own !== undefined) sources.push(own.path);
  const names = [
    "AGENTS.override.md",
    "AGENTS.md",
    ...toNames(config.get("project_doc_fallback_filenames"), []),
  ];
  const limit = config.get("project_doc_max_bytes");
  let left = typeof limit === "number" && limit >= 0 ? limit : defaultMaxBytes;
  const markers = toNames(config.get("project_root_markers"), [".git"]);
  const texts: string[] = [];
  for (const directory of left > 0 ? await toWay(cwd, markers) : []) {
    if (left <= 0) break;
    const found = await readFirst(directory, names, left, signal);
    if (found === undefined) continue;
    left -= found.length;
    texts.push(found.text);
    sources.push(found.path);
  }
  const project = texts.join("\n\n");
  const global = own?.text.trim() ?? "";
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
  directory: string,
  names: readonly string[],
  maxBytes: number,
  signal: AbortSignal,
): Promise<Found | undefined> {
  for (const name of names) {
    const path = `${directory === "/" ? "" : directory}/${name}`;
    const file = await readFile(path, maxBytes, signal);
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
  const way: string[] = [];
  for (let at = cwd; at !== ""; at = toParent(at)) {
    way.unshift(at);
    for (const marker of markers) {
      const path = `${at === "/" ? "" : at}/${marker}`;
      if (await exists(path)) return way;
    }
    if (at === "/") break;
  }
  return [cwd];
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
