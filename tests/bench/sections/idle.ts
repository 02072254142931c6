import type { Side } from "../args.ts";
import { alternate, type Bench } from "../bench.ts";
import { BenchClient } from "../client.ts";
import { delay } from "../delay.ts";
import { memoryOf } from "../process_tree.ts";

/** Connections opened at the same time. */
const BATCH = 25;

/** Many initialized connections that do nothing. */
export async function idle(bench: Bench): Promise<void> {
  const { options: { idleConnections, quick }, measurements } = bench;
  await bench.log(`${idleConnections} idle initialized connections`);
  await alternate(quick ? 1 : 2, async (side) => {
    const { before, after, seconds } = await measureIdle(bench, side);
    const put = measurements.add.bind(measurements, side);
    const metric = `RSS with ${idleConnections} idle connections`;
    put(metric, "MiB", "lower", after);
    const eachKiB = (after - before) * 1024 / idleConnections;
    put("memory per idle connection", "KiB", "lower", eachKiB);
    const rate = idleConnections / seconds;
    put("connect + initialize rate", "conn/s", "higher", rate);
  });
}

async function measureIdle(
  { options, servers }: Bench,
  side: Side,
): Promise<{ before: number; after: number; seconds: number }> {
  const server = await servers.startSocket(side);
  const open = () => BenchClient.open(server, options.token);
  const clients = [await open()];
  await delay(500); // The start's own work is over.
  const before = (await memoryOf(server.child.pid)).rssMiB;
  const started = performance.now();
  for (let left = options.idleConnections; left > 0; left -= BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, left) }, open);
    clients.push(...await Promise.all(batch));
  }
  const seconds = (performance.now() - started) / 1000;
  await delay(1000); // What the connections needed only to open is freed.
  const after = (await memoryOf(server.child.pid)).rssMiB;
  if (clients.some(({ closed }) => closed)) {
    throw new Error("an idle connection was closed");
  }
  clients.forEach((client) => client.close());
  await servers.stop(server.child);
  return { before, after, seconds };
}
