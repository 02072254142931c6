import type { Access } from "../access/mod.ts";
import { changed, HeldDirectory } from "./_held_directory.ts";
import { resolvePlace } from "./_resolve_place.ts";
import type { PatchFiles, Sight } from "./patch_files.ts";

/** Longest file in bytes that is patched. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;

/**
 * Files on disk, as far as the server's rules allow. What is written goes to a
 * new file first, which then takes the place of the old one with its mode and
 * owner: nobody sees half of it. Links are followed once, when a patch is
 * verified; if a path leads elsewhere when the patch is applied, it is refused.
 */
export class DiskFiles implements PatchFiles {
  readonly #access: Access;

  /**
   * Files under some rules.
   *
   * @param access The server's rules.
   */
  constructor(access: Access) {
    this.#access = access;
  }

  /** As {@linkcode PatchFiles.look}. */
  async look(path: string): Promise<Sight> {
    if (path.includes("\0")) throw new TypeError("path holds a NUL byte");
    // By the name that was asked for, so that a refusal is told in its words.
    await this.#access.checkRead(path);
    await this.#access.checkWrite(path);
    try {
      return await this.#lookNow(path);
    } catch (error) {
      throw new Error(toReason(error), { cause: error });
    }
  }

  /** Where the links lead at this moment is what the rules are asked about. */
  async #lookNow(path: string): Promise<LiveSight> {
    const access = this.#access;
    const { place, entry } = await resolvePlace(path);
    await access.checkRead(place);
    await access.checkWrite(place);
    await access.checkWrite(entry, { itself: true });
    const info = await lookAt(place);
    if (info === undefined) {
      return { path, place, entry, bytes: undefined, mode: undefined, info };
    }
    if (!info.isFile) throw new Error(`path \`${path}\` is not a file`);
    if (info.size > MAX_FILE_BYTES) {
      throw new Error(
        `path \`${path}\` is longer than ${MAX_FILE_BYTES} bytes`,
      );
    }
    using pin = access.pin(place, path);
    const bytes = await Deno.readFile(pin.path);
    const mode = info.mode === null ? undefined : info.mode & 0o7777;
    return { path, place, entry, bytes, mode, info };
  }

  /** As {@linkcode PatchFiles.write}. */
  async write(sight: Sight, content: string, mode?: number): Promise<void> {
    await this.#changing(sight, async (now) => {
      using directory = await HeldDirectory.create(parentOf(now.place));
      await directory.put(nameOf(now.place), {
        bytes: new TextEncoder().encode(content),
        mode: now.mode ?? mode,
        old: now.info,
      });
    });
  }

  /** As {@linkcode PatchFiles.remove}. */
  async remove(sight: Sight): Promise<void> {
    await this.#changing(sight, async (now) => {
      using directory = await HeldDirectory.open(parentOf(now.entry));
      await directory.remove(nameOf(now.entry));
    });
  }

  /** Works on what was seen, if it is still there. */
  async #changing(
    { path, place, entry, bytes }: Sight,
    work: (now: LiveSight) => Promise<void>,
  ): Promise<void> {
    try {
      const now = await this.#lookNow(path);
      const isSame = now.place === place && now.entry === entry &&
        areEqual(now.bytes, bytes);
      if (!isSame) throw changed();
      await work(now);
    } catch (error) {
      throw new Error(toReason(error), { cause: error });
    }
  }
}

/** A sight of this moment. */
interface LiveSight extends Sight {
  readonly info: Deno.FileInfo | undefined;
}

async function lookAt(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function areEqual(
  a: Uint8Array | undefined,
  b: Uint8Array | undefined,
): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The system's own words, without the call and the paths around them. */
function toReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^.*?\(os error \d+\)/.exec(message)?.[0] ?? message;
}
