/**
 * The work tree of git that a directory lies in; itself if it lies in none.
 *
 * @param directory Absolute.
 */
export async function findWorkTree(directory: string): Promise<string> {
  for (let above = directory; above !== ""; above = parentOf(above)) {
    try {
      await Deno.lstat(`${above}/.git`);
      return above;
    } catch {
      // Not there, or not for us to know.
    }
  }
  return directory;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
