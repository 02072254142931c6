import { basename, dirname, joinNames } from "./_names.ts";

/** Links that Linux follows in one path before it calls it a loop. */
const MAX_LINKS = 40;

/**
 * The place a path leads to, with every link on the way followed, also where
 * nothing is there yet: then it is where a file of that name would come to be.
 * Never fails for a path without NUL: what can't be looked at is taken by name,
 * and the system call that follows will say why.
 */
export async function resolveTarget(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch {
    return await walk(path);
  }
}

/** The place of the last name itself: links before it are followed, it is not. */
export async function resolvePlace(path: string): Promise<string> {
  const name = basename(path);
  if (name === "") return "/";
  return joinNames(await resolveTarget(dirname(path)), [name]);
}

/** As the system would, but past what is missing. */
async function walk(path: string): Promise<string> {
  const names = path.split("/").reverse();
  let current = "/";
  let links = 0;
  while (names.length > 0) {
    const name = names.pop()!;
    if (name === "" || name === ".") continue;
    if (name === "..") {
      current = dirname(current);
      continue;
    }
    const next = joinNames(current, [name]);
    let target: string;
    try {
      const { isSymlink } = await Deno.lstat(next);
      if (!isSymlink) {
        current = next;
        continue;
      }
      target = await Deno.readLink(next);
    } catch {
      return joinNames(next, names.reverse());
    }
    // The place of a link that is part of the loop: opening it fails.
    if (++links > MAX_LINKS) return next;
    if (target.startsWith("/")) current = "/";
    names.push(...target.split("/").reverse());
  }
  return current;
}
