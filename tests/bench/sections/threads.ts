import { alternate, type Bench } from "../bench.ts";
import { delay } from "../delay.ts";
import { atOnce, toMessage } from "../model_events.ts";
import { memoryOf } from "../process_tree.ts";
import { withStand } from "../stands.ts";

const THREADS = 200;

/** What a thread takes that is loaded and has played one small turn. */
export async function threads(bench: Bench): Promise<void> {
  const { options, measurements, log } = bench;
  const count = options.quick ? 50 : THREADS;
  await log(`${count} idle threads`);
  await alternate(options.quick ? 1 : 2, async (side) => {
    await withStand(bench, side, "ws", async ({ client, child, model }) => {
      model.answer = () => atOnce(toMessage("Done"));
      for (let warm = 0; warm < 10; warm++) {
        await client.play(await client.start());
      }
      await delay(500); // The start's own work is over.
      const before = await memoryOf(child.pid);
      for (let thread = 0; thread < count; thread++) {
        await client.play(await client.start());
      }
      await delay(1000); // What the turns needed only to run is freed.
      const after = await memoryOf(child.pid);
      const put = measurements.add.bind(measurements, side);
      const eachKiB = (after.rssMiB - before.rssMiB) * 1024 / count;
      put("memory (RSS) per idle thread", "KiB", "lower", eachKiB);
      put(`RSS with ${count} idle threads`, "MiB", "lower", after.rssMiB);
    });
  });
}
