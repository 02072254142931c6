import { Buffer } from "node:buffer";
import { dirname, resolve } from "node:path";
import { osErrorText } from "./_os_error.ts";

/** Bytes of a path that a socket address has room for, its end included. */
const SOCKET_PATH_BYTES = Deno.build.os === "darwin" ? 104 : 108;
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/** A place that was found free for a socket. */
export interface SocketPlace {
  /** The absolute path that clients are told. */
  readonly path: string;
  /** Where to bind; `path` itself unless that is too long. */
  readonly bindPath: string;
}

/** Whether a socket address has room for the path. */
export function fitsSocketAddress(path: string): boolean {
  return Buffer.byteLength(path) < SOCKET_PATH_BYTES;
}

/** A name beside the path, for a socket before it gets its own. */
export function toNewbornPath(path: string): string {
  return `${dirname(path)}/.${crypto.randomUUID().slice(0, 8)}/s`;
}

/**
 * Finds out whether a socket may be bound at `path` and clears away a stale
 * one. Creates the parent directory if only that is missing; never changes one
 * that was there.
 *
 * @throws {Error} if the path is in use or not a socket, or its directory
 * would let others replace the socket.
 */
export async function prepareSocketPath(path: string): Promise<SocketPlace> {
  const absolute = resolve(path);
  await prepareParent(dirname(absolute));
  await clearStale(absolute);
  const newborn = toNewbornPath(absolute);
  if (fitsSocketAddress(absolute) && fitsSocketAddress(newborn)) {
    return { path: absolute, bindPath: absolute };
  }
  const directory = shortDirectory();
  await prepareParent(directory);
  const name = new TextEncoder().encode(absolute);
  const digest = await crypto.subtle.digest("SHA-256", name);
  const bindPath = `${directory}/${new Uint8Array(digest).toHex()}`;
  await clearStale(bindPath);
  return { path: absolute, bindPath };
}

/** Our own directory for the sockets whose paths are too long. */
function shortDirectory(): string {
  return `/tmp/gangway-${Deno.uid() ?? "socket"}`;
}

async function prepareParent(parent: string): Promise<void> {
  const found = await statOrNull(parent) ?? await create(parent);
  if (!found.isDirectory) throw new Error("Not a directory (os error 20)");
  const uid = Deno.uid();
  const isForeign = uid !== null && found.uid !== uid && found.uid !== 0;
  const mode = found.mode ?? 0;
  const isShared = (mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0;
  if (isForeign || isShared) {
    throw new Error(
      "socket parent must be owned by the user or root and prevent other " +
        "users from replacing socket entries",
    );
  }
}

async function create(directory: string): Promise<Deno.FileInfo> {
  try {
    await Deno.mkdir(directory, { mode: 0o700 });
  } catch (error) {
    // Another starter may have been faster.
    if (!(error instanceof Deno.errors.AlreadyExists)) {
      throw new Error(osErrorText(error), { cause: error });
    }
  }
  return await Deno.stat(directory);
}

async function clearStale(path: string): Promise<void> {
  const entry = await lstatOrNull(path);
  if (!entry) return;
  const target = await statOrNull(path);
  if (entry.isSymlink && !target) return await clearDangling(path);
  if (!target?.isSocket) {
    throw new Error(
      `app-server control socket path exists and is not a socket: ${path}`,
    );
  }
  if (await isLive(await Deno.realPath(path))) {
    throw new Error(`app-server control socket is already in use at ${path}`);
  }
  await Deno.remove(path);
}

/** A link into our own directory is ours; any other is none of our business. */
async function clearDangling(path: string): Promise<void> {
  const target = await Deno.readLink(path);
  if (!target.startsWith(`${shortDirectory()}/`)) {
    throw new Error("File exists (os error 17)");
  }
  await Deno.remove(path);
}

async function isLive(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch (error) {
    // Anything else, such as a full queue, says that somebody may be there.
    return !(error instanceof Deno.errors.ConnectionRefused);
  }
}

async function statOrNull(path: string): Promise<Deno.FileInfo | null> {
  return await orNull(Deno.stat(path));
}

async function lstatOrNull(path: string): Promise<Deno.FileInfo | null> {
  return await orNull(Deno.lstat(path));
}

async function orNull(
  info: Promise<Deno.FileInfo>,
): Promise<Deno.FileInfo | null> {
  try {
    return await info;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new Error(osErrorText(error), { cause: error });
  }
}
