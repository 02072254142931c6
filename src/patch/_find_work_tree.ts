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

/**
 * Whether something is there but a directory that only keeps its name from
 * being used: a sandbox puts one where commands must not make any, for as long
 * as they run.
 */
async function isRepository(path: string): Promise<boolean> {
  try {
    const { isDirectory, mode } = await Deno.lstat(path);
    if (!isDirectory || (mode ?? 0o200) & 0o222) return true;
    for await (const _entry of Deno.readDir(path)) return true;
    return false;
  } catch {
    return false; // not there, or not for us to know
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
