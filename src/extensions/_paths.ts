/** An absolute path without `.`, `..` and slashes that say nothing. */
export function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** The directory and all above it, upwards. */
export function toAncestors(directory: string): string[] {
  const ancestors = [directory];
  let path = directory;
  while (path !== "/") {
    path = path.slice(0, path.lastIndexOf("/")) || "/";
    ancestors.push(path);
  }
  return ancestors;
}

/** What is above a path. */
export function toParent(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** The last part of a path. */
export function toName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Whether a path is a directory or lies in it; both absolute and plain. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || directory === "/" ||
    path.startsWith(`${directory}/`);
}

/**
 * The path that `./a/b` means in a directory.
 *
 * @returns Undefined unless it begins with `./`, names something, and stays in
 * the directory. Links are for whoever opens it: see {@linkcode realWithin}.
 */
export function resolveWithin(
  directory: string,
  relative: string,
): string | undefined {
  if (!relative.startsWith("./") || relative.includes("\0")) return undefined;
  const parts = relative.split("/").filter((part) =>
    part !== "" && part !== "."
  );
  if (parts.length === 0 || parts.includes("..")) return undefined;
  return `${directory}/${parts.join("/")}`;
}

/**
 * Where a path leads, links and all.
 *
 * @returns Undefined if there is nothing, or if it leads out of the directory.
 */
export async function realWithin(
  path: string,
  directory: string,
): Promise<string | undefined> {
  try {
    const [real, bounds] = await Promise.all([
      Deno.realPath(path),
      Deno.realPath(directory),
    ]);
    return isWithin(real, bounds) ? real : undefined;
  } catch {
    return undefined;
  }
}
