import type { OutputStream } from "../protocol/mod.ts";
import type { Output } from "../spawn/mod.ts";
import type { Deadlines } from "./_deadlines.ts";
import { OutputCap } from "./_output_cap.ts";
import type { OutputConsumer } from "./output_consumer.ts";

/** Most that is read, and sent on, at a time. */
export const CHUNK_BYTES = 64 * 1024;

/** A read that waits for so long, in milliseconds, found the pipe empty. */
const QUIET_MS = 50;

/**
 * Most that is read after the time is up. All that was in the pipe then is
 * less: Linux lets nobody but root make a pipe longer.
 */
const LATE_BYTES = 1024 * 1024;

/** What a {@linkcode Pump} works with. */
export interface PumpOptions {
  /** Gives who takes the next piece. */
  readonly consumer: () => OutputConsumer;
  readonly deadlines: Deadlines;
}

/** Carries one output of a program to its consumer, piece by piece. */
export class Pump {
  readonly #stream: OutputStream;
  readonly #output: Output;
  readonly #cap: OutputCap;
  readonly #consumer: () => OutputConsumer;
  #isLate = false;
  #lateBytes = 0;
  #readSince: number | undefined;
  readonly #deadlines: Deadlines;
  #quiet: Disposable | undefined;
  #isTimedOut = false;

  /**
   * @param capBytes How much is passed on.
   */
  constructor(
    stream: OutputStream,
    output: Output,
    capBytes: number,
    { consumer, deadlines }: PumpOptions,
  ) {
    this.#stream = stream;
    this.#output = output;
    this.#cap = new OutputCap(capBytes);
    this.#consumer = consumer;
    this.#deadlines = deadlines;
  }

  /** Whether as much as is passed on was written. */
  get isCapReached(): boolean {
    return this.#cap.isReached;
  }

  /** Whether somebody still held the output when it was given up. */
  get isTimedOut(): boolean {
    return this.#isTimedOut;
  }

  /**
   * Runs until the end of the output, or until it is given up. While one piece
   * is on its way the next one is read, and no more: a terminal holds so little
   * itself that its program would stand still all that time.
   */
  async run(): Promise<void> {
    let onItsWay: Promise<void> | undefined;
    while (true) {
      const bytes = await this.#read();
      await onItsWay;
      if (bytes === undefined) return;
      const taken = this.#cap.take(bytes);
      if (taken === undefined) continue;
      const { isReached } = this.#cap;
      onItsWay = this.#consumer().take(this.#stream, taken, isReached);
      onItsWay?.catch(() => {}); // it is awaited above, but perhaps late
    }
  }

  /**
   * Ends it as soon as there is nothing left to be read. Somebody may keep the
   * output open for ever, but a consumer that is slow loses nothing by that.
   */
  giveUp(): void {
    if (this.#isLate) return;
    this.#isLate = true;
    if (this.#readSince === undefined) return;
    // Whoever holds it did not write, and the time for that is up.
    this.#isTimedOut = true;
    this.#watch(this.#readSince + QUIET_MS - performance.now());
  }

  async #read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#lateBytes >= LATE_BYTES) {
      this.#stop();
      return undefined;
    }
    this.#readSince = performance.now();
    if (this.#isLate) this.#watch(QUIET_MS);
    try {
      const bytes = await this.#output.read(CHUNK_BYTES);
      if (this.#isLate) this.#lateBytes += bytes?.length ?? 0;
      return bytes;
    } finally {
      this.#readSince = undefined;
      this.#quiet?.[Symbol.dispose]();
    }
  }

  #watch(ms: number): void {
    if (ms <= 0) this.#stop();
    else this.#quiet = this.#deadlines.set(ms, () => this.#stop());
  }

  #stop(): void {
    this.#isTimedOut = true;
    this.#output.cancel();
  }
}
