/** The time, and waiting for it. */
export interface Clock {
  /** The present, in milliseconds since 1970. */
  now(): number;
  /**
   * Resolves after that many milliseconds, 24 days at most.
   *
   * @throws {unknown} the signal's reason.
   */
  delay(ms: number, options: { readonly signal: AbortSignal }): Promise<void>;
}

/** A timer that is to wait for longer does not wait at all. */
const longestTimerMs = 2 ** 31 - 1;

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
      }, Math.min(ms, longestTimerMs));
      signal.addEventListener("abort", abort, { once: true });
    }),
});
