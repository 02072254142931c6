import type { ProcessExitedNotification } from "../protocol/mod.ts";
import type { Outcome } from "./program.ts";

/** What `process/exited` says of an end, beside the output. */
export function toExited(
  { exitCode, capReached, drainTimedOut }: Outcome,
): Omit<
  ProcessExitedNotification,
  "processHandle" | "stdout" | "stderr"
> {
  return {
    exitCode,
    stdoutCapReached: capReached.stdout,
    stderrCapReached: capReached.stderr,
    outputDrainTimedOut: drainTimedOut,
  };
}
