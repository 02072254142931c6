/** A path without `.`, `..` and empty names, from the root on. */
export function absolutePath(path: string, cwd: string): string {
  const names: string[] = [];
  const whole = path.startsWith("/") ? path : `${cwd}/${path}`;
  for (const name of whole.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}
