import type { MachineFiles } from "./machine.ts";

/** Looking confines nothing: every policy lets all be read. */
const looking = { confinement: null } as const;

/**
 * A path of another machine by its real path, as far as it exists.
 *
 * @param path Absolute and normalised.
 */
export async function findPlace(
  files: MachineFiles,
  path: string,
  signal?: AbortSignal,
): Promise<string> {
  const options = { ...looking, ...signal !== undefined && { signal } };
  const real = await files.realPath(path, options);
  if (real !== undefined) return real;
  const cut = path.lastIndexOf("/");
  if (cut < 0 || path === "/") return path;
  const above = await findPlace(files, path.slice(0, cut) || "/", signal);
  return join(above, path.slice(cut + 1));
}

/** The work tree of git that a directory there lies in; itself if in none. */
export async function findWorkTree(
  files: MachineFiles,
  directory: string,
): Promise<string> {
  for (let above = directory; above !== ""; above = parentOf(above)) {
    if (await files.stat(join(above, ".git"), looking)) return above;
  }
  return directory;
}

/** The directory of a path; empty for that of what stands at the root. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** A name in a directory. */
export function join(directory: string, name: string): string {
  return `${directory === "/" ? "" : directory}/${name}`;
}
