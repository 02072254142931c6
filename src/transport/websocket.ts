import type { Duplex } from "node:stream";
import { closedError, isChunked } from "./_frames.ts";
import { Mailbox } from "./_mailbox.ts";
import type { ReasonedWebSocket } from "./_reasoned_websocket.ts";
import type {
  Channel,
  ChannelEnd,
  IncomingFrame,
  OutgoingFrame,
} from "./channel.ts";

const GRACE_MS = 2_000;
/** Read-ahead: unread frames or their length beyond which reading pauses. */
const READ_AHEAD_FRAMES = 64;
const READ_AHEAD_LENGTH = 64 * 1024;
/** Whole frames handed to the socket at once, in UTF-16 units or bytes. */
const WRITTEN_AT_ONCE = 1024 * 1024;
/** Shorter messages are decoded faster by Buffer, longer by TextDecoder. */
const SHORT_MESSAGE_BYTES = 512;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const TEXT = { binary: false } as const;
const TEXT_PART = { binary: false, fin: false } as const;
const NOTHING = new Uint8Array(0);

/** What a websocket channel has to know beside the socket. */
export interface WebSocketChannelOptions {
  /** Kind of transport. */
  readonly origin: "websocket" | "unix";
  /** The peer as logs name it. */
  readonly peer: string;
  /** The stream under the websocket, to gather many frames in one write. */
  readonly stream: Duplex;
}

/** Wraps an open websocket, of either side, as a channel. */
export function createWebSocketChannel(
  socket: ReasonedWebSocket,
  options: WebSocketChannelOptions,
): Channel {
  return new WebSocketChannel(socket, options);
}

class WebSocketChannel implements Channel {
  readonly origin: "websocket" | "unix";
  readonly peer: string;
  readonly droppable = true;
  readonly closed: Promise<ChannelEnd>;
  readonly #socket: ReasonedWebSocket;
  readonly #stream: Duplex;
  readonly #inbox: Mailbox<string>;
  readonly #settle: (end: ChannelEnd) => void;
  #unreadLength = 0;
  #end: ChannelEnd | undefined;
  #error: Error | undefined;
  /** Rejects the step that a `send` is waiting for. */
  #interruptSend: ((error: Error) => void) | undefined;

