import type { Case } from "./case.ts";
import type { RunOptions } from "./case_run.ts";
import { runCase } from "./run_case.ts";

/** What became of one case. */
export interface CaseResult {
  readonly name: string;
  readonly area: string;
  readonly transport: string;
  readonly strict: boolean;
  readonly ok: boolean;
  readonly ms: number;
  /** The first difference; null when there is none. */
  readonly diff: string | null;
}

/** Runs many cases, `concurrency` at a time; results come sorted by name. */
export async function runCases(
  cases: readonly Case[],
  options: RunOptions & {
    readonly concurrency: number;
    readonly onResult?: (result: CaseResult) => void | Promise<void>;
  },
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  const left = cases.values();
  const work = async () => {
    // All workers take from one iterator, so each case runs once.
    for (const oneCase of left) {
      const started = performance.now();
      const diff = await runCase(oneCase, options);
      const { name, area, transport, strict } = oneCase;
      const ms = Math.round(performance.now() - started);
      const ok = diff === null;
      const result = { name, area, transport, strict, ok, ms, diff };
      results.push(result);
      await options.onResult?.(result);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  // Not empty while another run uses it: then it stays.
  await Deno.remove(options.root).catch(() => {});
  return results.sort((a, b) => a.name < b.name ? -1 : 1);
}
