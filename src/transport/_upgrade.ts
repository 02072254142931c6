import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Channel } from "./channel.ts";

/** Turns an HTTP request that was found good into a channel. */
export type Upgrade = (
  request: IncomingMessage,
  stream: Duplex,
  head: Buffer,
  peer: string,
) => Promise<Channel | undefined>;

/**
 * Makes the function that carries out upgrades. What it needs is loaded with
 * the first one: `ws`, and with it the runtime's `node:crypto`, take 40 ms that
 * nobody has to wait for before there is somebody, or who is not let in.
 *
 * @param extraHeaders Gives the lines that the 101 has beside those of RFC 6455.
 */
export function createUpgrade(
  origin: "websocket" | "unix",
  extraHeaders: () => string[],
): Upgrade {
  let engine: Promise<Upgrade> | undefined;
  const load = async (): Promise<Upgrade> => {
    const { createEngine } = await import("./_websocket_engine.ts");
    return createEngine(origin, extraHeaders);
  };
  return async (request, stream, head, peer) => {
    engine ??= load();
    const upgrade = await engine;
    return stream.destroyed
      ? undefined
      : await upgrade(request, stream, head, peer);
  };
}
