import type { Access } from "../access/mod.ts";
import { RpcError } from "../protocol/mod.ts";
import { each } from "./_each.ts";
import { makeDirectories } from "./_make_directories.ts";
import { refuseIrregular } from "./_open_guarded.ts";
import { replaceFile } from "./_replace_file.ts";
import { findSpot, isAlone } from "./_write_file.ts";

/** Files of one directory that are copied at the same time. */
const AT_A_TIME = 4;

/** How to copy. */
export interface CopyOptions {
  /** Needed to copy a directory; ignored for anything else. Default false. */
  readonly recursive?: boolean | undefined;
  /** Stops the work between two steps of it. */
  readonly signal?: AbortSignal | undefined;
}

/** Copies a file, a link or a tree; see {@linkcode Files.copy}. */
export async function copy(
  access: Access,
  source: string,
  destination: string,
  { recursive = false, signal }: CopyOptions,
): Promise<void> {
  const info = await Deno.lstat(await access.checkRead(source, place));
  if (info.isDirectory) {
    if (!recursive) {
      throw RpcError.invalidRequest(
        "fs/copy requires recursive: true when sourcePath is a directory",
      );
    }
    const from = await access.checkRead(source, { tree: true });
    const to = await access.checkWrite(destination);
    await refuseDescendant(from, to);
    await makeDirectories(access, to);
    await copyEntries(access, from, to, signal);
  } else if (info.isSymlink) await copyLink(access, source, destination);
  else if (info.isFile) await copyFile(access, source, destination, signal);
  else {
    throw RpcError.invalidRequest(
      "fs/copy only supports regular files, directories, and symlinks",
    );
  }
}

const place = { itself: true };

async function copyEntries(
  access: Access,
  from: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const directories: Deno.DirEntry[] = [];
  const others: Deno.DirEntry[] = [];
  for await (const entry of Deno.readDir(from)) {
    (entry.isDirectory ? directories : others).push(entry);
  }
  const copyEntry = async (entry: Deno.DirEntry) => {
    signal?.throwIfAborted();
    const source = join(from, entry.name);
    const destination = join(to, entry.name);
    try {
      if (entry.isSymlink) await copyLink(access, source, destination);
      else if (entry.isFile) {
        await copyFile(access, source, destination, signal);
      } else if (entry.isDirectory) {
        const below = await access.checkRead(source);
        const there = await access.checkWrite(destination);
        await Deno.mkdir(there, { recursive: true });
        await copyEntries(access, below, there, signal);
      }
    } catch (error) {
      const isMissing = error instanceof Deno.errors.NotFound;
      if (!isMissing || await exists(source)) throw error;
      // Removed since it was listed: as if it had been a moment earlier.
    }
  };
  await each(others, AT_A_TIME, copyEntry);
  // One after the other, or each level would multiply what runs at a time.
  for (const directory of directories) await copyEntry(directory);
}

async function copyLink(
  access: Access,
  source: string,
  destination: string,
): Promise<void> {
  const target = await Deno.readLink(await access.checkRead(source, place));
  await Deno.symlink(target, await access.checkWrite(destination, place));
}

async function copyFile(
  access: Access,
  source: string,
  destination: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const from = await access.checkRead(source);
  const spot = await findSpot(access, destination);
  const { info } = spot;
  if (info !== undefined) {
    const { dev, ino } = await Deno.stat(from);
    // Opening it for writing would empty what is to be read.
    if (dev === info.dev && ino === info.ino) return;
    if (info.isFifo) throw refuseIrregular(destination);
  }
  if (isAlone(info) && !spot.dangles) {
    const isDone = await replaceFile(
      { place: spot.place, path: destination, old: info },
      // Brings the mode along.
      (_, temp) => Deno.copyFile(from, temp),
      () => Promise.resolve(signal?.throwIfAborted()),
    );
    if (isDone) return;
  }
  await Deno.copyFile(from, spot.place);
}

/** A directory that is copied into itself would never come to an end. */
async function refuseDescendant(
  from: string,
  destination: string,
): Promise<void> {
  const source = await Deno.stat(from);
  for (let path = destination;; path = path.slice(0, path.lastIndexOf("/"))) {
    try {
      let real = await Deno.realPath(path || "/");
      while (true) {
        const { dev, ino } = await Deno.stat(real);
        if (dev === source.dev && ino === source.ino) {
          throw RpcError.invalidRequest(
            "fs/copy cannot copy a directory to itself or one of its descendants",
          );
        }
        if (real === "/") return;
        real = real.slice(0, real.lastIndexOf("/")) || "/";
      }
    } catch (error) {
      // Not there yet: it will come to be below the next directory upwards.
      if (error instanceof RpcError || path === "") throw error;
    }
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch {
    return false;
  }
}

function join(directory: string, name: string): string {
  return directory === "/" ? `/${name}` : `${directory}/${name}`;
}
