import type { OutputStream } from "../protocol/mod.ts";
import type { Delta } from "./_deltas.ts";
import { CHUNK_BYTES } from "./_pump.ts";
import type { OutputConsumer } from "./output_consumer.ts";

/** By the number that stands for each in memory. */
const STREAMS = ["stdout", "stderr"] as const;

/** A piece of output and where it ends. */
export interface Piece extends Delta {
  /** Bytes of both outputs that were written up to its end. */
  readonly cursor: number;
}

/**
 * The last bytes that a program wrote, of both outputs in the order in which
 * they were read and numbered from its start on. With somebody following, the
 * program waits for them and nothing is dropped in front of them; without, it
 * never waits and the oldest bytes go.
 */
export class Scrollback implements OutputConsumer {
  readonly #keptBytes: number;
  readonly #pieceBytes: number;
  readonly #size: number;
  /** A ring: the byte number `n` stands at `n % size`. */
  #bytes = new Uint8Array(0);
  /** For each byte, the output that it belongs to. */
  #streams = new Uint8Array(0);
  #start = 0;
  #end = 0;
  /** Where outputs end that reached their cap. */
  readonly #capAt: Partial<Record<OutputStream, number>> = {};
  /** How far the one who follows is; nothing if nobody does. */
  #followedTo: number | undefined;
  readonly #waiting = new Set<{ until: number; resolve: () => void }>();
  #onChange: (() => void) | undefined;
  #isClosed = false;

  /**
   * @param keptBytes How much is kept while nobody follows.
   * @param pieceBytes Most that is taken of one output at a time.
   */
  constructor(keptBytes: number, pieceBytes: number = CHUNK_BYTES) {
    this.#keptBytes = keptBytes;
    this.#pieceBytes = pieceBytes;
    this.#size = sizeOf(keptBytes, pieceBytes);
  }

  /** The memory that one takes which keeps so many bytes. */
  static memoryBytes(keptBytes: number): number {
    return 2 * sizeOf(keptBytes, CHUNK_BYTES);
  }

  /** Number of the first byte that is kept. */
  get start(): number {
    return this.#start;
  }

  /** How many bytes were written in all. */
  get end(): number {
    return this.#end;
  }

  /** Whether nothing more will come. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  take(
    stream: OutputStream,
    bytes: Uint8Array<ArrayBuffer>,
    capReached: boolean,
  ): Promise<void> | undefined {
    if (this.#isClosed) return undefined;
    this.#append(STREAMS.indexOf(stream), bytes);
    if (capReached) this.#capAt[stream] = this.#end;
    this.#move();
    const until = this.#end;
    if (until <= (this.#followedTo ?? Infinity)) return undefined;
    return new Promise((resolve) => this.#waiting.add({ until, resolve }));
  }

  leave(): void {
    this.#isClosed = true;
    this.unfollow();
  }

  /** Says that nothing more will come. What is kept stays. */
  close(): void {
    this.#isClosed = true;
    this.#change();
  }

  /**
   * Somebody has, or does not want, what comes before; what comes from there on
   * is held for them. They can go back, to {@linkcode Scrollback.start}.
   */
  follow(cursor: number): void {
    this.#followedTo = cursor;
    this.#move();
  }

  /** Nobody follows any more. */
  unfollow(): void {
    this.#followedTo = undefined;
    this.#move();
  }

  /**
   * What comes next, of one output and in one piece; nothing if there is
   * nothing yet. The bytes are valid until more of them are taken in.
   *
   * @param cursor A number that is kept, or the end.
   */
  read(cursor: number): Piece | undefined {
    if (cursor >= this.#end) return undefined;
    const at = cursor % this.#size;
    const most = Math.min(
      this.#end - cursor,
      this.#size - at,
      this.#pieceBytes,
    );
    const which = this.#streams[at]!;
    const other = this.#streams.subarray(at, at + most).indexOf(1 - which);
    const length = other < 0 ? most : other;
    const stream = STREAMS[which]!;
    const end = cursor + length;
    return {
      stream,
      bytes: this.#bytes.subarray(at, at + length),
      capReached: this.#capAt[stream] === end,
      cursor: end,
    };
  }

  /** Calls once when there is more, or when nothing more will come. */
  onChange(call: () => void): void {
    this.#onChange = call;
  }

  #append(which: number, bytes: Uint8Array<ArrayBuffer>): void {
    if (bytes.length > 0 && this.#bytes.length === 0) {
      this.#bytes = new Uint8Array(this.#size);
      this.#streams = new Uint8Array(this.#size);
    }
    const at = this.#end % this.#size;
    const head = bytes.subarray(0, this.#size - at);
    const tail = bytes.subarray(head.length);
    this.#bytes.set(head, at);
    this.#bytes.set(tail);
    this.#streams.fill(which, at, at + head.length);
    this.#streams.fill(which, 0, tail.length);
    this.#end += bytes.length;
  }

  /** After any change: drops what may go, and lets go who need not wait. */
  #move(): void {
    const free = this.#followedTo ?? Infinity;
    const oldest = Math.min(this.#end - this.#keptBytes, free);
    this.#start = Math.max(this.#start, oldest);
    for (const one of this.#waiting) {
      if (one.until > free) continue;
      this.#waiting.delete(one);
      one.resolve();
    }
    this.#change();
  }

  #change(): void {
    const call = this.#onChange;
    this.#onChange = undefined;
    call?.();
  }
}

/** What is kept, and a piece of each output that waits to be followed. */
function sizeOf(keptBytes: number, pieceBytes: number): number {
  return keptBytes + STREAMS.length * pieceBytes;
}
