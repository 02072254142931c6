import type { Access } from "../access/mod.ts";
import { RpcError } from "../protocol/mod.ts";
import { each } from "./_each.ts";
import { makeDirectories } from "./_make_directories.ts";
import { openGuarded, refuseIrregular } from "./_open_guarded.ts";
import { directoryOf, nameOf } from "./_path_parts.ts";
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
  const info = await lookAt(access, source);
  if (info.isDirectory) {
    if (!recursive) {
      throw RpcError.invalidRequest(
        "fs/copy requires recursive: true when sourcePath is a directory",
      );
    }
    const from = await access.checkRead(source, { tree: true });
    const to = await access.checkWrite(destination);
    await refuseDescendant(from, to);
    await makeDirectories(access, to, destination);
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

async function lookAt(access: Access, source: string): Promise<Deno.FileInfo> {
  const real = await access.checkRead(source, place);
  using pin = access.pinEntry(real, source);
  return await Deno.lstat(pin.path);
}

async function copyEntries(
  access: Access,
  from: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const directories: Deno.DirEntry[] = [];
  const others: Deno.DirEntry[] = [];
  using pin = access.pin(from, from);
  for await (const entry of Deno.readDir(pin.path)) {
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
        using pin = access.pinEntry(there, destination);
        await Deno.mkdir(pin.path, { recursive: true });
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
  const from = await access.checkRead(source, place);
  using link = access.pinEntry(from, source);
  const target = await Deno.readLink(link.path);
  const to = await access.checkWrite(destination, place);
  using entry = access.pinEntry(to, destination);
  await Deno.symlink(target, entry.path);
}

async function copyFile(
  access: Access,
  source: string,
  destination: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  using from = access.pin(await access.checkRead(source), source);
  const spot = await findSpot(access, destination);
  const { info } = spot;
  if (info !== undefined) {
    const { dev, ino } = await Deno.stat(from.path);
    // Opening it for writing would empty what is to be read.
    if (dev === info.dev && ino === info.ino) return;
    if (info.isFifo) throw refuseIrregular(destination);
  }
  // All names are looked up in the one directory that was checked.
  using entry = access.pinEntry(spot.place, destination);
  const inPlace = (path: string) => directoryOf(spot.place) + nameOf(path);
  if (isAlone(info) && !spot.dangles) {
    const isDone = await replaceFile(
      { place: entry.path, path: destination, old: info },
      // Brings the mode along.
      async (file, temp) => {
        using to = access.pin(inPlace(temp), destination);
        await access.confirm(file, inPlace(temp), destination);
        await Deno.copyFile(from.path, to.path);
      },
      () => Promise.resolve(signal?.throwIfAborted()),
    );
    if (isDone) return;
  }
  if (!access.restrictsWrites) {
    return await Deno.copyFile(from.path, spot.place);
  }
  // Created here if it is missing, so that there is something to hold on to.
  using file = await openGuarded(entry.path, destination, {
    write: true,
    create: true,
  });
  await access.confirm(file, spot.place, destination);
  using to = access.pin(spot.place, destination);
  await Deno.copyFile(from.path, to.path);
}

/** Up to and with the last slash. */
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
