import type { Side } from "./args.ts";
import { median } from "./statistics.ts";

/** Which way a metric is good. */
export type Better = "lower" | "higher";

/** What was measured of one metric on both sides. */
interface Row {
  readonly metric: string;
  readonly unit: string;
  readonly better: Better;
  readonly samples: Readonly<Record<Side, number[]>>;
}

/** One line of the table. */
export interface Summary {
  readonly metric: string;
  readonly unit: string;
  readonly better: Better;
  /** Medians of the sides. */
  readonly a: number;
  readonly b: number;
  /** Median, least and greatest of the ratios A/B of paired samples. */
  readonly ratio: number;
  readonly min: number;
  readonly max: number;
  readonly n: number;
  readonly samples: Readonly<Record<Side, readonly number[]>>;
}

/** Samples by metric, in the order in which metrics first came up. */
export class Measurements {
  readonly #rows = new Map<string, Row>();

  add(
    side: Side,
    metric: string,
    unit: string,
    better: Better,
    value: number,
  ): void {
    const row = this.#rows.get(metric) ??
      { metric, unit, better, samples: { a: [], b: [] } };
    this.#rows.set(metric, row);
    row.samples[side].push(value);
  }

  /** Sample n of A is paired with sample n of B: they were taken seconds apart. */
  summarize(): Summary[] {
    return [...this.#rows.values()].map(({ samples, ...row }) => {
      const ratios = samples.a
        .map((value, index) => value / (samples.b[index] ?? NaN))
        .filter(Number.isFinite);
      return {
        ...row,
        a: median(samples.a),
        b: median(samples.b),
        ratio: median(ratios),
        min: Math.min(...ratios),
        max: Math.max(...ratios),
        n: samples.a.length,
        samples,
      };
    });
  }
}
