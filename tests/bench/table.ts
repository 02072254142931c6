import type { Side } from "./args.ts";
import type { Summary } from "./measurements.ts";

/** The measurements as text, one metric per line, columns aligned. */
export function formatTable(
  summaries: readonly Summary[],
  name: Readonly<Record<Side, string>>,
): string {
  const head = [
    "metric",
    name.a,
    name.b,
    "unit",
    "A/B",
    "[min..max]",
    "better",
    "n",
  ];
  const lines = [head, ...summaries.map(cellsOf)];
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0))
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0
            ? cell.padEnd(widths[column] ?? 0)
            : cell.padStart(widths[column] ?? 0)
        )
        .join("  ")
    )
    .join("\n");
}

function cellsOf(summary: Summary): string[] {
  const { metric, unit, better, n, a, b, ratio, min, max } = summary;
  return [
    metric,
    format(a),
    format(b),
    unit,
    format(ratio),
    `[${format(min)}..${format(max)}]`,
    better,
    String(n),
  ];
}

/** About four digits that matter; "-" for what could not be computed. */
function format(value: number): string {
  if (!Number.isFinite(value)) return "-";
  const size = Math.abs(value);
  return value.toFixed(size >= 1000 ? 0 : size >= 10 ? 1 : 3);
}
