import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
// @ts-types="@types/ws"
import { WebSocketServer } from "ws";
import { CLOSE_TIMEOUT_MS, ReasonedWebSocket } from "./_reasoned_websocket.ts";
import type { Channel } from "./channel.ts";
import { MAX_MESSAGE_BYTES } from "./limits.ts";
import { createWebSocketChannel } from "./websocket.ts";

/** Options of `ws` that its published types do not know. */
const NOT_IN_TYPES = { closeTimeout: CLOSE_TIMEOUT_MS };

/** Turns an HTTP request that was found good into a channel. */
export type Upgrade = (
  request: IncomingMessage,
  stream: Duplex,
  head: Buffer,
  peer: string,
) => Promise<Channel | undefined>;

/**
 * Makes the function that carries out upgrades. `extraHeaders` gives the lines
 * that the 101 has beside those of RFC 6455.
 */
export function createUpgrade(
  origin: "websocket" | "unix",
  extraHeaders: () => string[],
): Upgrade {
  const engine = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    WebSocket: ReasonedWebSocket,
    ...NOT_IN_TYPES,
  });
  engine.on("headers", (headers) => headers.push(...extraHeaders()));
  return (request, stream, head, peer) => {
    // No subprotocol is spoken, and one that is offered is no reason to refuse.
    delete request.headers["sec-websocket-protocol"];
    const { promise, resolve } = Promise.withResolvers<Channel | undefined>();
    stream.once("close", () => resolve(undefined));
    engine.handleUpgrade(request, stream, head, (socket) => {
      resolve(createWebSocketChannel(socket, { origin, peer, stream }));
    });
    return promise;
  };
}

/**
 * What is wrong with the headers of a websocket handshake (RFC 6455, section
 * 4.2.1), in the words that the protocol's clients know, or `undefined`.
 */
export function toHandshakeFault(
  header: (name: string) => string | undefined,
): string | undefined {
  const connection = header("connection")?.toLowerCase().split(",") ?? [];
  if (!connection.some((option) => option.trim() === "upgrade")) {
    return "Connection header did not include 'upgrade'";
  }
  if (header("upgrade")?.toLowerCase() !== "websocket") {
    return "`Upgrade` header did not include 'websocket'";
  }
  if (header("sec-websocket-version") !== "13") {
    return "`Sec-WebSocket-Version` header did not include '13'";
  }
  const key = header("sec-websocket-key");
  if (key === undefined) return "`Sec-WebSocket-Key` header missing";
  if (!/^[+/0-9A-Za-z]{22}==$/.test(key)) {
    return "`Sec-WebSocket-Key` header is not 16 bytes of base64";
  }
  return undefined;
}
