/** Lets questions be asked one after the other. */
export class QuestionQueue {
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Waits until all earlier questions are settled.
   *
   * @throws {unknown} the signal's reason, or what the work throws.
   */
  async inTurn<T>(
    { signal }: { readonly signal: AbortSignal },
    work: () => Promise<T>,
  ): Promise<T> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    try {
      await before;
      signal.throwIfAborted();
      return await work();
    } finally {
      resolve();
    }
  }
}
