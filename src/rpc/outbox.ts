import type { Merge } from "../protocol/mod.ts";
import type { Channel, OutgoingFrame } from "../transport/channel.ts";
import { closeCodes } from "./_close_codes.ts";

/** What is queued, as a whole or to be joined with what comes after it. */
export interface OutboxNotification {
  /** The encoded notification. */
  readonly text: string;
  /** The same again with other parameters, for a merge. */
  readonly encode: (params: unknown) => string;
  /** Its parameters. */
  readonly params: unknown;
  /** How it joins an earlier one of the same key that still waits. */
  readonly merge?: Merge<unknown>;
  /** Whether the caller waits for the write before it produces more. */
  readonly paced?: boolean;
}

/** Bounds of an outbox. */
export interface OutboxLimits {
  /**
   * Bytes of requests and notifications that may wait for a peer that can be
   * cut. Replies are bounded otherwise: no more requests are read.
   */
  readonly maxQueuedBytes: number;
  /**
   * How long such a peer may take nothing at all while requests and
   * notifications wait for it that nobody paces.
   */
  readonly stallMs: number;
}

interface Entry {
  frame: OutgoingFrame;
  /** What is in memory of it and not bounded by whoever made it. */
  bytes: number;
  /** As much of that as is a reason to cut the peer. */
  looseBytes: number;
  notification?: OutboxNotification;
  written: (() => void)[];
}

/** Bytes of small frames that are handed to the channel at a time. */
const BATCH_BYTES = 256 * 1024;

/**
 * The only writer of a connection. Frames leave in the order in which they were
 * pushed.
 *
 * A peer that does not read is waited for, for as long as what waits is bounded
 * elsewhere: replies (no more requests are read) and paced notifications (no
 * more are made). What is loose can't be held back, so it is a reason to cut the
 * peer off, where its channel allows that: when too much of it waits, or when
 * the peer takes nothing while any of it waits. A peer whose machine is gone is
 * found by the system, which gives up on bytes that are never acknowledged.
 */
export class Outbox implements Disposable {
  readonly #channel: Channel;
  readonly #limits: OutboxLimits;
  #queue: Entry[] = [];
  /** Entries that later ones may still join, by key. */
  readonly #open = new Map<string, Entry>();
  #queuedBytes = 0;
  #looseBytes = 0;
  /** Since when something loose has waited without a break. */
  #looseAt = 0;
  #sending: Promise<void> | undefined;
  readonly #onWritten: () => void;
  #stallTimer: ReturnType<typeof setTimeout> | undefined;
  #progressAt = 0;
  #closed = false;
  #onIdle: (() => void)[] = [];

  /** @param onWritten Called whenever less waits than before. */
  constructor(
    channel: Channel,
    limits: OutboxLimits,
    onWritten: () => void = () => {},
  ) {
    this.#channel = channel;
    this.#limits = limits;
    this.#onWritten = onWritten;
  }

