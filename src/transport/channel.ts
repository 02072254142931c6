/**
 * One message on its way out: a whole text, its UTF-8 bytes, or a source of
 * byte chunks that together form one message (one line on stdio, one
 * fragmented text message on a websocket), so that a large reply never stands
 * in memory whole. A chunk is not looked at any more once the next one is asked
 * for, so its source may use the buffer again.
 */
export type OutgoingFrame =
  | string
  | Uint8Array<ArrayBuffer>
  | AsyncIterable<Uint8Array<ArrayBuffer>>;

/** A message that was longer than the channel takes and was thrown away. */
export interface OversizedFrame {
  /** Length of the message in bytes, as far as it was counted. */
  readonly bytes: number;
  /** Longest message the channel takes, in bytes. */
  readonly limit: number;
  /** The first kilobytes, so that the request id can be looked for. */
  readonly head: string;
  /** The last kilobytes, for the same reason. */
  readonly tail: string;
}

/** One message that came in: its text, or a note that it was too long. */
export type IncomingFrame = string | OversizedFrame;

/** Why a channel is closed. */
export interface ChannelEnd {
  /** Which side ended it, or `"error"` where the connection broke. */
  readonly by: "peer" | "us" | "error";
  /** Websocket close code where there was one (RFC 6455, section 7.4). */
  readonly code?: number;
  /** Words for the log. Never holds a secret. */
  readonly reason: string;
}

/**
 * One peer: text frames in, text frames out. Knows nothing of JSON.
 *
 * Disposing it is the same as {@linkcode Channel.terminate}.
 */
export interface Channel extends AsyncDisposable {
  /** Kind of transport, for logs and for the slow-reader rule. */
  readonly origin: "stdio" | "websocket" | "unix" | "memory";
  /** The peer as logs name it, such as `127.0.0.1:50312`. */
  readonly peer: string;
  /**
   * Whether a peer that does not read may be cut off (sockets). Where this is
   * false (stdio, memory) the writer waits for as long as it takes.
   */
  readonly droppable: boolean;
  /**
   * What the peer sends, in order. Pulling is what reads: while nobody asks
   * for the next frame, reading from the peer is paused (a bounded read-ahead
   * aside). Ends when the peer is gone or the channel is closed; after
   * `close` or `terminate` nothing more is delivered. To be iterated once.
   *
   * On stdio the end of the input ends only this: replies can still be sent,
   * and the channel is closed by whoever has nothing more to say.
   */
  readonly frames: AsyncIterable<IncomingFrame>;
  /**
   * Writes frames in order and resolves once they were handed to the operating
   * system. One call at a time. A batch lets the channel write many small
   * frames at once.
   *
   * Whatever breaks a message in its middle, such as a source of chunks that
   * fails, ends the channel: half a message cannot be taken back.
   *
   * @throws {Error} if the channel is closed or is being closed; `closed` then
   * tells why. Also what a source of chunks threw.
   */
  send(frames: readonly OutgoingFrame[]): Promise<void>;
  /**
   * Ends the channel in order: a close frame with code and reason where the
   * transport has one, at once, also while a `send` is stuck; then the
   * connection is dropped at the latest after `graceMs`.
   */
  close(code: number, reason: string, graceMs?: number): Promise<void>;
  /** Drops the connection at once. Idempotent. */
  terminate(): void;
  /** Settles (never rejects) when the channel is closed, for whatever cause. */
  readonly closed: Promise<ChannelEnd>;
}

/** A door: yields a channel for every peer that gets in. */
export interface Listener extends AsyncDisposable {
  /** Where it listens, as a listen URL with the real port. */
  readonly address: string;
  /** Peers in order of arrival. Ends when the listener is closed. */
  readonly channels: AsyncIterable<Channel>;
  /** Stops taking new peers; channels that are open stay open. Idempotent. */
  close(): Promise<void>;
}
