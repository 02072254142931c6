import type { ChannelEnd } from "../transport/mod.ts";

/**
 * The connection ended. Every request that waits for its reply is rejected
 * with this, and so is every later one.
 */
export class ConnectionClosedError extends Error {
  /** Name of the class. */
  override name = "ConnectionClosedError";
  /** Which side ended it, or `"error"` where it broke. */
  readonly by: ChannelEnd["by"];
  /** Websocket close code where there was one (RFC 6455, section 7.4). */
  readonly code?: number;
  /** Why, in words; for a server that was spawned, how it exited. */
  readonly reason: string;
  /** The last kilobytes that a spawned server wrote to stderr. */
  readonly stderrTail?: string;

  /** Makes the error from the end of the channel. */
  constructor(end: ChannelEnd, stderrTail?: string) {
    const code = end.code === undefined ? "" : ` (${end.code})`;
    super(`Connection closed${code}: ${end.reason}`);
    this.by = end.by;
    this.reason = end.reason;
    if (end.code !== undefined) this.code = end.code;
    if (stderrTail !== undefined) this.stderrTail = stderrTail;
  }
}
