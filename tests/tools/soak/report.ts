import type { SoakReport } from "./soak.ts";

/** Most that a warm server's resident memory may grow over a soak, in MiB. */
export const MAX_GROWTH_MIB = 32;
/** Most that a slow reader may cost at any moment, in MiB. */
export const MAX_SLOW_MIB = 64;

/** The report as text. */
export function formatSoak(report: SoakReport): string {
  const { count, terminals, seconds, fresh, before, after, latencies } = report;
  const rows = [
    ["", "fresh", "before", "after"],
    ...(Object.keys(before) as (keyof typeof before)[]).map((what) => [
      what,
      show(fresh[what]),
      show(before[what]),
      show(after[what]),
    ]),
  ];
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
    toTable(rows),
    toTable(times),
  ].join("\n\n");
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
