import { decode, type SourceFile, toSource } from "./_source.ts";

/**
 * How long a file must have been left alone before its time of change is
 * trusted to tell it from what is written next, in ms: clocks of file systems
 * tick, and two changes within one tick look like one.
 */
const settledAfterMs = 100;

/** How often a file that changes while it is read is read again. */
const maxAttempts = 5;

interface Kept {
  /** Undefined if it must be read again to know. */
  readonly stamp: string | undefined;
  readonly source: { readonly path: string; readonly text: string };
}

/**
 * Files as they are now, read again only when they changed. One that did not is
 * the very same object as before, so that what was made of it can be kept too.
 */
export class SourceCache {
  readonly #kept = new Map<string, Kept>();

  /** Reads a file; undefined if there is none. */
  readonly read = async (path: string): Promise<SourceFile | undefined> => {
    try {
      const info = look(path);
      if (!info.isFile) {
        return { path, problem: `path \`${path}\` is not a file` };
      }
      const kept = this.#kept.get(path);
      if (kept?.stamp === toStamp(info)) return kept.source;
      return await this.#readAgain(path, kept?.source);
    } catch (error) {
      this.#kept.delete(path);
      return toSource(path, error);
    }
  };

  async #readAgain(
    path: string,
    old: Kept["source"] | undefined,
  ): Promise<SourceFile> {
    for (let attempt = 1;; attempt++) {
      using file = await Deno.open(path);
      const before = await file.stat();
      const bytes = await new Response(file.readable).bytes();
      // Who writes into the file instead of replacing it may be halfway.
      const lookedAtMs = Date.now();
      const after = await Deno.stat(path);
      const isWhole = toStamp(before) === toStamp(after) &&
        after.size === bytes.length;
      if (!isWhole && attempt < maxAttempts) continue;
      const text = decode(bytes);
      const source = old?.text === text ? old : { path, text };
      // Before the look: it may be long until what was seen comes here.
      const ageMs = lookedAtMs - (after.mtime?.getTime() ?? lookedAtMs);
      const isSettled = isWhole && ageMs > settledAfterMs;
      this.#kept.set(path, {
        stamp: isSettled ? toStamp(after) : undefined,
        source,
      });
      return source;
    }
  }
}

/**
 * In a moment: nothing is asked for as often as whether the configuration is
 * still the same, and waiting for another thread takes thirty times as long.
 */
function look(path: string): Deno.FileInfo {
  return Deno.statSync(path);
}

function toStamp({ dev, ino, size, mtime, ctime }: Deno.FileInfo): string {
  return [dev, ino, size, mtime?.getTime(), ctime?.getTime()].join(" ");
}
