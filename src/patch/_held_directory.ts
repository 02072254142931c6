/** Linux: opens a name itself, for nothing but to point at what it names. */
const O_PATH = 0o10000000;

/** A file to put in place. */
export interface NewFile {
  readonly bytes: Uint8Array;
  /** Permission bits; default those of any new file. */
  readonly mode: number | undefined;
  /** The file whose place it takes. */
  readonly old: Deno.FileInfo | undefined;
}

/**
 * A directory that is held on to: names are looked up in it, whatever becomes of
 * its own name. So nobody who may swap directories for links can lead a write
 * astray. Where the system has no way to do that, a path that is not real any
 * more is noticed before anything of the user's is touched.
 */
export class HeldDirectory implements Disposable {
  /** Its real path. */
  readonly #real: string;
  readonly #descriptor: Descriptor | undefined;

  private constructor(real: string, descriptor?: Descriptor) {
    this.#real = real;
    this.#descriptor = descriptor;
  }

  /**
   * @param real Real path of a directory.
   * @throws {Error} if the path is not there or not real any more.
   */
  static async open(real: string): Promise<HeldDirectory> {
    if (Deno.build.os !== "linux") return new HeldDirectory(real);
    const descriptor = await openDirectory(real);
    let isReal = false;
    try {
      isReal = await Deno.readLink(descriptor.path) === real;
      if (!isReal) throw moved(real);
    } catch (error) {
      // Without the permission to look there, names have to do.
      if (error instanceof Deno.errors.NotCapable) {
        return new HeldDirectory(real);
      }
      throw error;
    } finally {
      if (!isReal) descriptor[Symbol.dispose]();
    }
    return new HeldDirectory(real, descriptor);
  }

  /** As {@linkcode HeldDirectory.open}; creates what is missing of it. */
  static async create(real: string): Promise<HeldDirectory> {
    const missing: string[] = [];
    let above = real;
    while (above !== "/" && !await exists(above)) {
      missing.unshift(above.slice(above.lastIndexOf("/") + 1));
      above = above.slice(0, above.lastIndexOf("/")) || "/";
    }
    let directory = await HeldDirectory.open(above);
    for (const name of missing) {
      using parent = directory;
      await parent.#makeDirectory(name);
      above = above === "/" ? `/${name}` : `${above}/${name}`;
      directory = await HeldDirectory.open(above);
    }
    return directory;
  }

  async #makeDirectory(name: string): Promise<void> {
    try {
      await Deno.mkdir(this.#pathOf(name));
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }

  /** Puts a file in place, in one step where that is possible. */
  async put(name: string, { bytes, mode, old }: NewFile): Promise<void> {
    // A file of several names stays one file: it is written where it is.
    if (old !== undefined && old.nlink !== null && old.nlink > 1) {
      return await this.#overwrite(name, bytes, old);
    }
    const temp = `.gangway-tmp-${crypto.randomUUID()}`;
    const file = await Deno.open(this.#pathOf(temp), {
      write: true,
      createNew: true,
      mode: (mode ?? 0o666) & 0o777,
    });
    try {
      try {
        await this.#confirm(temp);
        await takeAfter(file, this.#pathOf(temp), mode, old);
        await writeAll(file, bytes);
        await file.syncData();
      } finally {
        file.close();
      }
      refuseOther(this.#pathOf(name), old);
      // In one step with the look: nothing of this process comes between.
      Deno.renameSync(this.#pathOf(temp), this.#pathOf(name));
    } catch (error) {
      await Deno.remove(this.#pathOf(temp)).catch(() => {});
      throw error;
    }
  }

  /** Takes away a name. */
  async remove(name: string): Promise<void> {
    await Deno.remove(this.#pathOf(name));
  }

  /** Lets go of it. */
  [Symbol.dispose](): void {
    this.#descriptor?.[Symbol.dispose]();
  }

  #pathOf(name: string): string {
    if (this.#descriptor !== undefined) {
      return `${this.#descriptor.path}/${name}`;
    }
    return this.#real === "/" ? `/${name}` : `${this.#real}/${name}`;
  }

  async #overwrite(
    name: string,
    bytes: Uint8Array,
    old: Deno.FileInfo,
  ): Promise<void> {
    using file = await Deno.open(this.#pathOf(name), { write: true });
    // A link may have been put in its place, and was followed then.
    const { dev, ino } = await file.stat();
    if (dev !== old.dev || ino !== old.ino) throw changed();
    await file.truncate();
    await writeAll(file, bytes);
    await file.syncData();
  }

  /** Makes sure that a fresh file is where it should be. */
  async #confirm(temp: string): Promise<void> {
    if (this.#descriptor !== undefined) return;
    const path = this.#pathOf(temp);
    if (await Deno.realPath(path) !== path) throw moved(this.#real);
  }
}

/** An open directory, and the path that leads to it whatever its name is. */
interface Descriptor extends Disposable {
  readonly path: string;
}

async function openDirectory(real: string): Promise<Descriptor> {
  const { closeSync, constants, openSync } = await import("node:fs");
  try {
    const fd = openSync(
      real,
      O_PATH | constants.O_NOFOLLOW | constants.O_DIRECTORY,
    );
    return {
      path: `/proc/self/fd/${fd}`,
      [Symbol.dispose]: () => closeSync(fd),
    };
  } catch (error) {
    throw translated(error);
  }
}

function moved(path: string): Error {
  return new Error(`directory "${path}" changed while it was opened`);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Gives a new file the mode and the owner of the old one. */
async function takeAfter(
  file: Deno.FsFile,
  path: string,
  mode: number | undefined,
  old: Deno.FileInfo | undefined,
): Promise<void> {
  const fresh = await file.stat();
  if (
    old !== undefined && (fresh.uid !== old.uid || fresh.gid !== old.gid)
  ) await Deno.chown(path, old.uid, old.gid);
  if (
    mode !== undefined && fresh.mode !== null && (fresh.mode & 0o7777) !== mode
  ) {
    await Deno.chmod(path, mode & 0o7777);
  }
}

/** @throws {Error} if what is there is not the file that was read. */
function refuseOther(path: string, old: Deno.FileInfo | undefined): void {
  const now = lookAtOnce(path);
  const isSame = now?.ino === old?.ino && now?.dev === old?.dev &&
    now?.size === old?.size && now?.mtime?.getTime() === old?.mtime?.getTime();
  if (!isSame) throw changed();
}

/** What is there is not what the patch was verified against. */
export function changed(): Error {
  return new Error("it changed after the patch was verified");
}

function lookAtOnce(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Node's error with the words of the system's. */
function translated(error: unknown): Error {
  const { errno, message } = error as Error & { errno?: number };
  const words = /: (.*?), /.exec(message)?.[1] ?? message;
  return new Error(
    errno === undefined ? message : `${words} (os error ${Math.abs(errno)})`,
    { cause: error },
  );
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += await file.write(bytes.subarray(written));
  }
}
