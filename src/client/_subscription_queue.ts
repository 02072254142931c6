import {
  NotificationOverflowError,
  type Subscription,
} from "./subscription.ts";

interface End {
  readonly error?: unknown;
}

/** The inner side of a {@linkcode Subscription}. */
export class SubscriptionQueue<T> implements Subscription<T> {
  readonly #limit: number;
  #pauses: boolean;
  readonly #onEnd: () => void;
  readonly #queue: T[] = [];
  readonly #waiting: PromiseWithResolvers<IteratorResult<T>>[] = [];
  #end: End | undefined;
  #room: PromiseWithResolvers<void> | undefined;

  /** `onEnd` runs once, whatever ends it. */
  constructor(
    { limit, pauses }: { readonly limit: number; readonly pauses: boolean },
    onEnd: () => void,
  ) {
    this.#limit = limit;
    this.#pauses = pauses;
    this.#onEnd = onEnd;
  }

  /**
   * Settles when there is room, where this one is not cut off for having none;
   * nothing where nobody has to wait.
   */
  get room(): Promise<void> | undefined {
    return this.#room?.promise;
  }

  /** From now on nobody waits for this one to be read. */
  letGo(): void {
    this.#pauses = false;
    this.#makeRoom();
  }

  /** Hands over one notification; after the end it does nothing. */
  put(notification: T): void {
    if (this.#end !== undefined) return;
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      waiting.resolve({ done: false, value: notification });
    } else if (this.#pauses || this.#queue.length < this.#limit) {
      this.#queue.push(notification);
      if (this.#pauses && this.#queue.length >= this.#limit) {
        this.#room ??= Promise.withResolvers();
      }
    } else {
      this.end({ error: new NotificationOverflowError(this.#limit) });
    }
  }

  /** Takes no more: what waits is delivered, then the loop ends or throws. */
  end(end: End = {}): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#makeRoom();
    this.#onEnd();
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if ("error" in end) reject(end.error);
      else resolve({ done: true, value: undefined });
      // Only the first is told; a loop has no second.
      end = this.#end = {};
    }
  }

  /** The next notification. Throws once where the subscription was cut. */
  next(): Promise<IteratorResult<T>> {
    if (this.#queue.length > 0) {
      const value = this.#queue.shift()!;
      if (this.#queue.length < this.#limit) this.#makeRoom();
      return Promise.resolve({ done: false, value });
    }
    if (this.#end === undefined) {
      const waiting = Promise.withResolvers<IteratorResult<T>>();
      this.#waiting.push(waiting);
      return waiting.promise;
    }
    const end = this.#end;
    this.#end = {};
    return "error" in end
      ? Promise.reject(end.error)
      : Promise.resolve({ done: true, value: undefined });
  }

  /** Ends the subscription and forgets what waits. */
  return(): Promise<IteratorResult<T>> {
    this[Symbol.dispose]();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** As {@linkcode Subscription.return}. */
  [Symbol.dispose](): void {
    this.end();
    this.#end = {};
    this.#queue.length = 0;
  }

  /** Itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}
