// @ts-types="@types/ws"
import { WebSocketServer } from "ws";
import { CLOSE_TIMEOUT_MS, ReasonedWebSocket } from "./_reasoned_websocket.ts";
import type { Channel } from "./channel.ts";
import { MAX_MESSAGE_BYTES } from "./limits.ts";
import type { Upgrade } from "./_upgrade.ts";
import { createWebSocketChannel } from "./websocket.ts";

/** Options of `ws` that its published types do not know. */
const NOT_IN_TYPES = { closeTimeout: CLOSE_TIMEOUT_MS };

/**
 * Makes the function that carries out upgrades. `extraHeaders` gives the lines
 * that the 101 has beside those of RFC 6455.
 */
export function createEngine(
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
