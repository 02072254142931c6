/**
 * How messages travel: doors and channels. A {@linkcode Channel} moves text
 * frames to and from one peer, a {@linkcode Listener} yields a channel for
 * every peer that gets in. This room knows neither JSON nor requests.
 *
 * What needs HTTP, websockets or cryptography is loaded on first use, so that
 * a server on standard input and output does not pay for it.
 *
 * @module
 */
import type { BearerOptions, BearerPolicy } from "./bearer.ts";
import type { Channel, Listener } from "./channel.ts";
import type { DialOptions } from "./dial.ts";
import type { ListenUnixOptions } from "./listen_unix.ts";
import type { ListenWebSocketOptions } from "./listen_websocket.ts";
import type { SignedTokenOptions } from "./signed_token.ts";

export type {
  Channel,
  ChannelEnd,
  IncomingFrame,
  Listener,
  OutgoingFrame,
  OversizedFrame,
} from "./channel.ts";
export type { TransportLog } from "./transport_log.ts";
export type {
  BearerOptions,
  BearerPolicy,
  DialOptions,
  ListenUnixOptions,
  ListenWebSocketOptions,
  SignedTokenOptions,
};
export { DialError, type DialRefusal } from "./dial_error.ts";
export {
  isLoopback,
  type ListenAddress,
  ListenUrlError,
  parseListenUrl,
} from "./listen_url.ts";
export { MAX_LINE_BYTES, MAX_MESSAGE_BYTES } from "./limits.ts";
export { createMemoryChannelPair } from "./memory.ts";
export { toControlSocketPath, withStartupLock } from "./startup_lock.ts";
export {
  createLineChannel,
  createStdioChannel,
  type LineChannelOptions,
} from "./stdio.ts";

/**
 * Listens for websockets on TCP, with `/readyz` and `/healthz` beside them.
 *
 * @throws {Error} if the address can be reached from elsewhere and `auth` is
 * missing, or if the system refuses the address.
 * @throws {Deno.errors.AddrInUse} if the port is taken.
 *
 * @example
 * ```ts
 * import { listenWebSocket } from "@gangway/app-server";
 *
 * await using listener = await listenWebSocket({
 *   hostname: "127.0.0.1",
 *   port: 0,
 * });
 * console.log(listener.address); // ws://127.0.0.1:42991
 * ```
 */
export async function listenWebSocket(
  options: ListenWebSocketOptions,
): Promise<Listener> {
  const door = await import("./listen_websocket.ts");
  return await door.listenWebSocket(options);
}

/**
 * Listens for websockets on a unix socket. Who may open the file is let in.
 * To be called while holding the startup lock, see
 * {@linkcode withStartupLock}.
 *
 * @throws {Error} if the path is in use, is not a socket, or is not safe.
 */
export async function listenUnix(
  options: ListenUnixOptions,
): Promise<Listener> {
  const door = await import("./listen_unix.ts");
  return await door.listenUnix(options);
}

/**
 * Opens a channel to a server: `ws://`, `wss://`, or `unix://PATH` for a
 * websocket over a unix socket.
 *
 * @throws {DialError} if the server cannot be reached or refuses.
 */
export async function dial(
  url: string,
  options?: DialOptions,
): Promise<Channel> {
  const client = await import("./dial.ts");
  return await client.dial(url, options);
}

/**
 * Makes the policy that the `--ws-…` flags ask for, or `undefined` where there
 * are none. Files are read once, here.
 *
 * @throws {Error} if the flags contradict each other or a file cannot be used.
 */
export async function createBearerPolicy(
  options: BearerOptions,
): Promise<BearerPolicy | undefined> {
  // Most have none; what checks tokens has the runtime load its `node:crypto`.
  if (Object.values(options).every((one) => one === undefined)) {
    return undefined;
  }
  const bearer = await import("./bearer.ts");
  return await bearer.createBearerPolicy(options);
}

/**
 * Mints a JWT for `--ws-auth signed-bearer-token` (RFC 7519, HS256).
 *
 * @throws {RangeError} if the secret is shorter than 32 bytes or a time is not
 * a whole number of seconds.
 */
export async function mintSignedToken(
  options: SignedTokenOptions,
): Promise<string> {
  const tokens = await import("./signed_token.ts");
  return tokens.mintSignedToken(options);
}

/** A new capability token: 32 random bytes, as base64url. */
export async function createCapabilityToken(): Promise<string> {
  const tokens = await import("./capability_token.ts");
  return tokens.createCapabilityToken();
}

/** SHA-256 of a text's UTF-8 bytes, as 64 lower-case hex digits. */
export async function sha256Hex(text: string): Promise<string> {
  const tokens = await import("./capability_token.ts");
  return tokens.sha256Hex(text);
}
