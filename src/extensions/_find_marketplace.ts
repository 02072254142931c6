import { marketplaceFiles } from "./_marketplace_file.ts";
import { normalize } from "./_paths.ts";
import { toProject } from "./_skill_places.ts";

/** The file of the marketplace in a directory, if it has one. */
export async function findMarketplace(
  root: string,
): Promise<string | undefined> {
  for (const file of marketplaceFiles) {
    const path = `${root === "/" ? "" : root}/${file}`;
    if (await exists(path)) return path;
  }
  return undefined;
}

/** The same for a directory that somebody works in, else for its repository. */
export async function findMarketplaceAbove(
  cwd: string,
): Promise<string | undefined> {
  const project = toProject(normalize(cwd));
  return await findMarketplace(project[0]!) ??
    await findMarketplace(project.at(-1)!);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}
