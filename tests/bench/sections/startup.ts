import type { Side } from "../args.ts";
import { alternate, type Bench } from "../bench.ts";
import { delay } from "../delay.ts";
import { type Memory, memoryOf } from "../process_tree.ts";

/** Start on stdio up to the initialize response, then memory at rest. */
export async function startup(bench: Bench): Promise<void> {
  const { options, measurements } = bench;
  await bench.log("startup + idle rss (stdio)");
  // Once without counting, so that both sides find a warm page cache.
  await startOnce(bench, "a");
  await startOnce(bench, "b");
  await alternate(options.quick ? 5 : 10, async (side) => {
    const { startMs, rssMiB, anonMiB } = await startOnce(bench, side);
    const put = (metric: string, unit: string, value: number) =>
      measurements.add(side, metric, unit, "lower", value);
    put("startup to initialize (stdio)", "ms", startMs);
    put("idle RSS after initialize (process tree)", "MiB", rssMiB);
    put("idle RssAnon after initialize", "MiB", anonMiB);
  });
}

const INITIALIZE = {
  id: 0,
  method: "initialize",
  params: {
    clientInfo: { name: "bench", title: "bench", version: "0" },
    capabilities: { experimentalApi: true },
  },
};

async function startOnce(
  { servers, options }: Bench,
  side: Side,
): Promise<Memory & { startMs: number }> {
  const started = performance.now();
  const child = servers.startStdio(side);
  const encoder = new TextEncoder();
  const writer = child.stdin.getWriter();
  await writer.write(encoder.encode(JSON.stringify(INITIALIZE) + "\n"));
  const reader = child.stdout.getReader();
  await readInitializeResponse(reader);
  const startMs = performance.now() - started;
  await writer.write(encoder.encode('{"method":"initialized"}\n'));
  // Memory at rest is what is left once the start's own work is over.
  await delay(options.quick ? 300 : 700);
  const memory = await memoryOf(child.pid);
  await writer.close().catch(() => {});
  await reader.cancel().catch(() => {});
  await servers.stop(child);
  return { ...memory, startMs };
}

async function readInitializeResponse(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<void> {
  const decoder = new TextDecoder();
  let text = "";
  while (!(/"id":\s*0/.test(text) && text.includes("\n"))) {
    const { value } = await reader.read();
    if (value === undefined) {
      throw new Error("server ended before the initialize response");
    }
    text += decoder.decode(value, { stream: true });
  }
}
