import { Client } from "../../../src/client/mod.ts";
import type { SandboxPolicy } from "../../../src/protocol/mod.ts";
import { percentile } from "../../bench/statistics.ts";
import { createMark, type Mark } from "../../kit/marked_processes.ts";
import { until } from "../../kit/until.ts";
import { type Census, takeCensus } from "./census.ts";
import { type Job, jobOf } from "./jobs.ts";

/** What is soaked, and for how long. */
export interface SoakOptions {
  /** Where the server listens. */
  readonly url: string;
  /** Process id of the server. */
  readonly pid: number;
  /** Commands to run. */
  readonly count: number;
  /** Connections, each with one command at a time. */
  readonly connections: number;
  /** Policy of the commands that run in a sandbox. */
  readonly sandbox: SandboxPolicy;
  /** Told now and then how many are done. */
  readonly onProgress?: (done: number) => void;
}

/** How long the jobs of one kind took. */
export interface Latency {
  readonly job: string;
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** What came of a soak. */
export interface SoakReport {
  readonly count: number;
  /** How many of them ran in a terminal. */
  readonly terminals: number;
  readonly seconds: number;
  /** The server with its connections, before the first command. */
  readonly fresh: Census;
  /** Behind the commands that were run to warm it up. */
  readonly before: Census;
  readonly after: Census;
  readonly latencies: readonly Latency[];
  /** What was not as it has to be, a line each. */
  readonly faults: readonly string[];
}

/**
 * Share of the commands that run before those that count, and the least of it:
 * a server's heap has its working size only after some thousands.
 */
const WARM_UP = { share: 0.3, least: 200 } as const;
const PROGRESS_EVERY = 500;
/** How long threads of a pool and the like may take to go. */
const SETTLE_MS = 60_000;

/** Runs many commands of all kinds and compares the server before and after. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { url, pid, count } = options;
  const mark = createMark();
  await using resources = new AsyncDisposableStack();
  const clients: Client[] = [];
  while (clients.length < options.connections) {
    const capabilities = { experimentalApi: true };
    clients.push(
      resources.use(await Client.connect({ url }, { capabilities })),
    );
  }
  const run = new Run(options, mark, clients);

  const fresh = await takeCensus(pid, mark);
  const first = Math.max(WARM_UP.least, Math.ceil(count * WARM_UP.share));
  const warmUp = await run.jobs(0, first);
  const before = await settle(pid, mark, (now) => now.commands === 0);
  const started = performance.now();
  const main = await run.jobs(first, count);
  const seconds = (performance.now() - started) / 1000;
  const after = await settle(
    pid,
    mark,
    (now) => findGrowth(before, now).length === 0,
  );
  return {
    count,
    terminals: main.jobs.filter(({ isTerminal }) => isTerminal).length,
    seconds,
    fresh,
    before,
    after,
    latencies: toLatencies(main.jobs, main.latenciesMs),
    faults: [...warmUp.faults, ...main.faults, ...findGrowth(before, after)],
  };
}

interface Outcome {
  readonly jobs: Job[];
  readonly latenciesMs: number[];
  readonly faults: string[];
}

class Run {
  readonly #options: SoakOptions;
  readonly #mark: Mark;
  readonly #clients: readonly Client[];

  constructor(
    options: SoakOptions,
    mark: Mark,
    clients: readonly Client[],
  ) {
    this.#options = options;
    this.#mark = mark;
    this.#clients = clients;
  }

  /** Runs `count` jobs of the mix from a place on, spread over the clients. */
  async jobs(first: number, count: number): Promise<Outcome> {
    const outcome: Outcome = { jobs: [], latenciesMs: [], faults: [] };
    const { url, sandbox, onProgress } = this.#options;
    let next = first;
    await Promise.all(this.#clients.map(async (client) => {
      while (next < first + count) {
        const index = next++;
        const job = jobOf(index);
        const id = `soak-${index}`;
        const started = performance.now();
        try {
          await job.run({ client, url, id, mark: this.#mark, sandbox });
        } catch (error) {
          const text = error instanceof Error ? error.message : String(error);
          outcome.faults.push(`${job.name} (${id}): ${text}`);
        }
        outcome.jobs.push(job);
        outcome.latenciesMs.push(performance.now() - started);
        const done = outcome.jobs.length;
        if (done % PROGRESS_EVERY === 0) onProgress?.(done);
      }
    }));
    return outcome;
  }
}

/** A census as soon as it is as wished, or the last one when time is up. */
async function settle(
  pid: number,
  mark: Mark,
  isSettled: (now: Census) => boolean,
): Promise<Census> {
  let now = await takeCensus(pid, mark);
  await until("the server comes to rest", async () => {
    now = await takeCensus(pid, mark);
    return isSettled(now);
  }, { timeoutMs: SETTLE_MS, everyMs: 200 }).catch(() => {});
  return now;
}

/** What must not be more than before. */
const COUNTED = ["processes", "threads", "descriptors"] as const;

/** What a server has more of than before, or still runs; a line each. */
export function findGrowth(before: Census, after: Census): string[] {
  return [
    ...COUNTED.filter((what) => after[what] > before[what])
      .map((what) => `${what} grew from ${before[what]} to ${after[what]}`),
    ...after.commands > 0 ? [`${after.commands} commands still run`] : [],
  ];
}

function toLatencies(
  jobs: readonly Job[],
  latenciesMs: readonly number[],
): Latency[] {
  const byJob = Map.groupBy(
    latenciesMs.keys(),
    (at) => jobs[at]!.name,
  );
  return [...byJob].map(([job, places]) => {
    const mine = places.map((at) => latenciesMs[at]!);
    return {
      job,
      count: mine.length,
      p50Ms: percentile(mine, 0.5),
      p99Ms: percentile(mine, 0.99),
      maxMs: Math.max(...mine),
    };
  }).sort((a, b) => a.job.localeCompare(b.job));
}
