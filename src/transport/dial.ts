import type { ClientRequest, IncomingMessage } from "node:http";
import { connect } from "node:net";
import { osErrorText } from "./_os_error.ts";
import { CLOSE_TIMEOUT_MS, ReasonedWebSocket } from "./_reasoned_websocket.ts";
import { fitsSocketAddress } from "./_socket_path.ts";
import type { Channel } from "./channel.ts";
import { DialError } from "./dial_error.ts";
import { createWebSocketChannel } from "./websocket.ts";

/** How to open a connection. */
export interface DialOptions {
  /** Headers of the handshake. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Bearer token, for the `Authorization` header. */
  readonly token?: string | undefined;
  /** Gives up connecting; an open channel is not touched. */
  readonly signal?: AbortSignal | undefined;
  /** Longest message taken, in bytes. Default: 512 MiB. */
  readonly maxMessageBytes?: number;
}

const MAX_REPLY_BYTES = 512 * 1024 * 1024;
const MAX_REFUSAL_BYTES = 4 * 1024;

/**
 * Opens a channel to a server: `ws://`, `wss://`, or `unix://PATH` for a
 * websocket over a unix socket.
 *
 * @throws {DialError} if the server cannot be reached or refuses. The message
 * never holds the token.
 */
export async function dial(
  url: string,
  options: DialOptions = {},
): Promise<Channel> {
  const { headers, token, signal, maxMessageBytes = MAX_REPLY_BYTES } = options;
  signal?.throwIfAborted();
  const socketPath = url.startsWith("unix://")
    ? await toShortPath(url.slice("unix://".length))
    : undefined;
  const settings = {
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
    closeTimeout: CLOSE_TIMEOUT_MS,
    headers: {
      ...headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(socketPath === undefined
      ? {}
      : { createConnection: () => connect({ path: socketPath }) }),
  };
  const target = socketPath === undefined ? url : "ws://localhost/";
  const socket = open(url, target, settings);
  socket.maxMessageBytes = maxMessageBytes;
  const giveUp = (): void => socket.terminate();
  signal?.addEventListener("abort", giveUp, { once: true });
  const origin = socketPath === undefined ? "websocket" : "unix";
  try {
    return await opened(socket, url, origin);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

function open(
  url: string,
  target: string,
  settings: ConstructorParameters<typeof ReasonedWebSocket>[2],
): ReasonedWebSocket {
  try {
    return new ReasonedWebSocket(target, [], settings);
  } catch (error) {
    throw new DialError(`Cannot connect to "${url}": not a websocket URL`, {
      cause: error,
    });
  }
}

function opened(
  socket: ReasonedWebSocket,
  url: string,
  origin: "websocket" | "unix",
): Promise<Channel> {
  const { promise, resolve, reject } = Promise.withResolvers<Channel>();
  socket.once("upgrade", ({ socket: stream }) => {
    // The first message may come right behind "open": the channel has to be
    // there already.
    socket.once("open", () => {
      resolve(createWebSocketChannel(socket, { origin, peer: url, stream }));
    });
  });
  socket.once("unexpected-response", (request, response) => {
    refuse(url, request, response).then(reject);
  });
  socket.on("error", (error) => {
    const text = osErrorText(error);
    reject(
      new DialError(`Cannot connect to "${url}": ${text}`, {
        cause: error,
      }),
    );
  });
  return promise;
}

async function refuse(
  url: string,
  request: ClientRequest,
  response: IncomingMessage,
): Promise<DialError> {
  let body = "";
  try {
    for await (const chunk of response) {
      body += String(chunk);
      if (body.length >= MAX_REFUSAL_BYTES) break;
    }
  } catch {
    // Half an answer is an answer.
  }
  request.destroy();
  const status = response.statusCode ?? 0;
  body = body.slice(0, MAX_REFUSAL_BYTES);
  const words = body === "" ? "" : `: ${body}`;
  return new DialError(
    `Cannot connect to "${url}": server answered ${status}${words}`,
    { refusal: { status, body } },
  );
}

/** A path that fits a socket address: its own or where its links lead. */
async function toShortPath(path: string): Promise<string> {
  if (fitsSocketAddress(path)) return path;
  try {
    return await Deno.realPath(path);
  } catch (error) {
    throw new DialError(
      `Cannot connect to "unix://${path}": ${osErrorText(error)}`,
      { cause: error },
    );
  }
}
