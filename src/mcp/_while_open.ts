/**
 * Does some work with a signal that tells of an abort as long as it is under
 * way: the SDK would have servers cancel what they have answered long ago.
 */
export async function whileOpen<T>(
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const abort = () => own.abort(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  try {
    return await work(own.signal);
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}
