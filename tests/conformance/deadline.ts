/**
 * The value of `work`, or undefined when it takes longer than `limitMs`.
 *
 * @throws the reason of `signal` as soon as it aborts, and what `work` throws.
 */
export async function within<T>(
  work: Promise<T>,
  limitMs: number,
  signal?: AbortSignal,
): Promise<T | undefined> {
  signal?.throwIfAborted();
  const early = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => early.resolve(undefined), limitMs);
  const abort = () => early.reject(signal?.reason);
  signal?.addEventListener("abort", abort);
  try {
    return await Promise.race([work, early.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

/** Waits `ms`; throws the reason of `signal` as soon as it aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await within(new Promise<never>(() => {}), ms, signal);
}

/**
 * Calls `attempt` until it returns without throwing; after `limitMs` the last
 * error is thrown on. For facts that come true without an event to await.
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  limitMs: number,
  signal?: AbortSignal,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (performance.now() > deadline) throw error;
      await pause(20, signal);
    }
  }
}
