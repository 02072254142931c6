import type { Confinement } from "./confinement.ts";
import { SandboxUnavailable } from "./confinement.ts";
import { ancestors, byDepth, isWithin, outermost } from "./_paths.ts";

/** What stands at a path, a link not followed. */
export type Entry = "directory" | "file" | "link" | undefined;

/** What a path becomes in the box. */
export type Mount =
  | "writable"
  | "readable"
  | "hidden directory"
  | "hidden file";

/** How the box's file tree is put together. */
export interface MountPlan {
  /** The whole tree of the machine as its ground; nothing for an empty one. */
  readonly ground: "writable" | "readable" | "empty";
  /** What is laid over it, parents before children. */
  readonly mounts: ReadonlyMap<string, Mount>;
  /**
   * Missing paths at which something has to stand, so that the command can't
   * make it: empty directories for as long as the command runs.
   */
  readonly placeholders: readonly string[];
}

/** Trees of the kernel; the box has its own. */
const own = ["/proc", "/dev"];

/**
 * Puts a file tree together that means the confinement.
 *
 * @param look What is at a path.
 * @throws {SandboxUnavailable} if no tree can mean it.
 */
export async function planMounts(
  limits: Confinement,
  look: (path: string) => Promise<Entry>,
): Promise<MountPlan> {
  const hidden = outermost(limits.hidden);
  const shielded = outermost(limits.shielded);
  const isHidden = (path: string) =>
    hidden.some((root) => isWithin(root, path));
  const isShut = (path: string) =>
    isHidden(path) || own.some((root) => isWithin(root, path));
  const mounts = new Map<string, Mount>();

  const reads = limits.reads === "all" ? ["/"] : outermost(limits.reads);
  const isReadable = (path: string) =>
    reads.some((root) => isWithin(root, path));
  for (const path of reads) {
    if (path === "/" || isShut(path)) continue;
    if (await look(path) !== undefined) mounts.set(path, "readable");
  }
  // Roots within roots stay: a mount can't be renamed, nor can what it covers
  // be led elsewhere.
  const writes = limits.writes === "all" ? ["/"] : [...limits.writes];
  const roots: string[] = [];
  for (const path of writes) {
    // What may be written but not read has no place in a tree of mounts.
    const parts = isReadable(path)
      ? [path]
      : reads.filter((root) => isWithin(path, root));
    for (const part of parts) {
      // Shared memory is the one part of the kernel's trees that is for files.
      if (isShut(part) && (isHidden(part) || !isWithin("/dev/shm", part))) {
        continue;
      }
      if (shielded.some((root) => isWithin(root, part))) continue;
      if (part !== "/" && await look(part) === undefined) continue;
      roots.push(part);
      mounts.set(part, "writable");
    }
  }
  const isWritable = (path: string) =>
    roots.some((root) => isWithin(root, path));

  const placeholders = new Set<string>();
  const guarded: string[] = [];
  for (const path of [...hidden, ...shielded]) {
    const isToHide = isHidden(path);
    if (!isToHide && !isWritable(path)) continue;
    if (isToHide && !isReadable(path) && !isWritable(path)) continue;
    if (isShut(path) && !isToHide) continue;
    const place = await standing(path, look);
    if (place === undefined) continue;
    const { at, entry } = place;
    if (at !== path && !isWritable(at)) continue;
    if (entry === "link") {
      // A link can't be mounted over, and whoever may write beside it could
      // put something else in its place.
      if (!isWritable(at)) continue;
      throw new SandboxUnavailable(
        `Cannot protect "${path}": "${at}" is a symbolic link in a directory that the command may write`,
      );
    }
    if (entry === undefined) placeholders.add(at);
    if (isToHide && at === path) {
      mounts.set(at, entry === "file" ? "hidden file" : "hidden directory");
    } else if (mounts.get(at)?.startsWith("hidden") !== true) {
      mounts.set(at, "readable");
    }
    guarded.push(at);
  }
  // Whoever renamed a directory above could make a new one in its place.
  for (const path of guarded) {
    for (const above of ancestors(path)) {
      if (above === "/" || !isWritable(above) || mounts.has(above)) continue;
      if (!isShut(above)) mounts.set(above, "writable");
    }
  }
  const ground = limits.reads !== "all" && !reads.includes("/")
    ? "empty"
    : mounts.get("/") === "writable"
    ? "writable"
    : "readable";
  mounts.delete("/");
  return {
    ground,
    mounts: new Map([...mounts].sort(([a], [b]) => byDepth(a, b))),
    placeholders: [...placeholders],
  };
}

/**
 * What keeps a path as it is: what stands there, or else the first missing name
 * on the way to it, or the file that is in the way.
 */
async function standing(
  path: string,
  look: (path: string) => Promise<Entry>,
): Promise<{ at: string; entry: Entry } | undefined> {
  for (const above of ancestors(path)) {
    if (above === "/") continue;
    const entry = await look(above);
    if (entry !== "directory") return { at: above, entry };
  }
  return { at: path, entry: await look(path) };
}
