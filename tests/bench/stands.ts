import type { Side } from "./args.ts";
import type { Bench } from "./bench.ts";
import { BenchClient } from "./client.ts";
import { createHome } from "./homes.ts";
import { ModelServer } from "./model_server.ts";
import { StdioClient } from "./stdio_client.ts";
import { TurnClient } from "./turn_client.ts";

/** A server with a model of its own, and a client that plays turns on it. */
export interface Stand {
  readonly model: ModelServer;
  readonly client: TurnClient;
  readonly child: Deno.ChildProcess;
}

/** One of each side. */
export type Stands = Readonly<Record<Side, Stand>>;

/** Sets one up for each side, and ends them. */
export async function withStands(
  bench: Bench,
  transport: "stdio" | "ws",
  use: (stands: Stands) => Promise<void>,
): Promise<void> {
  await withStand(bench, "a", transport, async (a) => {
    await withStand(bench, "b", transport, async (b) => await use({ a, b }));
  });
}

/** Sets one up, and ends it. */
export async function withStand(
  bench: Bench,
  side: Side,
  transport: "stdio" | "ws",
  use: (stand: Stand) => Promise<void>,
): Promise<void> {
  await using model = new ModelServer();
  const home = await createHome(bench, side, transport, model.port);
  const { servers, options } = bench;
  if (transport === "stdio") {
    const child = servers.startStdio(side, home);
    const client = new TurnClient(await StdioClient.open(child));
    await use({ model, client, child });
    await servers.stop(child);
    return;
  }
  const server = await servers.startSocket(side, home);
  const { child } = server;
  const socket = await BenchClient.open(server, options.token);
  await use({ model, client: new TurnClient(socket), child });
  socket.close();
  await servers.stop(child);
}
