import { isSettled, look, toStamp } from "./_stamp.ts";

/** What is in a directory. */
export type DirectoryEntries = readonly Readonly<Deno.DirEntry>[];

/** What is in directories, listed again only after they changed. */
export class DirectoryCache {
  readonly #kept = new Map<
    string,
    { readonly stamp: string; readonly entries: DirectoryEntries }
  >();
  readonly #maxDirectories: number;

  /** @param maxDirectories How many are remembered. */
  constructor(maxDirectories = 10_000) {
    this.#maxDirectories = maxDirectories;
  }

  /**
   * What is in a directory, links themselves included; nothing if it is none.
   * Done in a moment, as {@linkcode look} is.
   */
  list(path: string): DirectoryEntries {
    const info = look(path);
    if (info?.isDirectory !== true) {
      this.#kept.delete(path);
      return [];
    }
    const stamp = toStamp(info);
    const kept = this.#kept.get(path);
    if (kept?.stamp === stamp) return kept.entries;
    const entries = read(path);
    if (isSettled(info)) {
      if (this.#kept.size >= this.#maxDirectories) this.#kept.clear();
      this.#kept.set(path, { stamp, entries });
    } else this.#kept.delete(path);
    return entries;
  }
}

function read(path: string): DirectoryEntries {
  try {
    return [...Deno.readDirSync(path)];
  } catch {
    return [];
  }
}
