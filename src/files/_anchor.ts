/** Where the target is, or will come to be. */
export interface Anchor {
  /** Nearest directory above the target that exists; real path. */
  readonly directory: string;
  /** What has to happen there for the target to come or go. */
  readonly next: string;
  /** Whether `next` is the target itself. */
  readonly isDirect: boolean;
}

/** Finds the nearest directory above a path. The root has none above it. */
export async function findAnchor(path: string): Promise<Anchor | undefined> {
  for (let end = path.length; path !== "/" && end > 0;) {
    const start = path.lastIndexOf("/", end - 1);
    const above = path.slice(0, start) || "/";
    if (await isDirectory(above)) {
      const directory = await Deno.realPath(above);
      const name = path.slice(start + 1, end);
      const next = directory === "/" ? `/${name}` : `${directory}/${name}`;
      return { directory, next, isDirect: end === path.length };
    }
    end = start;
  }
  return undefined;
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}
