/** Named points at which a scripted answer waits for its case. */
export class Gates {
  readonly #gates = new Map<string, PromiseWithResolvers<void>>();

  /** Lets everything through that waits or will wait at `name`. */
  open(name: string): void {
    this.#gate(name).resolve();
  }

  /** Resolves once `name` is open; throws the reason of `signal` on abort. */
  async wait(name: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const abort = () => aborted.reject(signal.reason);
    signal.addEventListener("abort", abort);
    try {
      await Promise.race([this.#gate(name).promise, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  #gate(name: string): PromiseWithResolvers<void> {
    const gate = this.#gates.get(name) ?? Promise.withResolvers<void>();
    this.#gates.set(name, gate);
    return gate;
  }
}
