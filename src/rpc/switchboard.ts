import type { InitializeParams, InitializeResponse } from "../protocol/mod.ts";
import type { Logger, Tracer } from "../telemetry/mod.ts";
import type { Channel } from "../transport/channel.ts";
import type { KeyedQueue } from "./keyed_queue.ts";
import type { BoundTable, Client, Session } from "./method.ts";

/** Bounds of a connection. */
export interface ConnectionLimits {
  /**
   * Bytes of notifications and requests that may wait for a socket peer that
   * does not read.
   */
  readonly maxQueuedBytes: number;
  /**
   * How long such a peer may take nothing at all, in milliseconds, and how long
   * one on stdio may after the end of its input.
   */
  readonly stallMs: number;
  /** Requests that are worked on, or whose reply is not written, at a time. */
  readonly maxInFlight: number;
  /** About how many values one message may hold. */
  readonly maxValues: number;
  /**
   * Bytes that requests in flight may hold, in their frames and in the replies
   * they may be expected to give, before reading from the peer is paused.
   */
  readonly maxHeldBytes: number;
  /** Bytes that wait to be written before reading from the peer is paused. */
  readonly pauseAtQueuedBytes: number;
  /**
   * How long replies may take to be made and written, in milliseconds, after
   * the server was told to stop.
   */
  readonly flushMs: number;
}

/** How a server opens a connection. */
export interface Handshake {
  /** The reply to `initialize`. */
  readonly result: InitializeResponse;
  /** Who the client is from now on. */
  readonly client: Omit<Client, "connectionId">;
  /**
   * Sends what follows the reply. Nothing else is read from the client before
   * this is done.
   */
  greet(session: Session): void | Promise<void>;
}

/** What all connections of a server have in common. */
export interface Switchboard {
  /** Methods by name; not asked for before the first client is greeted. */
  readonly table: BoundTable;
  /** Queue of the requests that wait for those of other connections. */
  readonly queue: KeyedQueue;
  /** Bounds of each connection. */
  readonly limits: ConnectionLimits;
  readonly log: Logger;
  readonly tracer: Tracer | undefined;
  /**
   * Answers `initialize`.
   *
   * @throws {RpcError} to refuse; the client may try again.
   */
  handshake(params: InitializeParams, origin: Channel["origin"]): Handshake;
  /** A number for a request to a client, unique within the server. */
  nextRequestId(): number;
}
