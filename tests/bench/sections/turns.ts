import { type Side, SIDES } from "../args.ts";
import { alternate, type Bench } from "../bench.ts";
import { atOnce, toCall, toMessage } from "../model_events.ts";
import type { Answer } from "../model_server.ts";
import { type Stands, withStands } from "../stands.ts";
import { percentile } from "../statistics.ts";

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

/** Small turns with a model that costs nothing. */
export async function turns(bench: Bench): Promise<void> {
  await withStands(bench, "ws", (stands) => smallTurns(bench, stands));
}

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

/** Answers one after the other, the last one to all that is asked after it. */
function inTurn(texts: readonly (() => string)[]): () => Answer {
  let asked = 0;
  return () => atOnce(texts[Math.min(asked++, texts.length - 1)]!());
}
