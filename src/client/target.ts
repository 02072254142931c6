import type { Channel } from "../transport/mod.ts";
import type { SpawnedServer } from "./_spawn.ts";
import type { SpawnTarget } from "./spawn_target.ts";

/** A server that listens. */
export interface UrlTarget {
  /** `ws://…`, `wss://…`, or `unix://PATH`. */
  readonly url: string;
  /** Bearer token for the `Authorization` header. */
  readonly token?: string | undefined;
}

/** A channel that is open already, such as `server.connect()` gives. */
export interface ChannelTarget {
  /** Belongs to the client from now on. */
  readonly channel: Channel;
}

/** Where the server is. */
export type Target = SpawnTarget | UrlTarget | ChannelTarget;

/** An open channel and, where it was started for it, the server behind it. */
export interface Opened {
  readonly channel: Channel;
  readonly server?: SpawnedServer;
}

/** Opens the channel; what the kind of target needs is loaded here. */
export async function open(
  target: Target,
  signal: AbortSignal | undefined,
): Promise<Opened> {
  signal?.throwIfAborted();
  if ("channel" in target) return { channel: target.channel };
  if ("url" in target) {
    const { dial } = await import("../transport/mod.ts");
    const { url, token } = target;
    return { channel: await dial(url, { token, signal }) };
  }
  const { spawnServer } = await import("./_spawn.ts");
  return spawnServer(target);
}
