import { SIDES } from "../args.ts";
import { alternate, type Bench, sequence, type SocketPair } from "../bench.ts";
import { memoryOf } from "../process_tree.ts";
import { percentile } from "../statistics.ts";

/** Whole-file reads of 1 KiB, 1 MiB and 32 MiB, and memory after them. */
export async function read(bench: Bench, pair: SocketPair): Promise<void> {
  const { options: { quick, repeats }, measurements } = bench;
  await bench.log("fs/readFile 1 KiB, 1 MiB, 32 MiB");
  const readMany = (side: "a" | "b", count: number, name: string) =>
    sequence(
      count,
      () => pair.clients[side].call("fs/readFile", { path: bench.path(name) }),
    );
  for (const side of SIDES) {
    await readMany(side, 1, "32m");
    await readMany(side, 5, "1m");
  }
  await alternate(repeats, async (side) => {
    const put = measurements.add.bind(measurements, side);
    const small = await readMany(side, quick ? 200 : 500, "1k");
    const p50 = percentile(small.latenciesMs, 0.5);
    put("readFile 1 KiB p50", "ms", "lower", p50);
    const middleCount = quick ? 20 : 60;
    const middle = await readMany(side, middleCount, "1m");
    put("readFile 1 MiB", "MiB/s", "higher", middleCount / middle.seconds);
    const bigCount = quick ? 2 : 4;
    const big = await readMany(side, bigCount, "32m");
    put("readFile 32 MiB", "MiB/s", "higher", 32 * bigCount / big.seconds);
  });
  for (const side of SIDES) {
    const { rssMiB } = await memoryOf(pair.servers[side].child.pid);
    measurements.add(side, "RSS after 32 MiB reads", "MiB", "lower", rssMiB);
  }
}

/** Writes of 1 MiB to one file; its size on disk is checked. */
export async function write(bench: Bench, pair: SocketPair): Promise<void> {
  const { options: { quick, repeats }, measurements } = bench;
  await bench.log("fs/writeFile 1 MiB");
  const path = bench.path("w1m");
  const request = prepare({ path, dataBase64: bench.random.toBase64() });
  const writeMany = (side: "a" | "b", count: number) =>
    sequence(count, () => pair.clients[side].callRaw(request));
  for (const side of SIDES) await writeMany(side, 3);
  await alternate(repeats, async (side) => {
    const count = quick ? 20 : 60;
    const { seconds, latenciesMs } = await writeMany(side, count);
    const put = measurements.add.bind(measurements, side);
    put("writeFile 1 MiB", "MiB/s", "higher", count / seconds);
    put("writeFile 1 MiB p50", "ms", "lower", percentile(latenciesMs, 0.5));
    if ((await Deno.stat(path)).size !== bench.random.length) {
      throw new Error("writeFile wrote the wrong size");
    }
  });
}

/** The bytes of a writeFile request but for its id, built once. */
function prepare(params: unknown): (id: number) => Uint8Array {
  const encoder = new TextEncoder();
  const text = JSON.stringify({ method: "fs/writeFile", params });
  const tail = encoder.encode("," + text.slice(1));
  return (id) => {
    const head = encoder.encode(`{"id":${id}`);
    const request = new Uint8Array(head.length + tail.length);
    request.set(head);
    request.set(tail, head.length);
    return request;
  };
}
