/**
 * Milliseconds that some work takes of a processor. On Linux that is the time
 * of its own thread: whatever else runs on the machine, the other test files
 * of this process too, makes it no longer. Elsewhere it is the time that goes
 * by.
 *
 * @param work Does everything before it returns.
 */
export function workMs(work: () => void): number {
  const begunMs = threadMs();
  work();
  return threadMs() - begunMs;
}

function threadMs(): number {
  if (Deno.build.os !== "linux") return performance.now();
  // Nanoseconds on a processor come first (scheduler/sched-stats of the kernel).
  const text = Deno.readTextFileSync("/proc/thread-self/schedstat");
  return Number(text.split(" ")[0]) / 1e6;
}
