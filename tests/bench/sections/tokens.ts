import { type Side, SIDES } from "../args.ts";
import { alternate, type Bench } from "../bench.ts";
import { delay } from "../delay.ts";
import { tellMessage } from "../model_events.ts";
import { type Stands, withStands } from "../stands.ts";
import { percentile } from "../statistics.ts";

/** Bytes that a model writes at a time when it is in a hurry. */
const PIECE_BYTES = 16 * 1024;
const encoder = new TextEncoder();

/** What a model says, on its way to whoever follows. */
export async function tokens(bench: Bench): Promise<void> {
  const { options, measurements, log } = bench;
  await log("the same way through cat(1)");
  for (let round = 0; round < options.repeats; round++) {
    // What no server can be faster than: the same for both.
    const ms = await throughCat(options.quick ? 200 : 1_000);
    for (const side of SIDES) {
      measurements.add(side, "a token event, cat(1), p50", "ms", "lower", ms);
    }
  }
  for (const transport of ["stdio", "ws"] as const) {
    await withStands(bench, transport, async (stands) => {
      await latency(bench, stands, transport);
      await throughput(bench, stands, transport);
    });
  }
}

/** Events per second, from the model's first byte to the end of the turn. */
async function throughput(
  { options, measurements, log }: Bench,
  stands: Stands,
  transport: string,
): Promise<void> {
  const deltas = options.quick ? 5_000 : 20_000;
  await log(`a turn of ${deltas} deltas over ${transport}`);
  const pieces = Array.from({ length: deltas }, (_, at) => `word${at % 97} `);
  const { before, toDelta, after } = tellMessage(pieces.join(""));
  const bytes = encoder.encode(before + pieces.map(toDelta).join("") + after);
  const burst = async (side: Side) => {
    const { model, client } = stands[side];
    let firstMs = 0;
    model.answer = () => async (say) => {
      firstMs = performance.now();
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
        await say(bytes.subarray(at, at + PIECE_BYTES));
      }
    };
    const turn = await client.play(await client.start());
    const ms = turn.completedMs - firstMs;
    return { rate: deltas / ms * 1000, seen: turn.deltas };
  };
  for (const side of SIDES) await burst(side);
  await alternate(options.repeats, async (side) => {
    const { rate, seen } = await burst(side);
    const put = measurements.add.bind(measurements, side);
    put(`token events, ${transport}`, "events/s", "higher", rate);
    put(`token events, ${transport}: frames`, "frames", "higher", seen);
  });
}

/** From the model's write to the frame that tells of it, one at a time. */
async function latency(
  { options, measurements, log }: Bench,
  stands: Stands,
  transport: string,
): Promise<void> {
  const deltas = options.quick ? 200 : 1_000;
  await log(`${deltas} deltas over ${transport}, one per millisecond`);
  const burst = async (side: Side): Promise<number[]> => {
    const { model, client } = stands[side];
    const saidMs: number[] = [];
    const latenciesMs: number[] = [];
    client.onDelta = () => {
      const said = saidMs[latenciesMs.length];
      if (said !== undefined) latenciesMs.push(performance.now() - said);
    };
    model.answer = () => async (say) => {
      const pieces = Array.from({ length: deltas }, (_, at) => `word${at} `);
      const { before, toDelta, after } = tellMessage(pieces.join(""));
      await say(encoder.encode(before));
      await delay(20);
      for (const piece of pieces) {
        const event = encoder.encode(toDelta(piece));
        saidMs.push(performance.now());
        await say(event);
        await delay(1);
      }
      await say(encoder.encode(after));
    };
    await client.play(await client.start());
    client.onDelta = undefined;
    if (latenciesMs.length !== deltas) {
      throw new Error(`${latenciesMs.length} of ${deltas} deltas were told`);
    }
    return latenciesMs;
  };
  for (const side of SIDES) await burst(side);
  await alternate(options.repeats, async (side) => {
    const latenciesMs = await burst(side);
    const put = measurements.add.bind(measurements, side);
    put(
      `a token event, ${transport}, p50`,
      "ms",
      "lower",
      percentile(latenciesMs, 0.5),
    );
    put(
      `a token event, ${transport}, p99`,
      "ms",
      "lower",
      percentile(latenciesMs, 0.99),
    );
  });
}

/** Milliseconds from here through a process that only copies, and back. */
async function throughCat(count: number): Promise<number> {
  const cat = new Deno.Command("cat", { stdin: "piped", stdout: "piped" })
    .spawn();
  const writer = cat.stdin.getWriter();
  const reader = cat.stdout.getReader();
  const piece = encoder.encode("x".repeat(250));
  const latenciesMs: number[] = [];
  for (let sent = 0; sent < count; sent++) {
    const saidMs = performance.now();
    await writer.write(piece);
    await reader.read();
    latenciesMs.push(performance.now() - saidMs);
    await delay(1);
  }
  await writer.close();
  await reader.cancel();
  await cat.status;
  return percentile(latenciesMs, 0.5);
}
