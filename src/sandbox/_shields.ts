import { dirname, join } from "./_paths.ts";
import { realPath, realPlace } from "./_real_path.ts";

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
    const directory = await follow(dirname(path), target);
    if (directory === undefined) return [];
    return [directory, ...await followCommonDirectory(directory)];
  } catch {
    return []; // no file, or one that leads nowhere
  }
}

/** Where a worktree's repository has what all its worktrees share. */
async function followCommonDirectory(directory: string): Promise<string[]> {
  try {
    const target = await Deno.readTextFile(join(directory, "commondir"));
    const common = await follow(directory, target.trim());
    return common === undefined ? [] : [common];
  } catch {
    return [];
  }
}

/**
 * Where a path leads from a directory. What is missing counts too: whoever made
 * it would make the repository. Not so behind a missing `..`, which leads
 * nowhere before somebody makes what it leads out of.
 */
async function follow(
  directory: string,
  path: string,
): Promise<string | undefined> {
  const named = path.startsWith("/") ? path : join(directory, path);
  const real = await realPath(named);
  if (real !== undefined) return real;
  const place = await realPlace(
    named.replaceAll(/\/+/g, "/").replace(/\/$/, ""),
  );
  const isPlain = place.split("/").slice(1).every((name) =>
    !["", ".", ".."].includes(name)
  );
  return isPlain ? place : undefined;
}
