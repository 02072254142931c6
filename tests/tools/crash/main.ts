/**
 * `deno task crash`: kills a server at random moments while threads are used,
 * and looks at what the next one finds. Linux only.
 *
 *     deno task crash [--kills 200] [--seed 1]
 *
 * Exit 0: whatever clients had been promised was there every time. Exit 1
 * otherwise.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { crash } from "./crash.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
  },
});
const { faults, restartMs, ...counts } = await crash({
  kills: Number(values.kills),
  seed: Number(values.seed),
  onProgress(kills, faults) {
    for (const fault of faults) say(`WRONG ${fault}`);
    if (kills % 10 === 0) say(`… ${kills}`);
  },
});
for (const [what, count] of Object.entries(counts)) say(`${what}: ${count}`);
const { p50, max } = restartMs;
say(`from start to list: p50 ${p50.toFixed(0)} ms, max ${max.toFixed(0)} ms`);
for (const fault of faults.slice(0, 50)) say(`WRONG ${fault}`);
say(faults.length === 0 ? "All is well" : `${faults.length} faults`);
Deno.exitCode = faults.length === 0 ? 0 : 1;

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
