import type { AppServer } from "../server/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import {
  type BearerPolicy,
  createBearerPolicy,
  isLoopback,
  type ListenAddress,
  type Listener,
  listenUnix,
  listenWebSocket,
  withStartupLock,
} from "../transport/mod.ts";
import { StopSignals } from "./_signals.ts";
import type { Invocation } from "./command.ts";
import { printError } from "./output.ts";

/** What a server on a socket is made of. */
export interface SocketService {
  /** Where to listen. */
  readonly address: Exclude<ListenAddress, { kind: "stdio" }>;
  /** The home directory. */
  readonly home: string;
  /** The command line. */
  readonly invocation: Invocation;
  /** Makes the server. */
  create(): Promise<AppServer>;
  readonly log: Logger;
}

/**
 * Serves a socket until a signal asks to stop: then what goes on is finished,
 * unless a second signal insists. Exits 0 either way.
 *
 * @throws {Error} if the socket can't be opened.
 */
export async function serveSocket(service: SocketService): Promise<number> {
  // The flags are checked for every kind of socket; TCP alone enforces them.
  const auth = await createBearerPolicy(toBearerOptions(service.invocation));
  if (service.address.kind === "off") {
    throw new Error(
      "no transport configured; use --listen or enable remote control",
    );
  }
  using signals = new StopSignals();
  const server = await service.create();
  const listener = await openDoor(service, auth).catch(async (error) => {
    await server.close();
    throw error;
  });
  const served = server.listen(listener);
  if (service.address.kind === "websocket") {
    await printError(toBanner(listener.address, service.address.hostname));
  }
  await Promise.race([served, signals.first]);
  const stopped = server.drain().then(() => server.close());
  await Promise.race([stopped, signals.second]);
  return 0;
}

function openDoor(
  { address, home, invocation, log }: SocketService,
  auth: BearerPolicy | undefined,
): Promise<Listener> {
  const transport = log.child("transport");
  const report = (level: "debug" | "warn" | "error", message: string): void =>
    transport[level](message);
  if (address.kind === "websocket") {
    const { hostname, port } = address;
    const allowOrigins = invocation.values("ws-allow-origin");
    return listenWebSocket({ hostname, port, auth, allowOrigins, log: report });
  }
  const path = address.kind === "unix" ? address.path : undefined;
  return withStartupLock(home, () => listenUnix({ path, home, log: report }));
}

function toBearerOptions(
  invocation: Invocation,
): Parameters<typeof createBearerPolicy>[0] {
  const skew = invocation.value("ws-max-clock-skew-seconds");
  return {
    // The table of options lets only the two modes through.
    mode: invocation.value("ws-auth") as "capability-token" | undefined,
    tokenFile: invocation.value("ws-token-file"),
    tokenSha256: invocation.value("ws-token-sha256"),
    sharedSecretFile: invocation.value("ws-shared-secret-file"),
    issuer: invocation.value("ws-issuer"),
    audience: invocation.value("ws-audience"),
    maxClockSkewSeconds: skew === undefined ? undefined : BigInt(skew),
  };
}

/** What clients that start a server read to find its port. */
function toBanner(address: string, hostname: string): string {
  const http = address.replace(/^ws:/, "http:");
  const note = isLoopback(hostname)
    ? "binds localhost only (use SSH port-forwarding for remote access)"
    : "websocket auth is required for non-localhost listeners";
  return "codex app-server (WebSockets)\n" +
    `  listening on: ${address}\n` +
    `  readyz: ${http}/readyz\n` +
    `  healthz: ${http}/healthz\n` +
    `  note: ${note}\n`;
}
