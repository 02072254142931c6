import type { Access } from "../access/mod.ts";

/**
 * Creates a directory that may be written, with its parents. A rule may allow a
 * path that does not exist yet; its missing parents are not allowed with it.
 *
 * @param path As it was asked for, for messages.
 */
export async function makeDirectories(
  access: Access,
  real: string,
  path: string,
): Promise<void> {
  if (!access.restrictsWrites) {
    return await Deno.mkdir(real, { recursive: true });
  }
  const missing: string[] = [];
  for (
    let above = parentOf(real);
    above !== "" && !await exists(above);
    above = parentOf(above)
  ) missing.unshift(await access.checkWrite(above));
  for (const directory of [...missing, real]) {
    using pin = access.pinEntry(directory, path);
    await Deno.mkdir(pin.path, { recursive: true });
  }
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
