import { closedError, isChunked } from "./_frames.ts";
import { Mailbox } from "./_mailbox.ts";
import type {
  Channel,
  ChannelEnd,
  IncomingFrame,
  OutgoingFrame,
} from "./channel.ts";

/** Frames that may wait for the other side before `send` waits too. */
const MAX_WAITING_FRAMES = 64;

/**
 * Two channels joined in memory: what one sends, the other's `frames` yields.
 *
 * For embedding a server in a process without any port, and for tests. `send`
 * waits while the other side leaves more than a few dozen frames unread. A
 * frame in chunks is joined to one text.
 *
 * @example
 * ```ts
 * import { createMemoryChannelPair } from "@gangway/app-server";
 *
 * const [server, client] = createMemoryChannelPair();
 * await client.send(['{"method":"initialized"}']);
 * for await (const frame of server.frames) {
 *   console.log(frame);
 *   break;
 * }
 * client.terminate();
 * ```
 */
export function createMemoryChannelPair(): [Channel, Channel] {
  const left = new MemoryChannel();
  const right = new MemoryChannel();
  left.join(right);
  right.join(left);
  return [left, right];
}

class MemoryChannel implements Channel {
  readonly origin = "memory";
  readonly peer = "memory";
  readonly droppable = false;
  readonly closed: Promise<ChannelEnd>;
  readonly #settle: (end: ChannelEnd) => void;
  readonly #inbox: Mailbox<IncomingFrame>;
  /** Itself until joined. */
  #other: MemoryChannel = this;
  #end: ChannelEnd | undefined;
  #onRoom: PromiseWithResolvers<void> | undefined;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<ChannelEnd>();
    this.closed = promise;
    this.#settle = resolve;
    this.#inbox = new Mailbox(() => this.#other.#roomFound());
  }

  join(other: MemoryChannel): void {
    this.#other = other;
  }

  get frames(): AsyncIterable<IncomingFrame> {
    return this.#inbox;
  }

  async send(frames: readonly OutgoingFrame[]): Promise<void> {
    for (const frame of frames) {
      const text = await toText(frame);
      if (this.#end) throw closedError(this.#end.reason);
      const inbox = this.#other.#inbox;
      inbox.put(text);
      if (inbox.size >= MAX_WAITING_FRAMES) {
        this.#onRoom = Promise.withResolvers();
        await this.#onRoom.promise;
      }
    }
  }

  close(code: number, reason: string): Promise<void> {
    this.#other.#finish({ by: "peer", code, reason });
    this.#inbox.drain();
    this.#finish({ by: "us", code, reason });
    return Promise.resolve();
  }

  terminate(): void {
    this.#other.#finish({ by: "peer", reason: "terminated" });
    this.#inbox.drain();
    this.#finish({ by: "us", reason: "terminated" });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.terminate();
    return Promise.resolve();
  }

  #roomFound(): void {
    this.#onRoom?.resolve();
    this.#onRoom = undefined;
  }

  #finish(end: ChannelEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.#inbox.end();
    this.#onRoom?.reject(closedError(end.reason));
    this.#settle(end);
  }
}

async function toText(frame: OutgoingFrame): Promise<string> {
  if (typeof frame === "string") return frame;
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  if (!isChunked(frame)) return decoder.decode(frame);
  let text = "";
  for await (const chunk of frame) {
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
