import type { Confinement } from "./confinement.ts";
import { SandboxUnavailable } from "./confinement.ts";
import { ancestors, byDepth, isWithin, outermost } from "./_paths.ts";

/**
 * What stands at a path, a link not followed. A `sealed` directory is one that
 * nobody may write by its mode: it may be about to become a placeholder.
 */
export type Entry =
  | "directory"
  | "sealed"
  | "placeholder"
  | "file"
  | "link"
  | undefined;

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
   * make it: empty directories for as long as the command runs. Also those that
   * are there for other commands only: with one goes what is mounted on it.
   */
  readonly placeholders: readonly string[];
}

/** Whether it lies in a tree of the kernel's of which the box has its own. */
function isOwn(path: string): boolean {
  // Shared memory is the one part of them that is for files.
  return isWithin("/proc", path) ||
    isWithin("/dev", path) && !isWithin("/dev/shm", path);
}

/**
 * Where files are switches of the machine: to root they are open even without
 * capabilities, and some of them end processes. Never written, even in what
 * stands above it.
 */
const SWITCHES = "/sys";

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
  if (limits.hidden.includes("/")) {
    throw new SandboxUnavailable("Cannot hide everything from a command");
  }
  const at = await lookAround(limits, look);
  const hidden = outermost(limits.hidden);
  const shielded = outermost(limits.shielded);
  const isHidden = (path: string) =>
    hidden.some((root) => isWithin(root, path));
  const isShut = (path: string) => isHidden(path) || isOwn(path);
  const mounts = new Map<string, Mount>();

  const reads = limits.reads === "all" ? ["/"] : outermost(limits.reads);
  const isReadable = (path: string) =>
    reads.some((root) => isWithin(root, path));
  for (const path of reads) {
    if (path === "/" || isShut(path)) continue;
    if (at(path) !== undefined) mounts.set(path, "readable");
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
      if (isShut(part) || isWithin(SWITCHES, part)) continue;
      if (shielded.some((root) => isWithin(root, part))) continue;
      // A link would be followed: somebody put it there after it was resolved.
      if (at(part) === undefined || at(part) === "link") continue;
      roots.push(part);
      mounts.set(part, "writable");
    }
  }
  const isWritable = (path: string) =>
    !isWithin(SWITCHES, path) && roots.some((root) => isWithin(root, path));
  if (roots.includes("/") && at(SWITCHES) !== undefined) {
    mounts.set(SWITCHES, "readable");
  }

  const placeholders = new Set<string>();
  const guarded: string[] = [];
  for (const path of [...hidden, ...shielded]) {
    const isToHide = isHidden(path);
    if (!isToHide && !isWritable(path)) continue;
    if (isToHide && !isReadable(path) && !isWritable(path)) continue;
    if (isShut(path) && !isToHide) continue;
    const place = standing(path, at);
    const entry = at(place);
    const isFirm = entry === "directory" || entry === "sealed" ||
      entry === "file";
    // Nobody in the box can make it, replace it or lead it elsewhere.
    if (!isWritable(place) && (place !== path || !isFirm)) continue;
    if (entry === "link") {
      // A link can't be mounted over, and whoever may write beside it could
      // put something else in its place.
      throw new SandboxUnavailable(
        `Cannot protect "${path}": "${place}" is a symbolic link in a directory that the command may write`,
      );
    }
    const mayGo = entry === undefined || entry === "placeholder" ||
      entry === "sealed";
    if (mayGo && isWritable(place)) placeholders.add(place);
    if (isToHide && place === path) {
      mounts.set(place, entry === "file" ? "hidden file" : "hidden directory");
    } else if (mounts.get(place)?.startsWith("hidden") !== true) {
      mounts.set(place, "readable");
    }
    guarded.push(place);
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

/** Looks at all that a plan asks for, at once. */
async function lookAround(
  { reads, writes, hidden, shielded }: Confinement,
  look: (path: string) => Promise<Entry>,
): Promise<(path: string) => Entry> {
  const paths = new Set([
    ...reads === "all" ? [] : reads,
    ...writes === "all" ? [] : writes,
    SWITCHES,
    ...[...hidden, ...shielded].flatMap((path) => [...ancestors(path), path]),
  ]);
  paths.delete("/");
  const entries = new Map<string, Entry>([["/", "directory"]]);
  await Promise.all(Array.from(paths, async (path) => {
    entries.set(path, await look(path));
  }));
  return (path) => entries.get(path);
}

/**
 * Where a path can be kept as it is: there, or else at the first missing name
 * on the way to it, or at the file that is in the way.
 */
function standing(path: string, at: (path: string) => Entry): string {
  const isOpen = (entry: Entry) => entry === "directory" || entry === "sealed";
  return ancestors(path).find((above) => !isOpen(at(above))) ?? path;
}
