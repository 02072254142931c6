import type { SoakReport } from "./soak.ts";
import type { ThreadSoakReport } from "./threads.ts";

/** Most that a warm server's resident memory may grow over a soak, in MiB. */
export const MAX_GROWTH_MIB = 32;
/** Most that its heap may grow over a soak of threads, in MiB. */
export const MAX_HEAP_GROWTH_MIB = 8;
/** Most that a slow reader may cost at any moment, in MiB. */
export const MAX_SLOW_MIB = 64;

/** The report as text. */
export function formatSoak(report: SoakReport): string {
  const { count, terminals, seconds, fresh, before, after, latencies } = report;
  const times = [
    ["", "n", "p50 ms", "p99 ms", "max ms"],
    ...latencies.map(({ job, count, p50Ms, p99Ms, maxMs }) => [
      job,
      ...[count, p50Ms, p99Ms, maxMs].map(show),
    ]),
  ];
  return [
    `${count} commands, ${terminals} of them in a terminal: ` +
    `${seconds.toFixed(1)} s, ${(count / seconds).toFixed(0)} per second`,
    toCensusTable({ fresh, before, after }),
    toTable(times),
  ].join("\n\n");
}

/** The same of threads. */
export function formatThreadSoak(report: ThreadSoakReport): string {
  const { turns, threads, visits, seconds, mostLoaded } = report;
  return [
    `${turns} turns in ${threads} threads, ${visits} visits of clients, ` +
    `at most ${mostLoaded} threads loaded: ${seconds.toFixed(1)} s`,
    toCensusTable(report),
  ].join("\n\n");
}

function toCensusTable<C extends object>(
  { fresh, before, after }: {
    readonly fresh: C;
    readonly before: C;
    readonly after: C;
  },
): string {
  const censuses = [fresh, before, after] as unknown as Record<
    string,
    number
  >[];
  return toTable([
    ["", "fresh", "before", "after"],
    ...Object.keys(before).map((what) => [
      what,
      ...censuses.map((one) => show(one[what]!)),
    ]),
  ]);
}

function show(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

function toTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.map((row) => row[column]!.length))
  );
  return rows.map((row) =>
    row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)
    ).join("  ")
  ).join("\n");
}
