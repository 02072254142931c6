/**
 * Plays what comes from `source` until `play` says that it was the last, the
 * source ends, or the signal aborts, however the source takes that. One
 * listener for all of it: nothing is made per event.
 *
 * @returns Whether `play` saw the last one.
 * @throws {unknown} the signal's reason, or what source or `play` threw.
 */
export function consume<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
  play: (event: T) => boolean,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const iterator = source[Symbol.asyncIterator]();
    let isOver = false;
    const end = (): boolean => {
      if (isOver) return false;
      isOver = true;
      signal.removeEventListener("abort", abort);
      return true;
    };
    // A source that does not stop is left behind; what it still says is lost.
    const leave = () => {
      try {
        iterator.return?.()?.then(undefined, () => {});
      } catch {
        // It is gone anyway.
      }
    };
    const abort = () => {
      if (!end()) return;
      leave();
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    const pump = async () => {
      try {
        while (true) {
          const step = await iterator.next();
          if (isOver) return;
          if (step.done === true) {
            if (end()) resolve(false);
            return;
          }
          if (play(step.value)) {
            leave();
            if (end()) resolve(true);
            return;
          }
          // Playing may have interrupted the turn.
          if (isOver) return;
        }
      } catch (thrown) {
        if (!end()) return;
        leave();
        reject(thrown);
      }
    };
    void pump();
  });
}
