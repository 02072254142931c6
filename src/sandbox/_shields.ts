import { dirname, join } from "./_paths.ts";

/**
 * What a writable directory keeps as it is: whoever could write there would
 * decide what runs, or with whose rights, when the user next calls their tools.
 */
const guarded = [".git", ".agents", ".codex", ".aws"];

/** What stays as it is in a writable directory, by real path. */
export async function toShields(root: string): Promise<string[]> {
  const shields = guarded.map((name) => join(root, name));
  return [...shields, ...await followGitFile(join(root, ".git"))];
}

/** A worktree or submodule has its repository elsewhere. */
async function followGitFile(path: string): Promise<string[]> {
  try {
    const { isFile, size } = await Deno.lstat(path);
    if (!isFile || size > 64 * 1024) return [];
    const [, target] = /^gitdir: *(.*?)\s*$/m.exec(
      await Deno.readTextFile(path),
    ) ?? [];
    if (!target) return [];
    const directory = await Deno.realPath(fromDirectory(dirname(path), target));
    return [directory, ...await followCommonDirectory(directory)];
  } catch {
    return []; // no file, or one that leads nowhere
  }
}

/** Where a worktree's repository has what all its worktrees share. */
async function followCommonDirectory(directory: string): Promise<string[]> {
  try {
    const target = await Deno.readTextFile(join(directory, "commondir"));
    return [await Deno.realPath(fromDirectory(directory, target.trim()))];
  } catch {
    return [];
  }
}

function fromDirectory(directory: string, path: string): string {
  return path.startsWith("/") ? path : join(directory, path);
}
