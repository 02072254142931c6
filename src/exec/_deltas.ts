import type { OutputStream } from "../protocol/mod.ts";
import type { OutputConsumer } from "./output_consumer.ts";

/** One piece of output, as notifications carry it. */
export interface Delta {
  readonly stream: OutputStream;
  readonly deltaBase64: string;
  readonly capReached: boolean;
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
    const sent = this.#send({
      stream,
      deltaBase64: bytes.toBase64(),
      capReached,
    });
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
