import type { AppServer } from "../server/mod.ts";
import { createStdioChannel } from "../transport/mod.ts";
import { type StopSignal, StopSignals } from "./_signals.ts";

/**
 * Serves standard input and output until the input ends: then everything that
 * was read is answered first. A signal ends it in the same way, and a second
 * one at once. Gives the exit code; of SIGINT and SIGHUP the process has to
 * die, as its parent expects.
 */
export async function serveStdio(
  create: () => Promise<AppServer>,
): Promise<number | StopSignal> {
  using signals = new StopSignals();
  const server = await create();
  const served = server.serve(createStdioChannel()).then(() => undefined);
  const signal = await Promise.race([served, signals.first]);
  const closed = server.close();
  // An insistent one does not wait for what is still going on.
  if (signal === undefined) await closed;
  else await Promise.race([closed, signals.second]);
  return signal === undefined || signal === "SIGTERM" ? 0 : signal;
}
