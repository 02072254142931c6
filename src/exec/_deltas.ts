import type { OutputStream } from "../protocol/mod.ts";
import type { OutputConsumer } from "./output_consumer.ts";

/** One piece of output. */
export interface Delta {
  readonly stream: OutputStream;
  /** Only valid while the piece is handed over. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether nothing more of this output will come. */
  readonly capReached: boolean;
  /** Bytes of both outputs up to its end, where they are counted. */
  readonly cursor?: number;
}

/** Sends output on as it comes: of each stream one piece at a time. */
export class Deltas implements OutputConsumer {
  readonly #send: (delta: Delta) => Promise<void>;
  readonly #waiting = new Set<() => void>();
  #hasLeft = false;

  /** @param send Sends a piece; resolves when the next one may be read. */
  constructor(send: (delta: Delta) => Promise<void>) {
    this.#send = send;
  }

  take(
    stream: OutputStream,
    bytes: Uint8Array<ArrayBuffer>,
    capReached: boolean,
  ): Promise<void> | undefined {
    if (this.#hasLeft) return undefined;
    const sent = this.#send({ stream, bytes, capReached });
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
      sent.then(() => {
        this.#waiting.delete(resolve);
        resolve();
      });
    });
  }

  leave(): void {
    this.#hasLeft = true;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
