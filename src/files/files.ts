import type { Access } from "../access/mod.ts";
import { RpcError } from "../protocol/mod.ts";
import { copy, type CopyOptions } from "./_copy.ts";
import { each } from "./_each.ts";
import { toEtag } from "./_etag.ts";
import { FileReader, fill } from "./_file_reader.ts";
import { makeDirectories } from "./_make_directories.ts";
import { openGuarded, refuseIrregular } from "./_open_guarded.ts";
import { refuseNul } from "./_refuse_nul.ts";
import { Turns } from "./_turns.ts";
import { MAX_READ_BYTES } from "./limits.ts";
import { findSpot, writeFile, type WriteOptions } from "./_write_file.ts";

/**
 * Longest file in bytes that is read at once. The replies of as many such reads
 * as a connection may have in flight (128) stay below what may stand queued for
 * a slow reader, so that reading much never looks like not reading.
 */
const AT_ONCE_BYTES = 256 * 1024;

/** Bytes that are tried for in a file that says it is empty. */
const PROBE_BYTES = 64 * 1024;

/** Links of a directory that are followed at the same time. */
const LINKS_AT_A_TIME = 8;

/** What to read of a file. */
export interface ReadOptions {
  /** First byte. Beyond the end there are no bytes. Default 0. */
  readonly offset?: number | undefined;
  /** At most so many bytes. Default: up to the end. */
  readonly length?: number | undefined;
  /** Whether a refusal of a long file may point to ranges. Default false. */
  readonly knowsRanges?: boolean | undefined;
  /** Stops the work between two steps of it. */
  readonly signal?: AbortSignal | undefined;
}

/** A file, or a range of one, on its way to a client. */
export interface FileContent {
  /** The bytes, if they are few; else what reads them piece by piece. */
  readonly content: Uint8Array<ArrayBuffer> | FileReader;
  /** Version of the file when it was opened. */
  readonly etag: string;
  /** Size of the whole file in bytes. */
  readonly size: number;
}

/** What a path is. Times in milliseconds since 1970, 0 for any before. */
export interface Metadata {
  /** Whether it is, or links to, a directory. */
  readonly isDirectory: boolean;
  /** Whether it is, or links to, a regular file. */
  readonly isFile: boolean;
  /** Whether the path itself is a link. */
  readonly isSymlink: boolean;
  /** When it was created; 0 where the file system does not say. */
  readonly createdAtMs: number;
  /** When its content last changed. */
  readonly modifiedAtMs: number;
  /** Size in bytes. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Version, of regular files only. */
  readonly etag: string | undefined;
}

/** A child of a directory, with what it is once links are followed. */
export interface DirectoryEntry {
  /** Its name; bytes that are not UTF-8 show as U+FFFD. */
  readonly fileName: string;
  /** Whether it is, or links to, a directory. */
  readonly isDirectory: boolean;
  /** Whether it is, or links to, a regular file. */
  readonly isFile: boolean;
}

/** What to remove. */
export interface RemoveOptions {
  /** What is in a directory too. Default true. */
  readonly recursive?: boolean | undefined;
  /** Accept a path that does not exist. Default true. */
  readonly force?: boolean | undefined;
}

/**
 * Files of this machine, as far as the rules let clients touch them. Paths are
 * absolute and normalised. What the system refuses is thrown as Deno throws it;
 * what these operations refuse themselves is an {@linkcode RpcError}; what the
 * rules forbid is an `AccessDenied`.
 *
 * @example Read and write
 * ```ts
 * import { Access } from "../access/mod.ts";
 * import { Files } from "./mod.ts";
 *
 * const files = new Files(await Access.create({}));
 * const path = await Deno.makeTempFile();
 * await files.writeFile(path, new TextEncoder().encode("hello"));
 * const { size } = await files.getMetadata(path);
 * await files.remove(path);
 * if (size !== 5) throw new Error("Expected five bytes");
 * ```
 */
export class Files {
  /** The rules that every path has to pass. */
  readonly access: Access;
  readonly #conditional = new Turns();

  /** Lets clients do what `access` allows. */
  constructor(access: Access) {
    this.access = access;
  }

  /**
   * Opens a regular file, and reads it if it is short. Links are followed.
   *
   * @throws {RpcError} if it is no regular file or is too long to be read
   * without a range.
   */
  async readFile(
    path: string,
    { offset = 0, length, knowsRanges = false, signal }: ReadOptions = {},
  ): Promise<FileContent> {
    refuseNul(path);
    const real = await this.access.checkRead(path);
    using pin = this.access.pin(real, path);
    if (!(await Deno.stat(pin.path)).isFile) throw refuseIrregular(path);
    signal?.throwIfAborted();
    const file = await openGuarded(pin.path, path, { read: true });
    let reader: FileReader | undefined;
    try {
      if (pin.path === real) await this.access.confirm(file, real, path);
      // Synchronous: right after an opening it is answered from memory.
      const info = file.statSync();
      if (!info.isFile) throw refuseIrregular(path);
      const { size } = info;
      if (length === undefined && size - offset > MAX_READ_BYTES) {
        const hint = knowsRanges
          ? "; read it in parts with offset and length"
          : "";
        throw RpcError.invalidRequest(
          `file is too large to read: limit is ${MAX_READ_BYTES} bytes${hint}`,
        );
      }
      const etag = toEtag(info);
      // Files that the kernel makes up (/proc) have bytes, but no size.
      const isSized = size > 0;
      const available = isSized ? Math.max(size - offset, 0) : PROBE_BYTES;
      let wanted = Math.min(available, length ?? Infinity);
      // File systems differ in how far behind the end one may go.
      if (offset > 0 && wanted > 0) {
        await file.seek(offset, Deno.SeekMode.Start);
      }
      if (wanted <= AT_ONCE_BYTES) {
        const buffer = new Uint8Array(wanted);
        const read = await fill(file, buffer);
        const content = buffer.subarray(0, read);
        if (isSized || read < PROBE_BYTES) return { content, etag, size };
        await file.seek(offset, Deno.SeekMode.Start);
        wanted = length ?? MAX_READ_BYTES;
      }
      reader = new FileReader(file, wanted);
      return { content: reader, etag, size };
    } finally {
      if (reader === undefined) file.close();
    }
  }

