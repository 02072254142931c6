import { within } from "./deadline.ts";
import { type Json, parseJson } from "./json.ts";

/** One message of the server; `json` is undefined when it was no JSON. */
export interface Message {
  readonly raw: string;
  readonly json: Json | undefined;
}

/** One websocket control or binary frame of the server. */
export interface ReceivedFrame {
  readonly opcode: number;
  readonly data: string;
  /** Close code; only on a close frame that carries one. */
  readonly code?: number;
}

/** What a connection has received and no step has taken yet. */
export class Inbox {
  readonly messages: Message[] = [];
  readonly frames: ReceivedFrame[] = [];
  #closed: string | undefined;
  #changed = Promise.withResolvers<void>();

  /** Why nothing more will come, or undefined while the connection is open. */
  get closed(): string | undefined {
    return this.#closed;
  }

  push(raw: string): void {
    this.messages.push({ raw, json: parseJson(raw) });
    this.#wake();
  }

  pushFrame(frame: ReceivedFrame): void {
    this.frames.push(frame);
    this.#wake();
  }

  /** Marks the end; the first reason stays. */
  close(reason: string): void {
    this.#closed ??= reason;
    this.#wake();
  }

  /** Takes the first message that `isWanted`, waiting at most `limitMs`. */
  takeMessage(
    isWanted: (message: Message) => boolean,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<Message | undefined> {
    return this.#until(() => take(this.messages, isWanted), limitMs, signal);
  }

  /**
   * The index of the first message from `start` on that `isWanted`, waiting at
   * most `limitMs`. Nothing is taken.
   */
  findMessage(
    start: number,
    isWanted: (message: Message) => boolean,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    let next = start;
    return this.#until(
      () => {
        for (; next < this.messages.length; next++) {
          if (isWanted(this.messages[next]!)) return next;
        }
        return undefined;
      },
      limitMs,
      signal,
    );
  }

  /** Takes the first frame that `isWanted`, waiting at most `limitMs`. */
  takeFrame(
    isWanted: (frame: ReceivedFrame) => boolean,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<ReceivedFrame | undefined> {
    return this.#until(() => take(this.frames, isWanted), limitMs, signal);
  }

  /** The reason of the end, or undefined when it does not come in `limitMs`. */
  waitClosed(
    limitMs: number,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    return this.#until(() => this.#closed, limitMs, signal);
  }

  async #until<T>(
    find: () => T | undefined,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      const leftMs = deadline - performance.now();
      if (leftMs <= 0 || this.#closed !== undefined) return undefined;
      await within(this.#changed.promise, leftMs, signal);
    }
  }

  #wake(): void {
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers();
    resolve();
  }
}

function take<T>(items: T[], isWanted: (item: T) => boolean): T | undefined {
  const index = items.findIndex(isWanted);
  return index < 0 ? undefined : items.splice(index, 1)[0];
}
