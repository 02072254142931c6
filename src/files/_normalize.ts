const clean =
  /^\/(?:$|(?!\.{0,2}(?:\/|$))[^/]+(?:\/(?!\.{0,2}(?:\/|$))[^/]+)*$)/;

/** Resolves `.`, `..`, doubled and trailing slashes of an absolute path, by name only. */
export function normalize(path: string): string {
  if (clean.test(path)) return path;
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}
