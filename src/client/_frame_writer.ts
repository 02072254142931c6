import type { Channel } from "../transport/mod.ts";

/**
 * The only writer of a connection: frames leave in order, and those that come
 * up while one batch is written, or in the same turn, leave as the next.
 */
export class FrameWriter {
  readonly #channel: Channel;
  #batch: string[] = [];
  #sending: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** Resolves when the frame was written; rejects when it can't be. */
  send(frame: string): Promise<void> {
    this.#batch.push(frame);
    return this.#next ??= this.#flush();
  }

  async #flush(): Promise<void> {
    await this.#sending;
    const batch = this.#batch;
    this.#batch = [];
    this.#sending = this.#channel.send(batch);
    this.#next = undefined;
    await this.#sending;
  }
}
