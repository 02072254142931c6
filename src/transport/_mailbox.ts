/**
 * A queue with one consumer: what was put comes out in order, and a consumer
 * that finds nothing waits. After `end` the rest is delivered, then iteration
 * is done.
 */
export class Mailbox<T> implements AsyncIterableIterator<T> {
  #items: T[] = [];
  #head = 0;
  #waiters: ((result: IteratorResult<T>) => void)[] = [];
  #ended = false;
  readonly #onHungry: (() => void) | undefined;

  /** `onHungry` runs whenever a consumer asks and nothing is there. */
  constructor(onHungry?: () => void) {
    this.#onHungry = onHungry;
  }

  /** How many items wait for the consumer. */
  get size(): number {
    return this.#items.length - this.#head;
  }

  /** Whether `end` was called. */
  get isEnded(): boolean {
    return this.#ended;
  }

  /** Adds an item. Does nothing after `end`. */
  put(item: T): void {
    if (this.#ended) return;
    const waiter = this.#waiters.shift();
    if (waiter) waiter({ done: false, value: item });
    else this.#items.push(item);
  }

  /** Takes no more items; those that wait are still delivered. */
  end(): void {
    this.#ended = true;
    for (const waiter of this.#waiters.splice(0)) {
      waiter({ done: true, value: undefined });
    }
  }

  /** Ends, and gives back what nobody consumed. */
  drain(): T[] {
    this.end();
    const rest = this.#items.slice(this.#head);
    this.#items = [];
    this.#head = 0;
    return rest;
  }

  /** The next item, at once if one is there. */
  next(): Promise<IteratorResult<T>> {
    if (this.#head < this.#items.length) {
      const value = this.#items[this.#head] as T;
      this.#items[this.#head++] = undefined as T;
      if (this.#head === this.#items.length) {
        this.#items = [];
        this.#head = 0;
      }
      return Promise.resolve({ done: false, value });
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    const { promise, resolve } = Promise.withResolvers<IteratorResult<T>>();
    this.#waiters.push(resolve);
    this.#onHungry?.();
    return promise;
  }

  /** Leaves the loop: drops what is there and takes nothing more. */
  return(): Promise<IteratorResult<T>> {
    this.drain();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
