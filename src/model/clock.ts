/** The time, and waiting for it. */
export interface Clock {
  /** The present, in milliseconds since 1970. */
  now(): number;
  /**
   * Resolves after that many milliseconds.
   *
   * @throws {unknown} the signal's reason.
   */
  delay(ms: number, options: { readonly signal: AbortSignal }): Promise<void>;
}

/** The clock of the system. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  delay: (ms: number, { signal }: { readonly signal: AbortSignal }) =>
    new Promise<void>((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const abort = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", abort);
        resolve();
      }, ms);
      signal.addEventListener("abort", abort, { once: true });
    }),
});
