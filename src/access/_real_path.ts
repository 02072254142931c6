import { basename, dirname, joinNames } from "./_names.ts";

/** Links that Linux follows in one path before it calls it a loop. */
const MAX_LINKS = 40;

/** Bytes, and so at most so many characters, of a path that Linux takes. */
export const MAX_PATH_LENGTH = 4096;

/** Where a path leads. */
export interface Resolution {
  /**
   * Real path, to be judged and then to be used: none of its names is a link.
   * Where nothing is there yet, it is where a file would come to be.
   */
  readonly path: string;
  /** What the system would say to anyone who followed the path. */
  readonly fault?: Error;
}

/** Follows every link of an absolute path, also past what is missing. */
export async function resolveTarget(path: string): Promise<Resolution> {
  try {
    return { path: await Deno.realPath(path) };
  } catch {
    return await walk(path);
  }
}

/** Follows the links of a path up to its last name, which is taken as it is. */
export async function resolvePlace(path: string): Promise<Resolution> {
  const name = basename(path);
  if (name === "") return { path: "/" };
  const above = await resolveTarget(dirname(path));
  return { ...above, path: joinNames(above.path, [name]) };
}

/**
 * As the system would, name by name. What is missing or can't be looked at is
 * taken for a directory without links, and the walk goes on: a `..` may lead
 * back to where links are. (The system itself gives up there.)
 */
async function walk(path: string): Promise<Resolution> {
  const names = path.split("/").reverse();
  let current = "/";
  let isFile = false;
  /** Names at the end of `current` that are missing. */
  let missing = 0;
  let links = 0;
  let fault: Error | undefined;
  while (names.length > 0) {
    const name = names.pop()!;
    if (isFile) fault ??= notADirectory(current);
    if (name === "." || name === "..") {
      if (missing > 0) fault ??= notFound(current);
      if (name === ".") continue;
      current = dirname(current);
      isFile = false;
      missing = Math.max(missing - 1, 0);
    }
    if (name === "" || name === "..") continue;
    const next = current === "/" ? `/${name}` : `${current}/${name}`;
    if (next.length > MAX_PATH_LENGTH) {
      return { path: next, fault: fault ?? tooLong() };
    }
    const found = missing > 0 ? undefined : await lookAt(next);
    if (found?.target === undefined) {
      current = next;
      if (found === undefined) missing++;
      else isFile = !found.isDirectory;
      continue;
    }
    if (++links > MAX_LINKS) return { path: next, fault: fault ?? loop(path) };
    if (found.target.startsWith("/")) current = "/";
    names.push(...found.target.split("/").reverse());
  }
  return fault === undefined ? { path: current } : { path: current, fault };
}

/** What is at a path, with the text of a link; nothing if it can't be seen. */
async function lookAt(
  path: string,
): Promise<{ isDirectory: boolean; target?: string } | undefined> {
  try {
    const { isDirectory, isSymlink } = await Deno.lstat(path);
    if (!isSymlink) return { isDirectory };
    return { isDirectory, target: await Deno.readLink(path) };
  } catch {
    return undefined;
  }
}

/** What the system says of a path that is longer than it takes. */
export function tooLong(): Error {
  return new Error("File name too long (os error 36)");
}

function notFound(path: string): Error {
  return new Deno.errors.NotFound(
    `No such file or directory (os error 2): '${path}'`,
  );
}

function notADirectory(path: string): Error {
  return new Deno.errors.NotADirectory(
    `Not a directory (os error 20): '${path}'`,
  );
}

function loop(path: string): Error {
  return new Deno.errors.FilesystemLoop(
    `Too many levels of symbolic links (os error 40): '${path}'`,
  );
}