  constructor(
    socket: ReasonedWebSocket,
    { origin, peer, stream }: WebSocketChannelOptions,
  ) {
    this.origin = origin;
    this.peer = peer;
    this.#socket = socket;
    this.#stream = stream;
    const { promise, resolve } = Promise.withResolvers<ChannelEnd>();
    this.closed = promise;
    this.#settle = resolve;
    this.#inbox = new Mailbox(() => this.#resumeReading());
    socket.on("message", (bytes, isBinary) => {
      if (!isBinary) this.#receive(bytes as Buffer);
    });
    socket.on("error", (error) => {
      this.#error ??= error;
      this.#inbox.end();
    });
    // Both close frames are through: no need to wait for the peer to hang up.
    // After an error it may still be writing, and a reset could overtake the
    // close frame.
    stream.once("finish", () => {
      if (!this.#error) stream.destroy();
    });
    socket.on("close", (code, reason) => this.#onClose(code, String(reason)));
  }

  get frames(): AsyncIterable<IncomingFrame> {
    return this.#inbox;
  }

  async send(frames: readonly OutgoingFrame[]): Promise<void> {
    let index = 0;
    while (index < frames.length) {
      const frame = frames[index] as OutgoingFrame;
      if (isChunked(frame)) {
        await this.#sendInParts(frame);
        index++;
      } else {
        const end = endOfWrite(frames, index);
        await this.#sendWhole(frames, index, end);
        index = end;
      }
    }
  }

  async close(code: number, reason: string, graceMs = GRACE_MS): Promise<void> {
    if (!this.#end) {
      this.#leave({ by: "us", code, reason });
      // A paused socket would never show the peer's close frame.
      this.#socket.resume();
      this.#socket.close(code, fitReason(reason));
    }
    const timer = setTimeout(() => this.#socket.terminate(), graceMs);
    await this.closed;
    clearTimeout(timer);
  }

  terminate(): void {
    this.#leave({ by: "us", reason: "terminated" });
    this.#socket.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.terminate();
    await this.closed;
  }

  #receive(bytes: Buffer): void {
    const text = bytes.length < SHORT_MESSAGE_BYTES
      ? bytes.toString()
      : decoder.decode(bytes);
    this.#inbox.put(text);
    if (this.#inbox.size === 0) return;
    this.#unreadLength += text.length;
    if (
      this.#inbox.size >= READ_AHEAD_FRAMES ||
      this.#unreadLength >= READ_AHEAD_LENGTH
    ) {
      this.#socket.pause();
    }
  }

  #resumeReading(): void {
    this.#unreadLength = 0;
    if (this.#socket.isPaused) this.#socket.resume();
  }

  /** Sends `frames[start..end)`, none of them in chunks, as one write. */
  #sendWhole(
    frames: readonly OutgoingFrame[],
    start: number,
    end: number,
  ): Promise<void> {
    return this.#step<void>((resolve, reject) => {
      this.#stream.cork();
      for (let index = start; index < end - 1; index++) {
        this.#socket.send(frames[index] as string, TEXT);
      }
      // Written in order, so the last one's word is good for all.
      this.#socket.send(
        frames[end - 1] as string,
        TEXT,
        (error) => error ? reject(error) : resolve(),
      );
      this.#stream.uncork();
    });
  }

  /**
   * Sends chunks as the fragments of one message. An empty fragment ends it,
   * so that no chunk is kept back to see whether it is the last: its source may
   * use the buffer again as soon as the next chunk is asked for.
   */
  async #sendInParts(
    chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
  ): Promise<void> {
    const source = chunks[Symbol.asyncIterator]();
    try {
      for (
        let part = await this.#pull(source);
        part !== undefined;
        part = await this.#pull(source)
      ) {
        await this.#sendPart(part, TEXT_PART);
      }
      await this.#sendPart(NOTHING, TEXT);
    } catch (error) {
      if (!this.#end) this.#abandonMessage();
      source.return?.().catch(() => {});
      throw error;
    }
  }

  #sendPart(
    part: Uint8Array<ArrayBuffer>,
    options: typeof TEXT | typeof TEXT_PART,
  ): Promise<void> {
    return this.#step<void>((resolve, reject) =>
      this.#socket.send(
        part,
        options,
        (error) => error ? reject(error) : resolve(),
      )
    );
  }

  #pull(
    source: AsyncIterator<Uint8Array<ArrayBuffer>>,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#step((resolve, reject) => {
      source.next().then(
        ({ done, value }) => resolve(done ? undefined : value),
        reject,
      );
    });
  }

  /** One step of a `send`: rejected at once when the channel is closed. */
  #step<T>(
    start: (
      resolve: (value: T) => void,
      reject: (error: Error) => void,
    ) => void,
  ): Promise<T> {
    if (this.#end) return Promise.reject(closedError(this.#end.reason));
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#interruptSend = reject;
    start(resolve, reject);
    return promise;
  }

  /** Half a message cannot be taken back: the connection ends with a reason. */
  #abandonMessage(): void {
    void this.close(1011, "A message could not be completed");
  }

  #leave(end: ChannelEnd): void {
    this.#inbox.drain();
    this.#conclude(end);
  }

  #conclude(end: ChannelEnd): void {
    this.#end ??= end;
    this.#interruptSend?.(closedError(this.#end.reason));
    this.#inbox.end();
  }

  #onClose(code: number, reason: string): void {
    this.#conclude(this.#toEnd(code, reason));
    if (this.#end) this.#settle(this.#end);
  }

  #toEnd(code: number, reason: string): ChannelEnd {
    if (this.#error) {
      const { message } = this.#error;
      return { by: "error", reason: message, ...this.#socket.sentClose };
    }
    // 1005 and 1006 are never on the wire: they say that nothing was.
    if (code === 1005) return { by: "peer", reason: "Closed without a code" };
    if (code === 1006) return { by: "peer", reason: "Connection ended" };
    return { by: "peer", code, reason };
  }
}

/** How many frames from `start` on go out in one write: its end index. */
function endOfWrite(frames: readonly OutgoingFrame[], start: number): number {
  let length = 0;
  let end = start;
  while (end < frames.length && length < WRITTEN_AT_ONCE) {
    const frame = frames[end] as OutgoingFrame;
    if (isChunked(frame)) break;
    length += frame.length;
    end++;
  }
  return end;
}

/** The reason, cut to the 123 bytes that a close frame has room for. */
function fitReason(reason: string): string {
  const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(123));
  return reason.slice(0, read);
}
