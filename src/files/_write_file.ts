import { type Access, AccessDenied } from "../access/mod.ts";
import { RpcError } from "../protocol/mod.ts";
import { toEtag } from "./_etag.ts";
import { openGuarded, refuseIrregular } from "./_open_guarded.ts";
import { directoryOf, nameOf } from "./_path_parts.ts";
import { refuseNul } from "./_refuse_nul.ts";
import { replaceFile } from "./_replace_file.ts";
import { toTempPath } from "./_temp_name.ts";

/** How to write, and when not to. */
export interface WriteOptions {
  /** Write at this byte offset and keep the rest. */
  readonly offset?: number | undefined;
  /** Write behind the present end. Not together with `offset`. */
  readonly append?: boolean | undefined;
  /**
   * Only write if the file still has this etag; `"*"`: only if it exists;
   * `""`: only if it does not.
   */
  readonly ifMatch?: string | undefined;
  /** Find out the etag after the write, which takes one more look. */
  readonly withEtag?: boolean | undefined;
  /** Stops the work between two steps of it. */
  readonly signal?: AbortSignal | undefined;
}

/** A place to write to, after all links. */
export interface Spot {
  /** What to open. */
  readonly place: string;
  /** What is there, if anything. */
  readonly info: Deno.FileInfo | undefined;
  /** Whether `place` is a link that leads to nothing yet. */
  readonly dangles: boolean;
}

/** Writes a file; see {@linkcode Files.writeFile}. */
export async function writeFile(
  access: Access,
  path: string,
  content: Uint8Array | (() => Uint8Array),
  options: WriteOptions,
): Promise<string | undefined> {
  const { offset, append = false, ifMatch, withEtag, signal } = options;
  const finding = findSpot(access, path);
  finding.catch(() => {}); // it is waited for below, unless the content is bad
  // Made while the system looks: that goes on in another thread.
  const bytes = typeof content === "function" ? content() : content;
  refuseNul(path);
  const spot = await finding;
  const { info, place } = spot;
  expectMatch(path, ifMatch, info);
  if (info?.isFifo) throw refuseIrregular(path);
  const isWhole = offset === undefined && !append;
  const mayReplace = isWhole && isAlone(info) && !spot.dangles &&
    await mayHaveNeighbour(access, place);
  // All names are looked up in the one directory that was checked.
  using entry = access.pinEntry(place, path);
  if (mayReplace) {
    const isDone = await refusingLateFile(access, path, () =>
      replaceFile(
        {
          place: entry.path,
          path,
          old: info,
          isExclusive: ifMatch === "",
          isConditional: ifMatch !== undefined,
        },
        async (file, temp) => {
          await access.confirm(file, directoryOf(place) + nameOf(temp), path);
          await writeAll(file, bytes);
        },
        () => {
          signal?.throwIfAborted();
          if (ifMatch === undefined || ifMatch === "") return;
          expectMatch(path, ifMatch, lookAtOnce(entry.path));
        },
      ));
    if (isDone) {
      return withEtag ? toEtag(await Deno.lstat(entry.path)) : undefined;
    }
  }
  using file = await refusingLateFile(
    access,
    path,
    () =>
      openGuarded(entry.path, path, {
        write: true,
        append,
        ...ifMatch === "" ? { createNew: true } : { create: true },
      }),
  );
  await access.confirm(file, place, path);
  if (ifMatch !== undefined && ifMatch !== "") {
    expectMatch(path, ifMatch, await file.stat());
  }
  signal?.throwIfAborted();
  if (isWhole && (info === undefined || info.isFile)) await file.truncate();
  if (offset !== undefined) await file.seek(offset, Deno.SeekMode.Start);
  await writeAll(file, bytes);
  if (info !== undefined && !info.isFile) return undefined;
  const after = await renewEtag(file, info);
  return withEtag ? after : undefined;
}

/**
 * The etag of a file that was written in place. Two writes within a millisecond
 * may leave the same size and time: then the time is moved on by one.
 */
async function renewEtag(
  file: Deno.FsFile,
  before: Deno.FileInfo | undefined,
): Promise<string> {
  const after = await file.stat();
  const etag = toEtag(after);
  if (before === undefined || etag !== toEtag(before)) return etag;
  const { atime, mtime } = after;
  const later = new Date((mtime?.getTime() ?? 0) + 1);
  await file.utime(atime ?? later, later);
  return toEtag(await file.stat());
}

/** Whether the rules let another file be made beside it for a while. */
async function mayHaveNeighbour(
  access: Access,
  place: string,
): Promise<boolean> {
  if (!access.restrictsWrites) return true;
  try {
    await access.checkWrite(toTempPath(place, "old"));
    return true;
  } catch (error) {
    if (error instanceof AccessDenied) return false;
    throw error;
  }
}

/** Follows the links of a path that is to be written. */
export async function findSpot(access: Access, path: string): Promise<Spot> {
  const real = await access.checkWrite(path);
  const info = await lookAt(real);
  if (!info?.isSymlink) return { place: real, info, dangles: false };
  // A path that was checked is no link, unless it became one since.
  if (access.restrictsWrites) throw access.swapped(path);
  try {
    const place = await Deno.realPath(path);
    return { place, info: await lookAt(place), dangles: false };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { place: path, info: undefined, dangles: true };
  }
}

/** Whether a file can be replaced by another without anybody losing sight. */
export function isAlone(info: Deno.FileInfo | undefined): boolean {
  return info === undefined || info.isFile && info.nlink === 1;
}

async function lookAt(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** As {@linkcode lookAt}, with nothing of this process in between. */
function lookAtOnce(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function expectMatch(
  path: string,
  ifMatch: string | undefined,
  info: Deno.FileInfo | undefined,
): void {
  if (ifMatch === undefined) return;
  const etag = info?.isFile ? toEtag(info) : null;
  if (ifMatch === "*" && info !== undefined) return;
  if (ifMatch === "" && info === undefined) return;
  if (ifMatch === etag) return;
  const reason = ifMatch === ""
    ? "exists already"
    : info === undefined
    ? "does not exist"
    : "has changed since its etag was taken";
  throw RpcError.invalidRequest(
    `fs/writeFile did not write: path \`${path}\` ${reason}`,
    { etag },
  );
}

/** A file that turned up although there must be none is told with its etag. */
async function refusingLateFile<T>(
  access: Access,
  path: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    expectMatch(path, "", (await findSpot(access, path)).info);
    throw error;
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += await file.write(bytes.subarray(written));
  }
}
