import type { PatchFiles, Sight } from "../patch/mod.ts";
import { findPlace, join, parentOf } from "./_remote_places.ts";
import type { MachineConfinement, MachineFiles } from "./machine.ts";

/** Longest file in bytes that is patched over there. */
const MAX_FILE_BYTES = 10 * 1024 * 1024;
const looking = { confinement: null } as const;

/**
 * Files of another machine, as patches see them. What is written is written
 * where the links led when the patch was verified, and only if they still do.
 */
export class RemotePatchFiles implements PatchFiles {
  readonly #files: MachineFiles;
  readonly #confinement: MachineConfinement | null;

  /**
   * The files.
   *
   * @param confinement What holds for those that are changed.
   */
  constructor(files: MachineFiles, confinement: MachineConfinement | null) {
    this.#files = files;
    this.#confinement = confinement;
  }

  /** As {@linkcode PatchFiles.look}. */
  async look(path: string): Promise<Sight> {
    if (path.includes("\0")) throw new TypeError("path holds a NUL byte");
    const mode = undefined;
    const real = await this.#files.realPath(path, looking);
    // Without any link on the way, the name itself is where it leads.
    const entry = real === path ? path : await this.#findEntry(path);
    const stat = real && await this.#files.stat(real, looking);
    if (real === undefined || !stat) {
      return { path, place: entry, entry, bytes: undefined, mode };
    }
    if (!stat.isFile) throw new Error(`path \`${path}\` is not a file`);
    if (stat.size > MAX_FILE_BYTES) {
      throw new Error(
        `path \`${path}\` is longer than ${MAX_FILE_BYTES} bytes`,
      );
    }
    const bytes = await this.#files.read(real, looking);
    return { path, place: real, entry, bytes, mode };
  }

  /** As {@linkcode PatchFiles.write}. */
  async write(sight: Sight, content: string): Promise<void> {
    await this.#checkIsSame(sight);
    const options = { confinement: this.#confinement };
    const { place } = sight;
    if (sight.bytes === undefined) {
      const directory = parentOf(place) || "/";
      const isThere = await this.#files.stat(directory, looking) !== undefined;
      if (!isThere) await this.#files.makeDirectory(directory, options);
    }
    const bytes = new TextEncoder().encode(content);
    await this.#files.write(place, bytes, options);
  }

  /** As {@linkcode PatchFiles.remove}. */
  async remove(sight: Sight): Promise<void> {
    await this.#checkIsSame(sight);
    await this.#files.remove(sight.entry, { confinement: this.#confinement });
  }

  /** The real path of the name itself, whatever it leads to. */
  async #findEntry(path: string): Promise<string> {
    const directory = await findPlace(this.#files, parentOf(path) || "/");
    return join(directory, path.slice(path.lastIndexOf("/") + 1));
  }

  async #checkIsSame({ path, place, entry, bytes }: Sight): Promise<void> {
    const now = await this.look(path);
    const isSame = now.place === place && now.entry === entry &&
      areEqual(now.bytes, bytes);
    if (!isSame) throw new Error("it changed after the patch was verified");
  }
}

function areEqual(
  one: Uint8Array | undefined,
  other: Uint8Array | undefined,
): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.length === other.length &&
    one.every((byte, at) => byte === other[at]);
}
