/** Directories below a place of skills that are looked into. */
const maxDepth = 6;
const maxDirectories = 2000;

/** Settings of {@linkcode findSkills}. */
export interface FindSkillsOptions {
  /** Whether links to directories are followed. */
  readonly followsLinks: boolean;
}

/**
 * Finds the SKILL.md files below a directory, however they are nested. Hidden
 * directories are passed by, and each directory is entered once, whatever
 * links lead to it.
 *
 * @param root Real path.
 * @returns Real paths.
 */
export async function findSkills(
  root: string,
  { followsLinks }: FindSkillsOptions,
): Promise<string[]> {
  const seen = new Set([root]);
  const found: string[] = [];
  let level = [root];
  for (let depth = 0; depth <= maxDepth && level.length > 0; depth++) {
    const listings = await Promise.all(level.map(list));
    const below: string[] = [];
    for (const [at, entries] of listings.entries()) {
      const directory = level[at]!;
      for (const { name, isFile, isDirectory, isSymlink } of entries) {
        const path = `${directory}/${name}`;
        if (isFile && name === "SKILL.md") found.push(path);
        if (name.startsWith(".") || depth === maxDepth) continue;
        if (isDirectory) below.push(path);
        else if (isSymlink && followsLinks) {
          const real = await toDirectory(path);
          if (real !== undefined) below.push(real);
        }
      }
    }
    level = [];
    for (const path of below) {
      if (seen.has(path) || seen.size >= maxDirectories) continue;
      seen.add(path);
      level.push(path);
    }
  }
  return found;
}

async function list(directory: string): Promise<Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(directory));
  } catch {
    return [];
  }
}

async function toDirectory(link: string): Promise<string | undefined> {
  try {
    const real = await Deno.realPath(link);
    return (await Deno.stat(real)).isDirectory ? real : undefined;
  } catch {
    return undefined;
  }
}
