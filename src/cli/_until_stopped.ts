import { StopSignals, toExitCode } from "./_signals.ts";

/**
 * Works until it is done, or until a signal asks it to stop: then it is told
 * so, and waited for `graceMs` at most, or until a second signal insists. Gives
 * the exit code of the work, or the one that stands for the signal.
 */
export async function workUntilStopped(
  work: (stop: AbortSignal) => Promise<number>,
  { graceMs }: { graceMs: number },
): Promise<number> {
  using signals = new StopSignals();
  const stopping = new AbortController();
  const working = work(stopping.signal);
  const stopped = signals.first.then(async (signal) => {
    stopping.abort();
    await Promise.race([
      working.catch(() => {}),
      signals.second,
      new Promise((resolve) => setTimeout(resolve, graceMs)),
    ]);
    return toExitCode(signal);
  });
  try {
    const code = await Promise.race([working, stopped]);
    return stopping.signal.aborted ? await stopped : code;
  } catch (error) {
    if (stopping.signal.aborted) return await stopped;
    throw error;
  }
}
