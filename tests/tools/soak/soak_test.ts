import assert from "node:assert/strict";
import { ServerProcess } from "../../kit/server_process.ts";
import { createTempDir } from "../../kit/temp_dir.ts";
import type { Census } from "./census.ts";
import { jobOf, JOBS } from "./jobs.ts";
import { formatSoak, formatThreadSoak, MAX_SLOW_MIB } from "./report.ts";
import { readSlowly } from "./slow_reader.ts";
import { findGrowth, soak } from "./soak.ts";
import { soakThreads } from "./threads.ts";

const MIB = 1024 * 1024;
/** A server that is not yet warm grows more than one that is. */
const MAX_GROWTH_MIB = 96;
const MAX_COLD_HEAP_GROWTH_MIB = 16;

Deno.test("soak: 200 commands of all kinds end as they have to and leave nothing behind", async () => {
  await using home = await createTempDir();
  await using server = await ServerProcess.start({
    home: home.path,
    listen: "ws://127.0.0.1:0",
  });
  const report = await soak({
    url: server.url,
    pid: server.pid,
    count: 200,
    connections: 8,
    sandbox: { type: "readOnly" },
  });
  assert.deepEqual(report.faults, []);
  const grownMiB = report.after.serverRssMiB - report.before.serverRssMiB;
  assert.ok(grownMiB <= MAX_GROWTH_MIB, formatSoak(report));
  const { count, terminals, latencies } = report;
  assert.deepEqual({ count, terminals }, { count: 200, terminals: 20 });
  assert.deepEqual(
    latencies.map(({ job }) => job).toSorted(),
    JOBS.map(({ name }) => name).toSorted(),
  );
});

Deno.test("soak: 200 turns in 20 threads, with clients that come and go, leave nothing behind", async () => {
  const report = await soakThreads({ turns: 200, threads: 20, clients: 4 });
  assert.deepEqual(report.faults, []);
  const { turns, threads } = report;
  assert.deepEqual({ turns, threads }, { turns: 230, threads: 20 });
  const grownMiB = report.after.heapMiB - report.before.heapMiB;
  assert.ok(grownMiB <= MAX_COLD_HEAP_GROWTH_MIB, formatThreadSoak(report));
});

for (const listen of [undefined, "ws://127.0.0.1:0"] as const) {
  Deno.test(`soak: a slow reader on ${listen ?? "stdio"} gets 256 MiB whole and costs little`, async () => {
    await using home = await createTempDir();
    await using server = await ServerProcess.start({ home: home.path, listen });
    await using peer = await server.connect();
    const { bytes, grownBytes } = await readSlowly(peer, server.pid, 256 * MIB);
    assert.equal(bytes, 256 * MIB);
    const grownMiB = grownBytes / MIB;
    assert.ok(grownMiB < MAX_SLOW_MIB, `Grew by ${grownMiB} MiB`);
  });
}

Deno.test("jobOf() makes every tenth command one in a terminal", () => {
  const jobs = Array.from({ length: 10_000 }, (_, index) => jobOf(index));
  const terminals = jobs.filter(({ isTerminal }) => isTerminal);
  assert.equal(terminals.length, 1_000);
  assert.equal(new Set(jobs).size, JOBS.length);
});

Deno.test("findGrowth() names what there is more of, and commands that still run", () => {
  const before: Census = {
    processes: 2,
    threads: 12,
    descriptors: 40,
    serverRssMiB: 90,
    childrenRssMiB: 2,
    commands: 0,
  };
  assert.deepEqual(findGrowth(before, { ...before, threads: 11 }), []);
  assert.deepEqual(
    findGrowth(before, {
      ...before,
      processes: 3,
      descriptors: 41,
      commands: 1,
    }),
    [
      "processes grew from 2 to 3",
      "descriptors grew from 40 to 41",
      "1 commands still run",
    ],
  );
});
