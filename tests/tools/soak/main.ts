/**
 * `deno task soak`: runs thousands of commands of all kinds against a server
 * and looks at what they left; reads gigabytes slowly; then plays turns in many
 * threads. Linux only.
 *
 *     deno task soak [--count 10000] [--connections 16] [--slow-mib 2048]
 *                    [--turns 20000] [--threads 500] [--clients 20]
 *                    [--server "CMD app-server"] [--no-sandbox]
 *
 * Exit 0: every command did what it had to, nothing was left behind, and memory
 * stayed within its bounds. Exit 1 otherwise.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { Servers } from "../../bench/servers.ts";
import { LinePeer } from "../../kit/line_peer.ts";
import { createTempDir } from "../../kit/temp_dir.ts";
import { WebSocketPeer } from "../../kit/websocket_peer.ts";
import {
  formatSoak,
  formatThreadSoak,
  MAX_GROWTH_MIB,
  MAX_HEAP_GROWTH_MIB,
  MAX_SLOW_MIB,
} from "./report.ts";
import { readSlowly, type SlowRead } from "./slow_reader.ts";
import { soak } from "./soak.ts";
import { soakThreads } from "./threads.ts";

const CLI = new URL("../../../cli.ts", import.meta.url).pathname;
const MIB = 1024 * 1024;

const { values } = parseArgs({
  args: Deno.args,
  options: {
    count: { type: "string", default: "10000" },
    connections: { type: "string", default: "16" },
    "slow-mib": { type: "string", default: "2048" },
    turns: { type: "string", default: "20000" },
    threads: { type: "string", default: "500" },
    clients: { type: "string", default: "20" },
    server: { type: "string" },
    "no-sandbox": { type: "boolean", default: false },
  },
});
await using home = await createTempDir();
const command = values.server ??
  `CODEX_HOME=${home.path} '${Deno.execPath()}' run -A '${CLI}' app-server`;
const servers = new Servers({ command: { a: command, b: command } });
try {
  const faults = [
    ...Number(values.count) > 0 ? await soakCommands() : [],
    ...await readSlowlyBothWays(),
    ...Number(values.turns) > 0 ? await soakTurns() : [],
  ];
  for (const fault of faults.slice(0, 50)) say(`WRONG ${fault}`);
  say(faults.length === 0 ? "All is well" : `${faults.length} faults`);
  Deno.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  await servers.stopAll();
}

async function soakCommands(): Promise<string[]> {
  const { hostname, port, child } = await servers.startSocket("a");
  const report = await soak({
    url: `ws://${hostname}:${port}`,
    pid: child.pid,
    count: Number(values.count),
    connections: Number(values.connections),
    sandbox: {
      type: values["no-sandbox"] ? "dangerFullAccess" : "readOnly",
    },
    onProgress: (done) => say(`… ${done}`),
  });
  await servers.stop(child);
  say(formatSoak(report));
  const grownMiB = report.after.serverRssMiB - report.before.serverRssMiB;
  return grownMiB > MAX_GROWTH_MIB
    ? [...report.faults, `memory grew by ${grownMiB.toFixed(1)} MiB`]
    : [...report.faults];
}

async function readSlowlyBothWays(): Promise<string[]> {
  const bytes = Number(values["slow-mib"]) * MIB;
  if (bytes === 0) return [];
  const faults: string[] = [];
  const note = (way: string, { seconds, grownBytes }: SlowRead): void => {
    const grownMiB = grownBytes / MIB;
    const text = `${values["slow-mib"]} MiB to a slow reader on ${way}: ` +
      `${seconds.toFixed(0)} s, memory +${grownMiB.toFixed(1)} MiB`;
    say(text);
    if (grownMiB > MAX_SLOW_MIB) faults.push(text);
  };
  {
    const { hostname, port, child } = await servers.startSocket("a");
    await using peer = await WebSocketPeer.connect(`ws://${hostname}:${port}`);
    note("websocket", await readSlowly(peer, child.pid, bytes));
    await servers.stop(child);
  }
  {
    const child = servers.startStdio("a");
    await using peer = new LinePeer(child);
    note("stdio", await readSlowly(peer, child.pid, bytes));
    await servers.stop(child);
  }
  return faults;
}

/** In a server of this checkout, whatever `--server` says. */
async function soakTurns(): Promise<string[]> {
  const report = await soakThreads({
    turns: Number(values.turns),
    threads: Number(values.threads),
    clients: Number(values.clients),
    onProgress: (done) => say(`… ${done} turns`),
  });
  say(formatThreadSoak(report));
  const grownMiB = report.after.heapMiB - report.before.heapMiB;
  return grownMiB > MAX_HEAP_GROWTH_MIB
    ? [...report.faults, `the heap grew by ${grownMiB.toFixed(1)} MiB`]
    : [...report.faults];
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