  /**
   * Bytes in memory that wait to be written, without paced notifications: a
   * client that takes none of its programs' output can still end them.
   */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Whether it takes nothing any more. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** How long the peer has taken nothing of what waits, in milliseconds. */
  get stalledMs(): number {
    if (this.#sending === undefined) return 0;
    return performance.now() - this.#progressAt;
  }

  /**
   * Queues a reply. It may be as long as it likes: whoever has many of them
   * waiting is not read from, which bounds them.
   *
   * @param written Called once the frame was written, or will never be.
   */
  reply(frame: OutgoingFrame, written?: () => void): void {
    this.#push(frame, { looseBytes: 0 }, written);
  }

  /**
   * Queues a paced notification.
   *
   * @param written Called once it was written, or will never be: only then may
   * the bytes change.
   */
  stream(frame: Uint8Array<ArrayBuffer>, written: () => void): void {
    this.#push(frame, { bytes: 0 }, written);
  }

  /** Queues a request to the peer. */
  request(frame: string): void {
    this.#push(frame);
  }

  /**
   * Queues a notification, or joins it with one that waits.
   *
   * @param written Called once it was written, or will never be.
   */
  notify(notification: OutboxNotification, written?: () => void): void {
    if (this.#closed) {
      written?.();
      return;
    }
    const { merge, text } = notification;
    if (merge === undefined) {
      if (this.#open.size > 0) this.#open.clear();
    } else {
      const earlier = this.#open.get(merge.key);
      if (earlier !== undefined && this.#join(earlier, notification, merge)) {
        if (written) earlier.written.push(written);
        this.#cutIfOver();
        return;
      }
    }
    const bytes = notification.paced ? 0 : text.length;
    const entry: Entry = {
      frame: text,
      bytes,
      looseBytes: bytes,
      written: written ? [written] : [],
    };
    if (merge !== undefined) {
      entry.notification = notification;
      this.#open.set(merge.key, entry);
    }
    this.#enqueue(entry);
  }

  /** Whether nothing waits. */
  get isIdle(): boolean {
    return this.#sending === undefined;
  }

  /** Settles when nothing waits any more, or when the outbox is closed. */
  idle(): Promise<void> {
    if (this.isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  /** Forgets what waits and takes nothing more. Idempotent. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    // The first use of a timer, this one too, costs a process 10 ms.
    if (this.#stallTimer !== undefined) clearTimeout(this.#stallTimer);
    const dropped = this.#queue.splice(0);
    this.#open.clear();
    this.#queuedBytes = this.#looseBytes = 0;
    for (const entry of dropped) settle(entry);
    for (const resolve of this.#onIdle.splice(0)) resolve();
    this.#onWritten();
  }

  /** Joins a notification with one that waits, if the two are to be joined. */
  #join(
    earlier: Entry,
    notification: OutboxNotification,
    merge: Merge<unknown>,
  ): boolean {
    const { isOrdered = false, behindBytes = 0 } = merge;
    if (isOrdered && this.#queue.at(-1) !== earlier) return false;
    if (this.#queuedBytes < behindBytes) return false;
    const params = merge.join(
      earlier.notification!.params,
      notification.params,
    );
    if (params === undefined) return false;
    const text = notification.encode(params);
    const bytes = notification.paced ? 0 : text.length;
    this.#count(bytes - earlier.bytes, bytes - earlier.looseBytes);
    earlier.frame = text;
    earlier.bytes = earlier.looseBytes = bytes;
    earlier.notification = { ...notification, params, text };
    return true;
  }

  #push(
    frame: OutgoingFrame,
    { bytes = lengthOf(frame), looseBytes = bytes }: Partial<Entry> = {},
    written?: () => void,
  ): void {
    if (this.#closed) {
      written?.();
      return;
    }
    // What comes later must not be told before this.
    if (this.#open.size > 0) this.#open.clear();
    this.#enqueue({
      frame,
      bytes,
      looseBytes,
      written: written ? [written] : [],
    });
  }

  #count(bytes: number, looseBytes: number): void {
    if (this.#looseBytes === 0) this.#looseAt = performance.now();
    this.#queuedBytes += bytes;
    this.#looseBytes += looseBytes;
  }

  #enqueue(entry: Entry): void {
    this.#queue.push(entry);
    this.#count(entry.bytes, entry.looseBytes);
    this.#sending ??= this.#drain();
    this.#watchForStall();
    this.#cutIfOver();
  }

  async #drain(): Promise<void> {
    this.#progressAt = performance.now();
    // Frames that are pushed in the same tick leave as one batch.
    await undefined;
    try {
      while (this.#queue.length > 0 && !this.#closed) {
        const batch = this.#takeBatch();
        await this.#channel.send(batch.map((entry) => this.#observe(entry)));
        this.#progressAt = performance.now();
        for (const entry of batch) {
          this.#count(-entry.bytes, -entry.looseBytes);
          settle(entry);
        }
        this.#onWritten();
      }
    } catch (error) {
      // Mostly the peer is gone, and closing changes nothing. But a source that
      // failed in the middle of its message leaves no other way to say so.
      this[Symbol.dispose]();
      const words = error instanceof Error ? error.message : String(error);
      this.#channel.close(
        closeCodes.internalError,
        `a message broke off: ${words}`,
      ).catch(() => {});
    } finally {
      this.#sending = undefined;
      for (const resolve of this.#onIdle.splice(0)) resolve();
    }
  }

  #takeBatch(): Entry[] {
    const batch: Entry[] = [];
    let bytes = 0;
    for (const entry of this.#queue) {
      batch.push(entry);
      bytes += typeof entry.frame === "string"
        ? entry.frame.length
        : BATCH_BYTES;
      if (bytes >= BATCH_BYTES) break;
    }
    this.#queue.splice(0, batch.length);
    for (const { notification } of batch) {
      if (notification?.merge) this.#open.delete(notification.merge.key);
    }
    return batch;
  }

  /** A long frame makes progress with every piece of it that is taken. */
  #observe(entry: Entry): OutgoingFrame {
    const { frame } = entry;
    if (typeof frame === "string" || frame instanceof Uint8Array) return frame;
    const progress = () => {
      this.#progressAt = performance.now();
    };
    return (async function* () {
      for await (const chunk of frame) {
        progress();
        yield chunk;
      }
    })();
  }

  #cutIfOver(): void {
    const { maxQueuedBytes } = this.#limits;
    if (!this.#channel.droppable || this.#looseBytes <= maxQueuedBytes) return;
    this.#cut(
      `the peer does not read: more than ${maxQueuedBytes} bytes wait for it`,
    );
  }

  /** One timer for many sends: it looks again when it fires too early. */
  #watchForStall(): void {
    if (
      this.#looseBytes === 0 || this.#stallTimer !== undefined ||
      !this.#channel.droppable || this.#closed
    ) return;
    const { stallMs } = this.#limits;
    const begun = () => Math.max(this.#progressAt, this.#looseAt);
    const left = begun() + stallMs - performance.now();
    const timer = setTimeout(() => {
      this.#stallTimer = undefined;
      if (this.#looseBytes > 0 && performance.now() - begun() >= stallMs) {
        this.#cut(`the peer took nothing for ${stallMs} ms`);
      } else this.#watchForStall();
    }, Math.max(left, 0));
    Deno.unrefTimer(timer);
    this.#stallTimer = timer;
  }

  #cut(reason: string): void {
    this[Symbol.dispose]();
    this.#channel.close(closeCodes.tryAgainLater, reason).catch(() => {});
  }
}

/** What is in memory of it: pieces are made only when their turn has come. */
function lengthOf(frame: OutgoingFrame): number {
  if (typeof frame === "string") return frame.length;
  return frame instanceof Uint8Array ? frame.byteLength : 0;
}

function settle(entry: Entry): void {
  for (const written of entry.written.splice(0)) written();
}
