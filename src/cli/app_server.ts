import { resolveHome } from "../config/mod.ts";
import {
  type AppServer,
  assembleAppServer,
  type RoomsOnDemand,
} from "../server/mod.ts";
import {
  createLogger,
  createStderrSink,
  type Logger,
  toLoggerSettings,
} from "../telemetry/mod.ts";
import { type ListenAddress, parseListenUrl } from "../transport/mod.ts";
import { toAccessRules } from "./_access_rules.ts";
import { toConfigOptions } from "./_configuration_options.ts";
import { dieOf, type StopSignal } from "./_signals.ts";
import type { Invocation } from "./command.ts";

/**
 * Runs a server until its input ends or a signal asks it to stop.
 *
 * @throws {Error} if it can't start.
 */
export async function run(
  invocation: Invocation,
  rooms: RoomsOnDemand,
): Promise<number> {
  const sink = createStderrSink();
  const settings = toLoggerSettings(
    (name) => Deno.env.get(name),
    Deno.stderr.isTerminal(),
  );
  const log = createLogger({ write: sink.write, ...settings });
  for (const directive of settings.filter.invalid) {
    log.error("left out of the log filter: not understood", { directive });
  }
  // What nobody has waited for must not end everything else with it.
  const stray = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    const { reason } = event;
    log.error("a failure was left behind", {
      error: reason instanceof Error ? reason.stack : String(reason),
    });
  };
  globalThis.addEventListener("unhandledrejection", stray);
  let end: number | StopSignal;
  try {
    end = await serve(invocation, { rooms, log });
  } finally {
    globalThis.removeEventListener("unhandledrejection", stray);
    await sink.flush();
  }
  return typeof end === "number" ? end : await dieOf(end);
}

/** Gives the exit code, or the signal that the process has to die of. */
async function serve(
  invocation: Invocation,
  { rooms, log }: { rooms: RoomsOnDemand; log: Logger },
): Promise<number | StopSignal> {
  const home = resolveHome(Deno.env);
  const create = (): Promise<AppServer> =>
    assembleAppServer(rooms, {
      home,
      config: toConfigOptions(invocation),
      access: toAccessRules(invocation),
      secrets: ["ws-token-file", "ws-shared-secret-file"]
        .map((name) => invocation.value(name))
        .filter((path) => path !== undefined),
      log,
    });
  if (invocation.has("print-startup-config")) {
    const { printStartupConfig } = await import("./_print_startup_config.ts");
    return await printStartupConfig(create);
  }
  const address: ListenAddress = parseListenUrl(
    invocation.value("listen") ?? "stdio://",
  );
  if (address.kind === "stdio") {
    const { serveStdio } = await import("./_serve_stdio.ts");
    return await serveStdio(create);
  }
  const { serveSocket } = await import("./_serve_socket.ts");
  return await serveSocket({ address, home, invocation, create, log });
}
