import { type Side, SIDES } from "../args.ts";
import { alternate, type Bench, sequence, type SocketPair } from "../bench.ts";
import type { BenchClient } from "../client.ts";
import { type Reply, succeeded } from "../replies.ts";
import { deltaBytes } from "../delta_bytes.ts";
import { cpuMsOf, memoryOf } from "../process_tree.ts";
import { percentile } from "../statistics.ts";

const NO_SANDBOX = { type: "dangerFullAccess" };

/** Ways in which a program that does nothing is run one after the other. */
const WAYS: readonly (readonly [name: string, params: object])[] = [
  ["command/exec true", { sandboxPolicy: NO_SANDBOX }],
  // Without a policy, servers on an empty home let it read and nothing else.
  ["command/exec true, default policy", {}],
  ["command/exec true, tty", { sandboxPolicy: NO_SANDBOX, tty: true }],
];
const IN_FLIGHT = 32;

/** `command/exec` of a program that does nothing, alone and 32 at a time. */
export async function spawn(bench: Bench, pair: SocketPair): Promise<void> {
  const { options: { quick, repeats }, measurements } = bench;
  const count = quick ? 50 : 200;
  let runs = 0;
  const exec = async (side: Side, params: object): Promise<Reply> =>
    succeeded(
      await pair.clients[side].call("command/exec", {
        command: ["true"],
        processId: `spawn-${++runs}`,
        ...params,
      }),
      "exec",
    );
  for (const [name, params] of WAYS) {
    await bench.log(name);
    for (const side of SIDES) await sequence(5, () => exec(side, params));
    await alternate(repeats, async (side) => {
      const put = measurements.add.bind(measurements, side);
      const { latenciesMs } = await sequence(count, () => exec(side, params));
      put(`${name} p50`, "ms", "lower", percentile(latenciesMs, 0.5));
      put(`${name} p99`, "ms", "lower", percentile(latenciesMs, 0.99));
    });
  }
  await bench.log(`command/exec true, ${IN_FLIGHT} in flight`);
  await alternate(repeats, async (side) => {
    // No more: the reference refuses once about 128 are queued.
    const started = performance.now();
    let left = count;
    await Promise.all(Array.from({ length: IN_FLIGHT }, async () => {
      while (left-- > 0) await exec(side, { sandboxPolicy: NO_SANDBOX });
    }));
    const rate = count / (performance.now() - started) * 1000;
    const name = `command/exec true, ${IN_FLIGHT} in flight`;
    measurements.add(side, name, "exec/s", "higher", rate);
  });
}

/** A way in which zeros are streamed. */
interface Source {
  readonly name: string;
  readonly megabytes: number;
  /** What writes so many bytes. */
  command(bytes: number): string[];
  readonly params: object;
}

/** Streams the output of commands; every byte is counted. */
export async function exec(bench: Bench, pair: SocketPair): Promise<void> {
  const { execMegabytes } = bench.options;
  const sources: readonly Source[] = [
    {
      name: "exec stream",
      megabytes: execMegabytes,
      command: (bytes) => ["head", "-c", String(bytes), "/dev/zero"],
      params: {},
    },
    {
      name: "exec PTY",
      megabytes: execMegabytes / 2,
      // A terminal would turn newlines into two bytes; there are none.
      command: (bytes) => ["sh", "-c", `stty raw; head -c ${bytes} /dev/zero`],
      params: { tty: true },
    },
  ];
  for (const source of sources) await stream(source, bench, pair);
}

async function stream(
  { name: what, megabytes: size, command, params }: Source,
  bench: Bench,
  pair: SocketPair,
): Promise<void> {
  const { options: { repeats, name }, measurements } = bench;
  await bench.log(`${what} ${size} MB`);
  let runs = 0;
  const run = async (side: Side, megabytes: number) => {
    const { pid } = pair.servers[side].child;
    const wantedBytes = megabytes * 1e6;
    const cpuBefore = await cpuMsOf(pid);
    const started = performance.now();
    const output = await countOutput(pair.clients[side], {
      ...params,
      command: command(wantedBytes),
      processId: `${what}-${++runs}`,
    });
    const seconds = (performance.now() - started) / 1000;
    if (output.bytes !== wantedBytes) {
      throw new Error(
        `${what} of ${name[side]}: got ${output.bytes} of ${wantedBytes} bytes`,
      );
    }
    const cpuMs = await cpuMsOf(pid) - cpuBefore;
    return { ...output, seconds, cpuMs };
  };
  for (const side of SIDES) await run(side, 10);
  await alternate(repeats, async (side) => {
    const { bytes, chunks, maxChunkBytes, seconds, cpuMs } = await run(
      side,
      size,
    );
    const put = measurements.add.bind(measurements, side);
    put(`${what} ${size} MB`, "MB/s", "higher", size / seconds);
    put(`${what} mean chunk`, "bytes", "higher", bytes / chunks);
    put(`${what} max chunk`, "bytes", "higher", maxChunkBytes);
    put(`${what} server cpu`, "ms/MB", "lower", cpuMs / size);
  });
  for (const side of SIDES) {
    const { rssMiB } = await memoryOf(pair.servers[side].child.pid);
    measurements.add(side, `RSS after ${what}s`, "MiB", "lower", rssMiB);
  }
}

async function countOutput(
  client: BenchClient,
  params: { readonly command: string[]; readonly processId: string },
): Promise<{ bytes: number; chunks: number; maxChunkBytes: number }> {
  const seen = { bytes: 0, chunks: 0, maxChunkBytes: 0 };
  client.onNotification = (payload) => {
    const chunkBytes = deltaBytes(payload, params.processId);
    if (chunkBytes === undefined) return;
    seen.bytes += chunkBytes;
    seen.chunks++;
    seen.maxChunkBytes = Math.max(seen.maxChunkBytes, chunkBytes);
  };
  const reply = await client.call("command/exec", {
    ...params,
    streamStdoutStderr: true,
    disableOutputCap: true,
    disableTimeout: true,
    sandboxPolicy: NO_SANDBOX,
  });
  client.onNotification = undefined;
  succeeded(reply, "exec");
  return seen;
}
