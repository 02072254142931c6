import { delay } from "./_delay.ts";

const FIRST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 50;

/**
 * Runs `work` while holding the exclusive lock (flock) of an open file, and
 * closes the file. Waits for the lock as long as it takes; it is asked for
 * again and again rather than waited for, so that the wait can be given up and
 * holds no thread.
 */
export async function withExclusiveLock<T>(
  file: Deno.FsFile,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  using held = file;
  for (let waitMs = FIRST_WAIT_MS; !await held.tryLock(true);) {
    await delay(waitMs, signal);
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }
  signal?.throwIfAborted();
  return await work();
}
