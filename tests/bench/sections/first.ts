import { type Side, SIDES } from "../args.ts";
import { alternate, type Bench } from "../bench.ts";
import { createHome } from "../homes.ts";
import { atOnce, toMessage } from "../model_events.ts";
import { ModelServer } from "../model_server.ts";
import { cpuMsOf, memoryOf } from "../process_tree.ts";
import { succeeded } from "../replies.ts";
import { StdioClient } from "../stdio_client.ts";
import { TurnClient } from "../turn_client.ts";

/** Requests that clients begin with, each the first of its process. */
const FIRST = [
  "config/read",
  "skills/list",
  "plugin/list",
  "mcpServerStatus/list",
] as const;

type Put = (metric: string, ms: number) => void;

/** How long somebody waits who starts a server and says something. */
export async function first(bench: Bench): Promise<void> {
  const { options, servers, measurements, log } = bench;
  await using model = new ModelServer();
  model.answer = () => atOnce(toMessage("Done"));
  const homes = {} as Record<Side, string>;
  for (const side of SIDES) {
    homes[side] = await createHome(bench, side, "first", model.port);
  }
  const times = options.quick ? 3 : 10;

  const withServer = async (
    side: Side,
    use: (client: StdioClient, child: Deno.ChildProcess) => Promise<void>,
  ): Promise<void> => {
    const child = servers.startStdio(side, homes[side]);
    await use(await StdioClient.open(child), child);
    await servers.stop(child);
  };
  const putFor = (side: Side): Put => (metric, ms) =>
    measurements.add(side, metric, "ms", "lower", ms);

  await log("the first turn of a process");
  const playFirst = async (side: Side, put: Put): Promise<void> => {
    const startedMs = performance.now();
    await withServer(side, async (client, { pid }) => {
      const readyMs = performance.now();
      await timed(client, "account/read", {});
      await timed(client, "model/list", {});
      const knownMs = performance.now();
      const turns = new TurnClient(client);
      const threadId = await turns.start({ cwd: bench.path("") });
      const openMs = performance.now();
      const { completedMs } = await turns.play(threadId);
      put("first turn: processor time", await cpuMsOf(pid));
      const { rssMiB } = await memoryOf(pid);
      put("first turn: start to initialize", readyMs - startedMs);
      put("first turn: account and models", knownMs - readyMs);
      put("first turn: thread/start", openMs - knownMs);
      put("first turn: turn/start to its end", completedMs - openMs);
      put("first turn: all of it", completedMs - startedMs);
      measurements.add(side, "RSS after a turn", "MiB", "lower", rssMiB);
    });
  };
  // Once without counting: databases are made, pages are read from the disk.
  for (const side of SIDES) await withServer(side, warm);
  await alternate(times, (side) => playFirst(side, putFor(side)));

  for (const method of FIRST) {
    await log(`${method} as a first request`);
    await alternate(times, (side) =>
      withServer(side, async (client) => {
        const here = bench.path("");
        const params = method === "config/read"
          ? { cwd: here }
          : method === "mcpServerStatus/list"
          ? {}
          : { cwds: [here] };
        putFor(side)(
          `first ${method}`,
          await timed(client, method, params),
        );
      }));
  }
}

/** Plays a turn that nobody counts. */
async function warm(client: StdioClient): Promise<void> {
  const turns = new TurnClient(client);
  await turns.play(await turns.start());
}

/** Milliseconds that a request takes. */
async function timed(
  client: StdioClient,
  method: string,
  params: object,
): Promise<number> {
  const sentMs = performance.now();
  succeeded(await client.call(method, params), method);
  return performance.now() - sentMs;
}
