/**
 * `deno run -A tests/tools/bad_input/main.ts [--server "CMD app-server"]
 * [--other "CMD app-server"] [--filter REGEX] [--root DIR]`: sends a server
 * requests of every method, each field in turn with every bad value; then the
 * same to another server, and prints where they differ.
 *
 * Each server has a home of its own below `--root` and may touch that alone.
 * Methods that reach for the network or sign in are left out.
 *
 * Exit 0: each request got one answer, and the servers live. Exit 1 otherwise;
 * differences alone are for people to judge.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { Servers } from "../../bench/servers.ts";
import { LinePeer } from "../../kit/line_peer.ts";
import { BadRequests } from "./bad_requests.ts";
import { differences } from "./differences.ts";
import { type Outcome, play } from "./play.ts";

const ROOT = new URL("../../../", import.meta.url);
const AWAY =
  /^(?:account\/(?:login|gcp|gateway)|feedback\/upload|environment\/|remoteControl\/)/;

const { values } = parseArgs({
  args: Deno.args,
  options: {
    server: { type: "string" },
    other: { type: "string" },
    filter: { type: "string", default: "" },
    root: { type: "string", default: `${Deno.env.get("HOME")}` },
  },
});
const schemas = await Deno.readTextFile(
  new URL("schema/json/ClientRequest.json", ROOT),
);
const filter = new RegExp(values.filter);
const requests = [...new BadRequests(JSON.parse(schemas)).all()]
  .filter(({ method }) => filter.test(method) && !AWAY.test(method));
const cli = new URL("cli.ts", ROOT).pathname;
const ours = await run(
  values.server ?? `'${Deno.execPath()}' run -A '${cli}' app-server`,
);
say(`${ours.answers.size} of ${requests.length} requests answered`);
const theirs = values.other === undefined ? undefined : await run(values.other);
const groups = differences(ours.answers, theirs?.answers ?? new Map());
for (const [cause, labels] of groups) {
  say(`${cause}\n    ${labels.length} times: ${labels.slice(0, 5).join("  ")}`);
}
const faults = [...ours.faults, ...theirs?.faults ?? []];
for (const fault of faults) say(`WRONG ${fault}`);
Deno.exitCode = faults.length === 0 ? 0 : 1;

async function run(command: string): Promise<Outcome> {
  const root = await Deno.makeTempDir({
    dir: values.root,
    prefix: "bad_input",
  });
  const place = `${root}/place`;
  for (const name of ["home", "user", "place"]) {
    await Deno.mkdir(`${root}/${name}`);
  }
  const whole = `HOME=${root}/user ${command}`;
  const servers = new Servers({ command: { a: whole, b: whole } });
  try {
    const child = servers.startStdio("a", `${root}/home`);
    await using peer = new LinePeer(child);
    return await play(peer, requests, { place });
  } finally {
    await servers.stopAll();
    await Deno.remove(root, { recursive: true });
  }
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text + "\n"));
}
