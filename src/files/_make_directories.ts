import type { Access } from "../access/mod.ts";

/**
 * Creates a directory that may be written, with its parents. A rule may allow a
 * path that does not exist yet; its missing parents are not allowed with it.
 */
export async function makeDirectories(
  access: Access,
  real: string,
): Promise<void> {
  if (access.restrictsWrites) {
    for (
      let path = parentOf(real);
      path !== "" && !await exists(path);
      path = parentOf(path)
    ) await access.checkWrite(path);
  }
  await Deno.mkdir(real, { recursive: true });
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch {
    return false;
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
