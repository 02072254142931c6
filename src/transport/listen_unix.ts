import type { IncomingMessage, Server } from "node:http";
import { dirname, resolve } from "node:path";
import type { Duplex } from "node:stream";
import { withExclusiveLock } from "./_flock.ts";
import { toHandshakeFault } from "./_handshake_fault.ts";
import { createHttpServer } from "./_http_server.ts";
import { createListener } from "./_listener.ts";
import { Mailbox } from "./_mailbox.ts";
import { osErrorText } from "./_os_error.ts";
import {
  prepareSocketPath,
  type SocketPlace,
  toNewbornPath,
} from "./_socket_path.ts";
import { createUpgrade } from "./_upgrade.ts";
import type { Channel, Listener } from "./channel.ts";
import { toControlSocketPath } from "./startup_lock.ts";
import type { TransportLog } from "./transport_log.ts";

/** Where a unix socket listener opens. */
export interface ListenUnixOptions {
  /**
   * Path of the socket, absolute or against the working directory. Default:
   * the control socket in `home`.
   */
  readonly path?: string | undefined;
  /** The home directory. */
  readonly home: string;
  /** Takes what goes wrong with one peer. */
  readonly log?: TransportLog | undefined;
  /** Closes the listener. */
  readonly signal?: AbortSignal | undefined;
}

/** For their owner alone: to connect is to write. */
const SOCKET_MODE = 0o600;
/**
 * What peers are told of the longest frame to send; larger messages they send
 * in fragments. Larger frames are taken all the same.
 */
const FRAME_HINT = "x-codex-websocket-max-unfragmented-message-bytes: 16777216";

/**
 * Listens for websockets on a unix socket. Who may open the file is let in:
 * there is no other auth, and plain HTTP gets nothing but the end.
 *
 * To be called while holding the startup lock of the home, see
 * {@linkcode withStartupLock}. A stale socket is cleared away, one that
 * answers is left alone. The directory must not let others replace the socket.
 * A path too long for a socket address becomes a link to a short one.
 *
 * @throws {Error} if the path is in use, is not a socket, or is not safe.
 */
export async function listenUnix(
  { path, home, log, signal }: ListenUnixOptions,
): Promise<Listener> {
  signal?.throwIfAborted();
  const upgrade = createUpgrade("unix", () => [FRAME_HINT]);
  const arrivals = new Mailbox<Channel>();
  const server = createHttpServer();
  const wanted = resolve(path ?? toControlSocketPath(home));

  const admit = async (
    request: IncomingMessage,
    stream: Duplex,
    head: Buffer,
  ): Promise<void> => {
    // Until the websocket has its own, an error would end the process.
    const onError = (error: Error): void =>
      log?.("debug", `Peer left during the handshake: ${error.message}`);
    stream.on("error", onError);
    const isHandshake = request.method === "GET" &&
      toHandshakeFault((name) => toText(request.headers[name])) === undefined;
    if (!isHandshake) return void stream.destroy();
    const channel = await upgrade(request, stream, head, `unix:${wanted}`);
    if (!channel) return;
    stream.off("error", onError);
    if (arrivals.isEnded) channel.terminate();
    else arrivals.put(channel);
  };
  server.on("request", (request) => request.socket.destroy());
  server.on("clientError", (_error, stream) => stream.destroy());
  server.on("upgrade", (request, stream, head) => {
    admit(request, stream, head).catch((error) => {
      log?.("error", `Cannot answer an upgrade: ${error}`);
      stream.destroy();
    });
  });

  // Peers may come in the same moment: all that they need is there by now.
  const place = await occupy(server, wanted, signal);
  server.on("error", (error) => log?.("error", `Cannot accept: ${error}`));
  const bound = await Deno.lstat(place.bindPath);
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    arrivals.end();
    await remove(place, bound);
  };
  const address = `unix://${place.path}`;
  return createListener({ address, arrivals, close, signal });
}

/** Clears the place, binds, and links to it where the path is too long. */
async function occupy(
  server: Server,
  path: string,
  signal: AbortSignal | undefined,
): Promise<SocketPlace> {
  const first = await prepareSocketPath(path);
  // Servers of different homes do not share a startup lock. The lock of the
  // directory keeps them from clearing away each other's new socket.
  const directory = await Deno.open(dirname(first.path));
  return await withExclusiveLock(directory, async () => {
    const place = await prepareSocketPath(path);
    await bind(server, place.bindPath);
    if (place.bindPath !== place.path) {
      await Deno.symlink(place.bindPath, place.path).catch((error) => {
        server.close();
        throw new Error(osErrorText(error), { cause: error });
      });
    }
    return place;
  }, signal);
}

/**
 * Binds in a private directory of the moment and links the socket to its own
 * name: nobody reaches it before its mode is right, and no mask of the process
 * is changed, which other threads would feel. The server removes the name it
 * bound to when it closes, whoever's socket that is by then; and a link, unlike
 * a rename, never replaces what is there.
 */
async function bind(server: Server, path: string): Promise<void> {
  const newborn = toNewbornPath(path);
  const nursery = dirname(newborn);
  try {
    await Deno.mkdir(nursery, { mode: 0o700 });
    await listen(server, newborn);
    try {
      await Deno.chmod(newborn, SOCKET_MODE);
      await Deno.link(newborn, path);
    } catch (error) {
      server.close();
      throw error;
    }
  } catch (error) {
    throw new Error(osErrorText(error), { cause: error });
  } finally {
    await Deno.remove(nursery, { recursive: true }).catch(() => {});
  }
}

async function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(path, resolve);
  await promise;
  server.off("error", reject);
}

/** Removes what `occupy` made, unless a successor has made it anew. */
async function remove(place: SocketPlace, bound: Deno.FileInfo): Promise<void> {
  const found = await Deno.lstat(place.bindPath).catch(() => undefined);
  const isSuccessors = found !== undefined &&
    (found.ino !== bound.ino || found.dev !== bound.dev);
  if (isSuccessors) return;
  const paths = new Set([place.path, place.bindPath]);
  for (const path of paths) {
    await Deno.remove(path).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}

function toText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(", ") : value;
}
