import { resolveHome } from "../config/mod.ts";
import {
  type AppServer,
  assembleAppServer,
  type RoomsOnDemand,
} from "../server/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { type ListenAddress, parseListenUrl } from "../transport/mod.ts";
import { ServerLog } from "./_server_log.ts";
import { toServerOptions } from "./_server_options.ts";
import { dieOf, type StopSignal } from "./_signals.ts";
import type { Invocation, LoadOther } from "./command.ts";

/**
 * Runs a server until its input ends or a signal asks it to stop.
 *
 * @throws {Error} if it can't start.
 */
export async function run(
  invocation: Invocation,
  rooms: RoomsOnDemand,
  other: LoadOther,
): Promise<number> {
  if (invocation.has("print-startup-config")) {
    const { run } = await other("printStartupConfig");
    return await run(invocation, rooms, other);
  }
  const end = await serveLogged(invocation, rooms);
  return typeof end === "number" ? end : await dieOf(end);
}

/** As {@linkcode serve}; all of the log is written when it is over. */
async function serveLogged(
  invocation: Invocation,
  rooms: RoomsOnDemand,
): Promise<number | StopSignal> {
  await using serverLog = new ServerLog();
  const { log } = serverLog;
  // What nobody has waited for must not end everything else with it.
  const stray = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    const { reason } = event;
    log.error("a failure was left behind", {
      error: reason instanceof Error ? reason.stack : String(reason),
    });
  };
  globalThis.addEventListener("unhandledrejection", stray);
  try {
    return await serve(invocation, { rooms, log });
  } finally {
    globalThis.removeEventListener("unhandledrejection", stray);
  }
}

/** Gives the exit code, or the signal that the process has to die of. */
async function serve(
  invocation: Invocation,
  { rooms, log }: { rooms: RoomsOnDemand; log: Logger },
): Promise<number | StopSignal> {
  const create = (): Promise<AppServer> =>
    assembleAppServer(rooms, toServerOptions(invocation, log));
  const address: ListenAddress = parseListenUrl(
    invocation.value("listen") ?? "stdio://",
  );
  if (address.kind === "stdio") {
    const { serveStdio } = await import("./_serve_stdio.ts");
    return await serveStdio(create);
  }
  const { serveSocket } = await import("./_serve_socket.ts");
  return await serveSocket({
    address,
    home: resolveHome(Deno.env),
    invocation,
    create,
    log,
  });
}
