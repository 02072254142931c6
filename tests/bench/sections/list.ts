import { type Side, SIDES } from "../args.ts";
import { type Bench, sequence } from "../bench.ts";
import { BenchClient } from "../client.ts";
import { createHome } from "../homes.ts";
import { ModelServer } from "../model_server.ts";
import { succeeded } from "../replies.ts";
import { writeManyRollouts } from "../rollouts.ts";
import { percentile } from "../statistics.ts";

const PAGE = { limit: 25 };

/** Lists of a home with many threads: the first one ever, and those after it. */
export async function list(bench: Bench): Promise<void> {
  const { options, measurements, log } = bench;
  const threads = options.quick ? 5_000 : 50_000;
  await log(`thread/list of ${threads} threads`);
  await using model = new ModelServer();
  for (const side of SIDES) {
    const home = await createHome(bench, side, "list", model.port);
    await writeManyRollouts(home, threads);
    await measure(bench, side, home, threads);
    await Deno.remove(home, { recursive: true });
  }

  async function measure(
    { servers }: Bench,
    side: Side,
    home: string,
    threads: number,
  ): Promise<void> {
    const put = (metric: string, unit: string, value: number) =>
      measurements.add(
        side,
        `thread/list of ${threads}: ${metric}`,
        unit,
        "lower",
        value,
      );
    const server = await servers.startSocket(side, home);
    const client = await BenchClient.open(server, options.token);
    const other = await BenchClient.open(server, options.token);
    const path = bench.path("1k");
    let isOver = false;
    const watched = (async () => {
      let slowestMs = 0;
      while (!isOver) {
        const sent = performance.now();
        succeeded(await other.call("fs/getMetadata", { path }), "getMetadata");
        slowestMs = Math.max(slowestMs, performance.now() - sent);
      }
      return slowestMs;
    })();
    const started = performance.now();
    succeeded(await client.call("thread/list", PAGE), "thread/list");
    put("the first ever", "ms", performance.now() - started);
    isOver = true;
    put("others' slowest request meanwhile", "ms", await watched);
    const { latenciesMs } = await sequence(
      50,
      () => client.call("thread/list", PAGE),
    );
    put("a page, p50", "ms", percentile(latenciesMs, 0.5));
    put("a page, p99", "ms", percentile(latenciesMs, 0.99));
    client.close();
    other.close();
    await servers.stop(server.child);
  }
}
