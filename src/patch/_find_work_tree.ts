import { isPlaceholder } from "../protocol/mod.ts";

/**
 * The work tree of git that a directory lies in; itself if it lies in none.
 *
 * @param directory Absolute.
 */
export async function findWorkTree(directory: string): Promise<string> {
  for (let above = directory; above !== ""; above = parentOf(above)) {
    if (await isRepository(`${above}/.git`)) return above;
  }
  return directory;
}

async function isRepository(path: string): Promise<boolean> {
  try {
    return !isPlaceholder(await Deno.lstat(path));
  } catch {
    return false; // not there, or not for us to know
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
