/** Tells whether a path, relative to a root, is to be left out. */
export type Ignore = (path: string) => boolean;

/**
 * Compiles globs. A path is left out if it or any directory above it matches:
 * `node_modules`, `node_modules/**` and `*.log` do what one expects.
 */
export async function toIgnore(globs: readonly string[]): Promise<Ignore> {
  if (globs.length === 0) return () => false;
  const { default: picomatch } = await import("picomatch");
  // Extended globs can be written so that matching takes for ever.
  const options = { dot: true, noextglob: true };
  const matches = picomatch([...globs], options) as Ignore;
  return (path) => {
    for (
      let end = path.indexOf("/");
      end >= 0;
      end = path.indexOf("/", end + 1)
    ) if (matches(path.slice(0, end))) return true;
    return matches(path);
  };
}
