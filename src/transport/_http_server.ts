import { createServer, type Server } from "node:http";

/** What a listener puts up with. */
export interface HttpServerLimits {
  /** How long a peer may take to send the head of its request. */
  readonly headMs?: number;
  /** How often that is looked after. */
  readonly checkMs?: number;
  /** Connections at a time, websockets included; more are hung up on. */
  readonly maxConnections?: number;
  /** How long a connection is silent before the system asks for its peer. */
  readonly probeAfterMs?: number;
}

/**
 * Makes the HTTP server of a listener. Its bounds are there because a process
 * that runs out of file descriptors does not accept anybody any more, not even
 * when it has descriptors again.
 *
 * A peer whose machine is gone never says so. Where something is on its way to
 * it, the system gives up after many repetitions; where nothing is, TCP
 * keepalive finds out, within a quarter of an hour by Linux's defaults.
 */
export function createHttpServer(
  {
    headMs = 30_000,
    checkMs = 5_000,
    maxConnections = 10_000,
    probeAfterMs = 60_000,
  }: HttpServerLimits = {},
): Server {
  const server = createServer({
    // Clients of the protocol may leave it out.
    requireHostHeader: false,
    headersTimeout: headMs,
    requestTimeout: headMs,
    connectionsCheckingInterval: checkMs,
  });
  server.maxConnections = maxConnections;
  server.on("connection", (stream) => stream.setKeepAlive(true, probeAfterMs));
  return server;
}
