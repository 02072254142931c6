import { isSettled, look, toStamp } from "./_stamp.ts";

/** Bytes of the longest file that extensions are described in. */
const maxBytes = 1024 * 1024;

/** A file, as long as it stays as it is. */
interface Kept<T> {
  readonly stamp: string;
  readonly value: Promise<T>;
}

/** What small files say, read again only after they changed. */
export class FileCache<T> {
  readonly #kept = new Map<string, Kept<T>>();
  readonly #maxFiles: number;

  /** @param maxFiles How many are remembered. */
  constructor(maxFiles = 10_000) {
    this.#maxFiles = maxFiles;
  }

  /**
   * What a regular file says; undefined if it is none.
   *
   * @param read Called with its text, if it changed.
   * @throws {unknown} what `read` throws.
   */
  async read(
    path: string,
    read: (text: string) => Promise<T>,
  ): Promise<T | undefined> {
    const info = look(path);
    if (info?.isFile !== true) {
      this.#kept.delete(path);
      return undefined;
    }
    const stamp = toStamp(info);
    const kept = this.#kept.get(path);
    if (kept?.stamp === stamp) return await kept.value;
    const value = readText(path, info.size).then(read);
    // Whoever waits for it hears of it; nobody may be.
    value.catch(() => {});
    if (isSettled(info)) {
      if (this.#kept.size >= this.#maxFiles) this.#kept.clear();
      this.#kept.set(path, { stamp, value });
    } else this.#kept.delete(path);
    return await value;
  }
}

/**
 * What a file says that somebody else may have written, wherever links lead: it
 * may be endless there, or a pipe that nobody ever writes to.
 *
 * @throws {Error} if it can't be read, is larger than what describes an
 * extension, or is no regular file.
 */
export async function readSmallFile(path: string): Promise<string> {
  const { isFile, isDirectory, size } = await Deno.stat(path);
  if (!isFile && !isDirectory) throw new Error("not a regular file");
  return await readText(path, size);
}

/** Whether there is a regular file, wherever links lead. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

/** Why a file can't be read, without the call that found out. */
export function toFault(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return /^.*?\(os error \d+\)/.exec(reason)?.[0] ?? reason;
}

async function readText(path: string, size: number): Promise<string> {
  if (size > maxBytes) {
    throw new Error(`file is larger than ${maxBytes} bytes`);
  }
  return await Deno.readTextFile(path);
}
