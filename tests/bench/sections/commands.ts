import { type Side, SIDES } from "../args.ts";
import { alternate, type Bench, sequence, type SocketPair } from "../bench.ts";
import { type BenchClient, type Reply, succeeded } from "../client.ts";
import { cpuMsOf, memoryOf } from "../process_tree.ts";
import { percentile } from "../statistics.ts";

const NO_SANDBOX = { type: "dangerFullAccess" };

/** `command/exec` of a program that does nothing, alone and 32 at a time. */
export async function spawn(bench: Bench, pair: SocketPair): Promise<void> {
  const { options: { quick, repeats }, measurements } = bench;
  await bench.log("command/exec true");
  const exec = (side: Side): Promise<Reply> =>
    pair.clients[side].call("command/exec", {
      command: ["true"],
      sandboxPolicy: NO_SANDBOX,
    });
  for (const side of SIDES) await sequence(5, () => exec(side));
  await alternate(repeats, async (side) => {
    const put = measurements.add.bind(measurements, side);
    const count = quick ? 50 : 200;
    const { latenciesMs } = await sequence(count, () => exec(side));
    put("command/exec true p50", "ms", "lower", percentile(latenciesMs, 0.5));
    put("command/exec true p99", "ms", "lower", percentile(latenciesMs, 0.99));
    // No more than 32: the reference refuses once about 128 are queued.
    const started = performance.now();
    let left = count;
    await Promise.all(Array.from({ length: 32 }, async () => {
      while (left-- > 0) succeeded(await exec(side), "exec");
    }));
    const seconds = (performance.now() - started) / 1000;
    put("command/exec true, 32 in flight", "exec/s", "higher", count / seconds);
  });
}

/** Streams the output of a command; every byte is counted. */
export async function exec(bench: Bench, pair: SocketPair): Promise<void> {
  const { options: { execMegabytes, repeats, name }, measurements } = bench;
  await bench.log(`exec streaming ${execMegabytes} MB`);
  let runs = 0;
  const run = async (side: Side, megabytes: number) => {
    const { pid } = pair.servers[side].child;
    const wantedBytes = megabytes * 1e6;
    const cpuBefore = await cpuMsOf(pid);
    const started = performance.now();
    const output = await streamZeros(
      pair.clients[side],
      `bench-${++runs}`,
      wantedBytes,
    );
    const seconds = (performance.now() - started) / 1000;
    if (output.bytes !== wantedBytes) {
      throw new Error(
        `exec stream of ${
          name[side]
        }: got ${output.bytes} of ${wantedBytes} bytes`,
      );
    }
    const cpuMs = await cpuMsOf(pid) - cpuBefore;
    return { ...output, seconds, cpuMs };
  };
  for (const side of SIDES) await run(side, 10);
  await alternate(repeats, async (side) => {
    const { bytes, chunks, maxChunkBytes, seconds, cpuMs } = await run(
      side,
      execMegabytes,
    );
    const put = measurements.add.bind(measurements, side);
    const rate = execMegabytes / seconds;
    put(`exec stream ${execMegabytes} MB`, "MB/s", "higher", rate);
    put("exec stream mean chunk", "bytes", "higher", bytes / chunks);
    put("exec stream max chunk", "bytes", "higher", maxChunkBytes);
    put("exec stream server cpu", "ms/MB", "lower", cpuMs / execMegabytes);
  });
  for (const side of SIDES) {
    const { rssMiB } = await memoryOf(pair.servers[side].child.pid);
    measurements.add(side, "RSS after exec streams", "MiB", "lower", rssMiB);
  }
}

async function streamZeros(
  client: BenchClient,
  processId: string,
  bytes: number,
): Promise<{ bytes: number; chunks: number; maxChunkBytes: number }> {
  const seen = { bytes: 0, chunks: 0, maxChunkBytes: 0 };
  client.onNotification = (payload) => {
    const chunkBytes = deltaBytes(payload, processId);
    if (chunkBytes === undefined) return;
    seen.bytes += chunkBytes;
    seen.chunks++;
    seen.maxChunkBytes = Math.max(seen.maxChunkBytes, chunkBytes);
  };
  const reply = await client.call("command/exec", {
    command: ["head", "-c", String(bytes), "/dev/zero"],
    processId,
    streamStdoutStderr: true,
    disableOutputCap: true,
    disableTimeout: true,
    sandboxPolicy: NO_SANDBOX,
  });
  client.onNotification = undefined;
  succeeded(reply, "exec");
  return seen;
}

const decoder = new TextDecoder();
const DELTA = '"deltaBase64":"';
const QUOTE = 34;
const EQUALS = 61;

/** Decoded size of an output notification, without decoding it. */
function deltaBytes(
  payload: Uint8Array,
  processId: string,
): number | undefined {
  const head = decoder.decode(payload.subarray(0, 256));
  if (!head.includes("outputDelta") || !head.includes(`"${processId}"`)) {
    return undefined;
  }
  const at = head.indexOf(DELTA);
  if (at < 0) return undefined;
  const start = at + DELTA.length;
  const end = payload.indexOf(QUOTE, start);
  let padding = 0;
  if (end > start && payload[end - 1] === EQUALS) padding++;
  if (end > start && payload[end - 2] === EQUALS) padding++;
  return (end - start) / 4 * 3 - padding;
}
