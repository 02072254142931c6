import { type Side, SIDES } from "../args.ts";
import { alternate, type Bench, type SocketPair } from "../bench.ts";
import { BenchClient } from "../client.ts";
import { succeeded } from "../replies.ts";
import { cpuMsOf } from "../process_tree.ts";
import { percentile } from "../statistics.ts";

/** Small requests over 1, 16 and 64 connections at once. */
export async function rpc(bench: Bench, pair: SocketPair): Promise<void> {
  for (const connections of [1, 16, 64]) {
    await rpcOver(connections, bench, pair);
  }
}

async function rpcOver(
  connections: number,
  bench: Bench,
  pair: SocketPair,
): Promise<void> {
  const { options, measurements } = bench;
  await bench.log(`small rpc, ${connections} connection(s)`);
  const pool = {
    a: await openMany(connections, bench, pair, "a"),
    b: await openMany(connections, bench, pair, "b"),
  };
  const path = bench.path("1k");
  const burst = async (side: Side, forMs: number) => {
    const { pid } = pair.servers[side].child;
    const latenciesMs: number[] = [];
    const cpuBefore = await cpuMsOf(pid);
    const started = performance.now();
    await Promise.all(pool[side].map(async (client) => {
      while (performance.now() < started + forMs) {
        const sent = performance.now();
        const reply = await client.call("fs/getMetadata", { path });
        succeeded(reply, "getMetadata");
        latenciesMs.push(performance.now() - sent);
      }
    }));
    const seconds = (performance.now() - started) / 1000;
    const cpuMs = await cpuMsOf(pid) - cpuBefore;
    return { latenciesMs, seconds, cpuMs };
  };
  for (const side of SIDES) await burst(side, 500);
  await alternate(options.repeats, async (side) => {
    const run = await burst(side, options.quick ? 700 : 1500);
    const { latenciesMs, seconds, cpuMs } = run;
    const count = latenciesMs.length;
    const name = `getMetadata c=${connections}`;
    const put = measurements.add.bind(measurements, side);
    put(`${name} rate`, "req/s", "higher", count / seconds);
    put(`${name} p50`, "ms", "lower", percentile(latenciesMs, 0.5));
    put(`${name} p99`, "ms", "lower", percentile(latenciesMs, 0.99));
    put(`${name} server cpu`, "us/req", "lower", cpuMs / count * 1000);
  });
  for (const side of SIDES) pool[side].forEach((client) => client.close());
}

async function openMany(
  count: number,
  { options }: Bench,
  { servers }: SocketPair,
  side: Side,
): Promise<BenchClient[]> {
  const clients: BenchClient[] = [];
  while (clients.length < count) {
    clients.push(await BenchClient.open(servers[side], options.token));
  }
  return clients;
}
