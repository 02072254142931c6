/** Everything before the last name of a normalised absolute path. */
export function dirname(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 1));
}

/** The last name of a normalised absolute path; `""` for the root. */
export function basename(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Goes from a normalised directory through names, `.` and `..`. */
export function joinNames(base: string, names: readonly string[]): string {
  const parts = base.split("/").slice(1).filter((name) => name !== "");
  for (const name of names) {
    if (name === "" || name === ".") continue;
    if (name === "..") parts.pop();
    else parts.push(name);
  }
  return `/${parts.join("/")}`;
}

/** Whether `path` is `root` or lies below it; both normalised. */
export function isWithin(root: string, path: string): boolean {
  return path === root || root === "/" ||
    path.startsWith(root) && path[root.length] === "/";
}
