import { type Side, SIDES } from "../args.ts";
import { alternate, type Bench, sequence } from "../bench.ts";
import { BenchClient } from "../client.ts";
import { writeExtensions } from "../extensions.ts";
import { createHome } from "../homes.ts";
import type { SocketServer } from "../servers.ts";
import { percentile } from "../statistics.ts";

const COUNTS = { skills: 500, plugins: 500, installed: 10 };
/** Lists of one burst. */
const CALLS = 10;
/** No model is asked. */
const NO_PORT = 9;

/** Lists of hundreds of skills and plugins. */
export async function extensions(bench: Bench): Promise<void> {
  const { options, measurements, log } = bench;
  await log(`lists of ${COUNTS.skills} skills and ${COUNTS.plugins} plugins`);
  const sides = {} as Record<
    Side,
    { home: string; server: SocketServer; client: BenchClient }
  >;
  for (const side of SIDES) {
    const home = await createHome(bench, side, "extensions", NO_PORT);
    await writeExtensions(home, bench.path(`market-${side}`), COUNTS);
    const server = await bench.servers.startSocket(side, home);
    const client = await BenchClient.open(server, options.token);
    sides[side] = { home, server, client };
  }
  const cwds = [bench.path("")];
  const lists = {
    "skills/list": ["skills/list", { cwds }],
    "skills/list, reloaded": ["skills/list", { cwds, forceReload: true }],
    "plugin/list": ["plugin/list", { cwds }],
    "plugin/installed": ["plugin/installed", { cwds }],
  } as const;
  for (const [name, [method, params]] of Object.entries(lists)) {
    const call = (side: Side) => sides[side].client.call(method, params);
    // What is found the first time is remembered by both.
    for (const side of SIDES) await sequence(2, () => call(side));
    await alternate(options.repeats, async (side) => {
      const { latenciesMs } = await sequence(CALLS, () => call(side));
      measurements.add(
        side,
        `${name} of 500, p50`,
        "ms",
        "lower",
        percentile(latenciesMs, 0.5),
      );
    });
  }
  for (const { home, server, client } of Object.values(sides)) {
    client.close();
    await bench.servers.stop(server.child);
    await Deno.remove(home, { recursive: true });
  }
}
