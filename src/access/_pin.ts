import { basename, dirname } from "./_names.ts";

/** Linux: opens a name itself, for nothing but to point at what it names. */
const O_PATH = 0o10000000;
/** How often a file may be replaced while it is being pinned. */
const ATTEMPTS = 4;

/**
 * Something of the file system that stays the same whatever becomes of its
 * name: the system's calls are given `path`, and reach what was pinned.
 */
export interface Pin extends Disposable {
  /** What to give to the system instead of the real path. */
  readonly path: string;
}

/** What of `node:fs` is needed. */
type FileSystem = Pick<
  typeof import("node:fs"),
  "closeSync" | "constants" | "fstatSync" | "openSync" | "readlinkSync"
>;

/**
 * Pins real paths: opens them without following a link at their end, and asks
 * the kernel where that was. The answer can't be wrong, and from then on
 * `/proc/self/fd` leads there, however directories are swapped for links.
 *
 * The calls are synchronous: the path was walked a moment ago, and a detour
 * over another thread takes ten times as long.
 */
export class Pinboard {
  readonly #fs: FileSystem;

  private constructor(fs: FileSystem) {
    this.#fs = fs;
  }

  /**
   * The pinboard, where the system has what it takes: Linux, `/proc` and the
   * permission to look at it, which is all permissions together (`-A`).
   */
  static async create(): Promise<Pinboard | undefined> {
    if (Deno.build.os !== "linux" || !await mayAll()) return undefined;
    try {
      const board = new Pinboard(await import("node:fs"));
      using root = board.pin("/");
      return root === undefined ? undefined : board;
    } catch {
      return undefined;
    }
  }

  /**
   * Pins what is at a real path; nothing if the path is not real any more.
   *
   * @throws {Error} as the system refuses to look there.
   */
  pin(real: string): Pin | undefined {
    const { openSync, readlinkSync, fstatSync, closeSync } = this.#fs;
    const flags = O_PATH | this.#fs.constants.O_NOFOLLOW;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const fd = translating(() => openSync(real, flags));
      const path = `/proc/self/fd/${fd}`;
      let isReal = false;
      try {
        isReal = readlinkSync(path) === real &&
          !fstatSync(fd).isSymbolicLink();
      } finally {
        if (!isReal) closeSync(fd);
      }
      if (isReal) return { path, [Symbol.dispose]: () => closeSync(fd) };
      // Replaced between the two calls, perhaps: then the next look is good.
    }
    return undefined;
  }

  /** Pins the directory of a real path; its last name is taken as it is. */
  pinEntry(real: string): Pin | undefined {
    const name = basename(real);
    const pin = this.pin(dirname(real));
    if (pin === undefined || name === "") return pin;
    return {
      path: `${pin.path}/${name}`,
      [Symbol.dispose]: () => pin[Symbol.dispose](),
    };
  }
}

/** Errors as Deno's own calls throw them. */
function translating<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    const { errno } = error as { errno?: number };
    if (errno === undefined) throw error;
    const number = Math.abs(errno);
    const Kind = errorKinds[number] ?? Error;
    throw new Kind(`${(error as Error).message} (os error ${number})`);
  }
}

const errorKinds: Readonly<Record<number, new (message: string) => Error>> = {
  2: Deno.errors.NotFound,
  13: Deno.errors.PermissionDenied,
  20: Deno.errors.NotADirectory,
};

const permissions = ["read", "write", "env", "net", "run", "sys", "ffi"];

/** Asked beforehand, so that nobody at a terminal is. */
async function mayAll(): Promise<boolean> {
  for (const name of permissions) {
    const descriptor = { name } as Deno.PermissionDescriptor;
    const { state } = await Deno.permissions.query(descriptor);
    if (state !== "granted") return false;
  }
  return true;
}
