/** Whether `path` is `root` or lies below it; both absolute and normalised. */
export function isWithin(root: string, path: string): boolean {
  return path === root || root === "/" ||
    path.startsWith(root) && path[root.length] === "/";
}

/** Everything before the last name of an absolute path. */
export function dirname(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 1));
}

/** An absolute path and a name or relative path below it. */
export function join(directory: string, name: string): string {
  return directory === "/" ? `/${name}` : `${directory}/${name}`;
}

/** The directories above a path, outermost first, without the path itself. */
export function ancestors(path: string): string[] {
  const above = ["/"];
  if (path === "/") return [];
  for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) {
    above.push(path.slice(0, at));
  }
  return above;
}

/** Paths that lie in none of the others, sorted, each once. */
export function outermost(paths: readonly string[]): string[] {
  const kept: string[] = [];
  // A directory sorts before what is below it.
  for (const path of [...new Set(paths)].sort(byDepth)) {
    if (!kept.some((root) => isWithin(root, path))) kept.push(path);
  }
  return kept;
}

/** Parents before children; for `sort`. */
export function byDepth(a: string, b: string): number {
  return depth(a) - depth(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function depth(path: string): number {
  return path === "/" ? 0 : path.split("/").length - 1;
}
