import { type Side, SIDES } from "../args.ts";
import { alternate, type Bench } from "../bench.ts";
import { BenchClient } from "../client.ts";
import { delay } from "../delay.ts";
import { createHome } from "../homes.ts";
import { atOnce, tellMessage, toCall, toMessage } from "../model_events.ts";
import { type Answer, ModelServer } from "../model_server.ts";
import { memoryOf } from "../process_tree.ts";
import { percentile } from "../statistics.ts";
import { StdioClient } from "../stdio_client.ts";
import { TurnClient } from "../turn_client.ts";

/** A server with a model of its own. */
interface Stand {
  readonly model: ModelServer;
  readonly client: TurnClient;
  readonly child: Deno.ChildProcess;
}
type Stands = Readonly<Record<Side, Stand>>;

const THREADS = 200;
/** Bytes that a model writes at a time when it is in a hurry. */
const PIECE_BYTES = 16 * 1024;
const encoder = new TextEncoder();

/** Whole turns with a model that costs nothing. */
export async function turns(bench: Bench): Promise<void> {
  await withStands(bench, "stdio", async (stands) => {
    await throughput(bench, stands, "stdio");
  });
  await withStands(bench, "ws", async (stands) => {
    await smallTurns(bench, stands);
    await latency(bench, stands);
    await throughput(bench, stands, "ws");
  });
  await idleThreads(bench);
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
): Promise<void> {
  const deltas = options.quick ? 200 : 1_000;
  await log(`${deltas} deltas, one per millisecond`);
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
    put("a token event, p50", "ms", "lower", percentile(latenciesMs, 0.5));
    put("a token event, p99", "ms", "lower", percentile(latenciesMs, 0.99));
  });
}

const KINDS: readonly (readonly [string, () => () => Answer])[] = [
  ["a turn of text", () => () => atOnce(toMessage("Done"))],
  [
    "a turn with a plan",
    () =>
      inTurn([
        () =>
          toCall("update_plan", { plan: [{ step: "Go", status: "pending" }] }),
        () => toMessage("Done"),
      ]),
  ],
  [
    "a turn with a command",
    () =>
      inTurn([
        () => toCall("exec_command", { cmd: "true", login: false }),
        () => toMessage("Done"),
      ]),
  ],
];

/** Small turns, from the request to the notification of their end. */
async function smallTurns(
  { options, measurements, log }: Bench,
  stands: Stands,
): Promise<void> {
  const count = options.quick ? 10 : 40;
  for (const [name, toAnswers] of KINDS) {
    await log(name);
    const burst = async (side: Side): Promise<number[]> => {
      const { model, client } = stands[side];
      const times: number[] = [];
      const threadId = await client.start();
      for (let turn = 0; turn < count; turn++) {
        model.answer = toAnswers();
        const { sentMs, completedMs } = await client.play(threadId);
        times.push(completedMs - sentMs);
      }
      return times;
    };
    for (const side of SIDES) await burst(side);
    await alternate(options.repeats, async (side) => {
      const times = await burst(side);
      const put = measurements.add.bind(measurements, side);
      put(`${name}, p50`, "ms", "lower", percentile(times, 0.5));
      put(`${name}, p99`, "ms", "lower", percentile(times, 0.99));
    });
  }
}

/** What a thread takes that is loaded and has played one small turn. */
async function idleThreads(bench: Bench): Promise<void> {
  const { options, measurements, log } = bench;
  const threads = options.quick ? 50 : THREADS;
  await log(`${threads} idle threads`);
  await alternate(options.quick ? 1 : 2, async (side) => {
    await withStand(bench, side, "idle", async ({ client, child, model }) => {
      model.answer = () => atOnce(toMessage("Done"));
      for (let warm = 0; warm < 10; warm++) {
        await client.play(await client.start());
      }
      await delay(500); // The start's own work is over.
      const before = await memoryOf(child.pid);
      for (let thread = 0; thread < threads; thread++) {
        await client.play(await client.start());
      }
      await delay(1000); // What the turns needed only to run is freed.
      const after = await memoryOf(child.pid);
      const put = measurements.add.bind(measurements, side);
      const eachKiB = (after.rssMiB - before.rssMiB) * 1024 / threads;
      put("memory (RSS) per idle thread", "KiB", "lower", eachKiB);
      put(`RSS with ${threads} idle threads`, "MiB", "lower", after.rssMiB);
    });
  });
}

/** Answers one after the other, the last one to all that is asked after it. */
function inTurn(texts: readonly (() => string)[]): () => Answer {
  let asked = 0;
  return () => atOnce(texts[Math.min(asked++, texts.length - 1)]!());
}

async function withStands(
  bench: Bench,
  transport: "stdio" | "ws",
  use: (stands: Stands) => Promise<void>,
): Promise<void> {
  await withStand(bench, "a", transport, async (a) => {
    await withStand(bench, "b", transport, async (b) => await use({ a, b }));
  });
}

async function withStand(
  bench: Bench,
  side: Side,
  name: "stdio" | "ws" | "idle",
  use: (stand: Stand) => Promise<void>,
): Promise<void> {
  await using model = new ModelServer();
  const home = await createHome(bench, side, name, model.port);
  const { servers, options } = bench;
  if (name === "stdio") {
    const child = servers.startStdio(side, home);
    const client = new TurnClient(await StdioClient.open(child));
    await use({ model, client, child });
    await servers.stop(child);
    return;
  }
  const server = await servers.startSocket(side, home);
  const { child } = server;
  const socket = await BenchClient.open(server, options.token);
  await use({ model, client: new TurnClient(socket), child });
  socket.close();
  await servers.stop(child);
}
