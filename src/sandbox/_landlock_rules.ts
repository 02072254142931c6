import { type Confinement, SandboxUnavailable } from "./confinement.ts";
import { isWithin, join } from "./_paths.ts";

/** A right is a bit. Source: linux/landlock.h. */
export const Right = {
  execute: 1 << 0,
  writeFile: 1 << 1,
  readFile: 1 << 2,
  readDirectory: 1 << 3,
  removeDirectory: 1 << 4,
  removeFile: 1 << 5,
  makeCharacterDevice: 1 << 6,
  makeDirectory: 1 << 7,
  makeFile: 1 << 8,
  makeSocket: 1 << 9,
  makeFifo: 1 << 10,
  makeBlockDevice: 1 << 11,
  makeLink: 1 << 12,
  refer: 1 << 13,
  truncate: 1 << 14,
  controlDevice: 1 << 15,
} as const;

/** All of them: what no rule grants is denied. */
export const EVERY_RIGHT = 0xffff;
/** What there is of them for what is no directory. */
export const FILE_RIGHTS = Right.execute | Right.writeFile | Right.readFile |
  Right.truncate | Right.controlDevice;

const READ = Right.execute | Right.readFile | Right.readDirectory;
const WRITE = Right.writeFile | Right.removeDirectory | Right.removeFile |
  Right.makeDirectory | Right.makeFile | Right.makeSocket | Right.makeFifo |
  Right.makeLink | Right.refer | Right.truncate;
const DEVICE = Right.readFile | Right.writeFile | Right.truncate |
  Right.controlDevice;

/** Grants rights on a path and all that is below it. */
export interface LandlockRule {
  /** Absolute and real. */
  readonly path: string;
  readonly rights: number;
  /** Which file that is at the moment; nothing where it can't be told. */
  readonly identity?: string;
}

/**
 * Devices that do nobody harm. Not among them: terminals by name, which are
 * other commands' too, and `/dev/shm`, which is everyone's.
 */
const devices = [
  "/dev/null",
  "/dev/zero",
  "/dev/full",
  "/dev/random",
  "/dev/urandom",
  "/dev/tty",
];
/**
 * Never in what stands above it: a disk's device shows every file on it, and to
 * root a file of these may be a switch of the machine.
 */
const DEVICES = "/dev";
const switches = ["/proc", "/sys"];
/** What programs ask about the machine, and tells nothing about others. */
const machine = [
  "/proc/cpuinfo",
  "/proc/filesystems",
  "/proc/loadavg",
  "/proc/meminfo",
  "/proc/stat",
  "/proc/sys/kernel",
  "/proc/sys/vm",
  "/proc/uptime",
  "/proc/version",
];

/**
 * What Landlock is told for a confinement. It knows no exceptions: what is
 * hidden is left out by granting everything beside it, as it is now.
 *
 * @throws {SandboxUnavailable} if something can't be left out.
 */
export function toLandlockRules(limits: Confinement): LandlockRule[] {
  const { hidden } = limits;
  refuseExceptions(limits);
  const grants = new Grants();
  for (const path of devices) grants.add(path, DEVICE);

  if (limits.reads === "all") {
    // Listing is harmless beside devices, and `/` is listed by many.
    grants.addExcept("/", Right.readDirectory, hidden);
    grants.addExcept("/", READ, [...hidden, DEVICES]);
  } else {
    for (const path of machine) grants.addExcept(path, READ, hidden);
    for (const path of limits.reads) {
      const excepted = isBelow(DEVICES, path) ? [DEVICES] : [];
      grants.addExcept(path, READ, [...hidden, ...excepted]);
    }
  }

  const writes = limits.writes === "all" ? ["/"] : limits.writes;
  for (const path of writes) {
    const excepted = [DEVICES, ...switches].filter((it) => isBelow(it, path));
    const rights = isWithin(DEVICES, path) ? WRITE | DEVICE : WRITE;
    grants.addExcept(path, rights, [...hidden, ...excepted]);
  }
  return grants.toRules();
}

/**
 * A directory that has an exception below it can't be written itself: nothing
 * could be created in it. That is not what was asked for.
 */
function refuseExceptions({ writes, hidden, shielded }: Confinement): void {
  const roots = writes === "all" ? ["/"] : writes;
  for (const [kind, paths] of Object.entries({ hidden, shielded })) {
    for (const path of paths) {
      const root = roots.find((root) => isBelow(path, root));
      if (root === undefined) continue;
      throw new SandboxUnavailable(
        `Landlock can't keep "${path}" ${
          kind === "hidden" ? "hidden" : "from being written"
        } below "${root}", which may be written; bubblewrap can`,
      );
    }
  }
}

/** Rights by path. */
class Grants {
  readonly #rights = new Map<string, number>();

  add(path: string, rights: number): void {
    this.#rights.set(path, (this.#rights.get(path) ?? 0) | rights);
  }

  /** Grants a path but for what is at or below some others. */
  addExcept(path: string, rights: number, exceptions: readonly string[]): void {
    if (exceptions.some((it) => isWithin(it, path))) return;
    const below = exceptions.filter((it) => isBelow(it, path));
    if (below.length === 0) return this.add(path, rights);
    for (const name of names(path)) {
      this.addExcept(join(path, name), rights, below);
    }
  }

  toRules(): LandlockRule[] {
    return Array.from(this.#rights, ([path, rights]) => {
      const found = identify(path);
      return found === undefined ? undefined : { path, rights, ...found };
    }).filter((rule) => rule !== undefined);
  }
}

/** What is in a directory, but for links: they lead to what has rights itself. */
function names(path: string): string[] {
  try {
    return Array.from(Deno.readDirSync(path))
      .filter(({ isSymlink }) => !isSymlink)
      .map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    if (error instanceof Deno.errors.NotADirectory) return [];
    throw new SandboxUnavailable(
      `Landlock needs to know what is in "${path}": ${
        error instanceof Error ? error.message : error
      }`,
    );
  }
}

/** Which file a path names; nothing if none. */
function identify(path: string): { identity?: string } | undefined {
  try {
    const { dev, ino } = Deno.lstatSync(path);
    return { identity: `${dev}:${ino}` };
  } catch (error) {
    // Not for us to look at, which doesn't keep it from being there.
    return error instanceof Deno.errors.NotFound ? undefined : {};
  }
}

/** Whether `path` lies below `root` and is not it. */
function isBelow(path: string, root: string): boolean {
  return path !== root && isWithin(root, path);
}
