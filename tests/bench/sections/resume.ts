import type { Side } from "../args.ts";
import { alternate, type Bench } from "../bench.ts";
import { BenchClient } from "../client.ts";
import { createHome } from "../homes.ts";
import { ModelServer } from "../model_server.ts";
import { memoryOf } from "../process_tree.ts";
import { succeeded } from "../replies.ts";
import { writeRollout } from "../rollouts.ts";

/** Opens a thread with a long past, in a server that has just started. */
export async function resume(bench: Bench): Promise<void> {
  const { options, measurements, log } = bench;
  const megabytes = options.quick ? 20 : 100;
  await using model = new ModelServer();
  for (const isCompacted of [false, true]) {
    const kind = isCompacted ? "compacted" : "whole";
    await log(`resume of ${megabytes} MB, ${kind}`);
    const threadId = crypto.randomUUID();
    const homes: Record<Side, string> = {
      a: await createHome(bench, "a", `resume-${kind}`, model.port),
      b: await createHome(bench, "b", `resume-${kind}`, model.port),
    };
    for (const home of Object.values(homes)) {
      await writeRollout(home, threadId, { megabytes, isCompacted });
    }
    for (const excludeTurns of [true, false]) {
      const name = `resume, ${kind}, ${excludeTurns ? "no" : "all"} turns`;
      const burst = async (side: Side) => {
        const server = await bench.servers.startSocket(side, homes[side]);
        const client = await BenchClient.open(server, options.token);
        await client.call("thread/loaded/list", {});
        const started = performance.now();
        const reply = succeeded(
          await client.call("thread/resume", { threadId, excludeTurns }),
          "thread/resume",
        );
        const ms = performance.now() - started;
        const { rssMiB } = await memoryOf(server.child.pid);
        client.close();
        await bench.servers.stop(server.child);
        return { ms, rssMiB, megabytes: reply.bytes / 1e6 };
      };
      await alternate(options.repeats, async (side) => {
        const run = await burst(side);
        const put = measurements.add.bind(measurements, side);
        put(name, "ms", "lower", run.ms);
        put(`${name}: reply`, "MB", "higher", run.megabytes);
        put(`${name}: RSS`, "MiB", "lower", run.rssMiB);
      });
    }
    for (const home of Object.values(homes)) {
      await Deno.remove(home, { recursive: true });
    }
  }
}