  /**
   * Creates or replaces a file, or writes a range of one. Links are followed,
   * dangling ones too. A regular file that has one name only, in a directory
   * where a file can be made, changes in one step (its access lists and other
   * extended attributes are lost); any other changes in place.
   *
   * @param content The bytes, or what makes them. That is called at once, and
   * if it throws nothing is written.
   * @returns The etag, if it was asked for and the file is a regular one.
   * @throws {RpcError} if `ifMatch` does not match; `data.etag` is then the
   * present one, or null.
   */
  async writeFile(
    path: string,
    content: Uint8Array | (() => Uint8Array),
    options: WriteOptions = {},
  ): Promise<string | undefined> {
    if (options.offset !== undefined && options.append) {
      throw RpcError.invalidParams(
        "fs/writeFile takes either offset or append, not both",
      );
    }
    const write = () => writeFile(this.access, path, content, options);
    if (options.ifMatch === undefined) return await write();
    // Of all that saw the same etag, only the first may write.
    const { place } = await findSpot(this.access, path)
      .catch(() => ({ place: path }));
    return await this.#conditional.run(place, write);
  }

  /** Creates a directory; with `recursive` (default) its parents too. */
  async createDirectory(
    path: string,
    { recursive = true }: { recursive?: boolean | undefined } = {},
  ): Promise<void> {
    refuseNul(path);
    const real = await this.access.checkWrite(path);
    if (recursive) return await makeDirectories(this.access, real, path);
    using pin = this.access.pinEntry(real, path);
    await Deno.mkdir(pin.path);
  }

  /** Tells what a path is. Links are followed, and told. */
  async getMetadata(path: string): Promise<Metadata> {
    refuseNul(path);
    const real = await this.access.checkRead(path);
    using pin = this.access.pin(real, path);
    const named = await Deno.lstat(path);
    const info = named.isSymlink || pin.path !== path
      ? await Deno.stat(pin.path)
      : named;
    const { isDirectory, isFile, size } = info;
    return {
      isDirectory,
      isFile,
      isSymlink: named.isSymlink,
      createdAtMs: toUnixMs(info.birthtime),
      modifiedAtMs: toUnixMs(info.mtime),
      size,
      mode: (info.mode ?? 0) & 0o7777,
      // Most clients do not ask for it.
      get etag() {
        return isFile ? toEtag(info) : undefined;
      },
    };
  }

  /**
   * Lists a directory in the order of the file system. Links that lead to
   * nothing, or to where the client may not read, are left out.
   */
  async readDirectory(path: string): Promise<DirectoryEntry[]> {
    refuseNul(path);
    const real = await this.access.checkRead(path);
    using pin = this.access.pin(real, path);
    const entries = await Array.fromAsync(Deno.readDir(pin.path));
    const followed = new Map<string, Deno.FileInfo>();
    const links = entries.filter((entry) => entry.isSymlink);
    await each(links, LINKS_AT_A_TIME, async ({ name }) => {
      try {
        const target = await this.access.checkRead(
          real === "/" ? `/${name}` : `${real}/${name}`,
        );
        using there = this.access.pin(target, path);
        followed.set(name, await Deno.stat(there.path));
      } catch {
        // Left out.
      }
    });
    return entries.flatMap((entry) => {
      const { name } = entry;
      const info = entry.isSymlink ? followed.get(name) : entry;
      if (info === undefined) return [];
      const { isDirectory, isFile } = info;
      return { fileName: name, isDirectory, isFile };
    });
  }

  /** Removes a file, a link (itself) or a directory. */
  async remove(
    path: string,
    { recursive = true, force = true }: RemoveOptions = {},
  ): Promise<void> {
    refuseNul(path);
    if (path === "/") {
      throw new Error("Resource busy (os error 16): remove '/'");
    }
    const place = await this.access.checkWrite(path, {
      itself: true,
      tree: recursive,
    });
    try {
      using pin = this.access.pinEntry(place, path);
      await Deno.remove(pin.path, { recursive });
    } catch (error) {
      if (!(force && error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /**
   * Copies a file with its mode, a link as a link, or a directory tree into a
   * new or an existing directory. Fifos, sockets and devices in a tree are left
   * out. A file copied onto itself stays as it is.
   */
  async copy(
    source: string,
    destination: string,
    options: CopyOptions = {},
  ): Promise<void> {
    refuseNul(source);
    refuseNul(destination);
    await copy(this.access, source, destination, options);
  }
}

function toUnixMs(date: Date | null): number {
  return Math.max(Math.floor(date?.getTime() ?? 0), 0);
}
