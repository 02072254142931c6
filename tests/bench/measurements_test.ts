import assert from "node:assert/strict";
import { Measurements } from "./measurements.ts";
import { median, percentile } from "./statistics.ts";
import { formatTable } from "./table.ts";

Deno.test("median() takes the middle, or the mean of the two in the middle", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 10]), 3);
  assert.equal(median([]), NaN);
});

Deno.test("percentile() takes the value that the share stays below", () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.equal(percentile(values, 0.5), 51);
  assert.equal(percentile(values, 0.99), 100);
  assert.equal(percentile([7], 0.99), 7);
  assert.equal(percentile([], 0.5), NaN);
});

Deno.test("Measurements.summarize() pairs the samples of both sides", () => {
  const measurements = new Measurements();
  for (const [a, b] of [[1, 2], [3, 2], [2, 8]] as const) {
    measurements.add("a", "start", "ms", "lower", a);
    measurements.add("b", "start", "ms", "lower", b);
  }
  assert.deepEqual(measurements.summarize(), [{
    metric: "start",
    unit: "ms",
    better: "lower",
    a: 2,
    b: 2,
    ratio: 0.5,
    min: 0.25,
    max: 1.5,
    n: 3,
    samples: { a: [1, 3, 2], b: [2, 2, 8] },
  }]);
});

Deno.test("formatTable() aligns columns and shows about four digits", () => {
  const measurements = new Measurements();
  measurements.add("a", "rate", "req/s", "higher", 12345.6);
  measurements.add("b", "rate", "req/s", "higher", 10);
  measurements.add("a", "p50 of it", "ms", "lower", 0.12345);
  const lines = formatTable(measurements.summarize(), { a: "ours", b: "B" });
  assert.equal(
    lines,
    [
      "metric      ours     B   unit   A/B    [min..max]  better  n",
      "rate       12346  10.0  req/s  1235  [1235..1235]  higher  1",
      "p50 of it  0.123     -     ms     -        [-..-]   lower  1",
    ].join("\n"),
  );
});
