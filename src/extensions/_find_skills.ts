import type { DirectoryCache } from "./_directory_cache.ts";
import { Turns } from "./_turns.ts";

/** Directories below a place of skills that are looked into. */
const maxDepth = 6;
const maxDirectories = 2000;

/** A SKILL.md. */
export interface FoundSkill {
  /** Its real path. */
  readonly path: string;
  /** Whether there is a directory for agents beside it. */
  readonly hasAgents: boolean;
}

/** Settings of {@linkcode findSkills}. */
export interface FindSkillsOptions {
  /** Whether links to directories are followed. */
  readonly followsLinks: boolean;
  /** Remembers what was in directories. */
  readonly directories: DirectoryCache;
}

/**
 * Finds the SKILL.md files below a directory, however they are nested. Hidden
 * directories are passed by, and each directory is entered once, whatever
 * links lead to it.
 *
 * @param root Real path.
 */
export async function findSkills(
  root: string,
  { followsLinks, directories }: FindSkillsOptions,
): Promise<FoundSkill[]> {
  const seen = new Set([root]);
  const found: FoundSkill[] = [];
  let level = [root];
  const turns = new Turns();
  for (let depth = 0; depth <= maxDepth && level.length > 0; depth++) {
    const below: string[] = [];
    for (const directory of level) {
      await turns.give();
      const entries = directories.list(directory);
      if (entries.some(({ name, isFile }) => isFile && name === "SKILL.md")) {
        found.push({
          path: `${directory}/SKILL.md`,
          hasAgents: entries.some(({ name }) => name === "agents"),
        });
      }
      for (const { name, isDirectory, isSymlink } of entries) {
        const path = `${directory}/${name}`;
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

async function toDirectory(link: string): Promise<string | undefined> {
  try {
    const real = await Deno.realPath(link);
    return (await Deno.stat(real)).isDirectory ? real : undefined;
  } catch {
    return undefined;
  }
}
