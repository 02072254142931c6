import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { askApp, refuseUpgrade, reply } from "./_http_adapter.ts";
import { createHttpServer } from "./_http_server.ts";
import { createListener } from "./_listener.ts";
import { Mailbox } from "./_mailbox.ts";
import { osErrorCode, osErrorText } from "./_os_error.ts";
import { createUpgrade } from "./_upgrade.ts";
import type { BearerPolicy } from "./bearer.ts";
import type { Channel, Listener } from "./channel.ts";
import { createHttpApp } from "./http.ts";
import { formatSocketAddress, isLoopback } from "./listen_url.ts";
import type { TransportLog } from "./transport_log.ts";

/** Where and to whom a websocket listener opens. */
export interface ListenWebSocketOptions {
  /** IP address to listen on. */
  readonly hostname: string;
  /** Port; 0 lets the system choose one. */
  readonly port: number;
  /** Whom to let in; without it everybody, and only on a loopback address. */
  readonly auth?: BearerPolicy | undefined;
  /** Values of the `Origin` header that are let in. Default: none. */
  readonly allowOrigins?: readonly string[];
  /** Takes what goes wrong with one peer. */
  readonly log?: TransportLog | undefined;
  /** Closes the listener. */
  readonly signal?: AbortSignal | undefined;
}

const BAD_REQUEST = "HTTP/1.1 400 Bad Request\r\nconnection: close\r\n" +
  "content-length: 0\r\n";

/**
 * Listens for websockets on TCP, with `/readyz` and `/healthz` beside them.
 *
 * @throws {Error} if the address can be reached from elsewhere and `auth` is
 * missing, or if the system refuses the address.
 * @throws {Deno.errors.AddrInUse} if the port is taken.
 */
export async function listenWebSocket(
  options: ListenWebSocketOptions,
): Promise<Listener> {
  const { hostname, port, auth, allowOrigins = [], log, signal } = options;
  if (!auth && !isLoopback(hostname)) {
    const address = formatSocketAddress(hostname, port);
    throw new Error(
      `refusing to start non-loopback websocket listener ${address} without ` +
        "auth; configure `--ws-auth capability-token` or " +
        "`--ws-auth signed-bearer-token`",
    );
  }
  signal?.throwIfAborted();
  const app = createHttpApp({ auth, allowOrigins });
  const upgrade = createUpgrade(
    "websocket",
    () => [`date: ${new Date().toUTCString()}`],
  );
  const arrivals = new Mailbox<Channel>();
  const server = createHttpServer();

  const answer: Parameters<typeof server.on<"request">>[1] = (
    request,
    response,
  ) => {
    askApp(app, request, false).then((found) => reply(found, response)).catch(
      (error) => {
        log?.("error", `Cannot answer an HTTP request: ${error}`);
        response.destroy();
      },
    );
  };
  const admit = async (
    request: IncomingMessage,
    stream: Duplex,
    head: Buffer,
  ): Promise<void> => {
    // Until the websocket has its own, an error would end the process.
    const onError = (error: Error): void =>
      log?.("debug", `Peer left during the handshake: ${error.message}`);
    stream.on("error", onError);
    const canUpgrade = request.httpVersion === "1.1";
    const found = await askApp(app, request, canUpgrade);
    if (found.status !== 101) {
      return await refuseUpgrade(found, stream, request.method);
    }
    const peer = toPeerName(request);
    const channel = await upgrade(request, stream, head, peer);
    if (!channel) return;
    stream.off("error", onError);
    if (arrivals.isEnded) channel.terminate();
    else arrivals.put(channel);
  };
  server.on("request", answer);
  // Nobody gets a "100 Continue": bodies are not wanted.
  server.on("checkContinue", answer);
  server.on("upgrade", (request, stream, head) => {
    admit(request, stream, head).catch((error) => {
      log?.("error", `Cannot answer an upgrade: ${error}`);
      stream.destroy();
    });
  });
  server.on("clientError", (_error, stream) => {
    if (!stream.writable) return void stream.destroy();
    stream.end(`${BAD_REQUEST}date: ${new Date().toUTCString()}\r\n\r\n`);
  });

  const bound = await bind(server, hostname, port);
  server.on("error", (error) => log?.("error", `Cannot accept: ${error}`));
  const close = (): Promise<void> => {
    server.close();
    // Websockets are not among these: node:http has handed them over.
    server.closeAllConnections();
    arrivals.end();
    return Promise.resolve();
  };
  const address = `ws://${formatSocketAddress(hostname, bound)}`;
  return createListener({ address, arrivals, close, signal });
}

async function bind(
  server: Server,
  hostname: string,
  port: number,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ host: hostname, port }, resolve);
  try {
    await promise;
  } catch (error) {
    const text = osErrorText(error);
    if (osErrorCode(error) === "EADDRINUSE") {
      throw new Deno.errors.AddrInUse(text, { cause: error });
    }
    throw new Error(text, { cause: error });
  }
  server.off("error", reject);
  const address = server.address();
  return typeof address === "object" && address ? address.port : port;
}

function toPeerName(request: IncomingMessage): string {
  const { remoteAddress, remotePort } = request.socket as Socket;
  return formatSocketAddress(remoteAddress ?? "unknown", remotePort ?? 0);
}
