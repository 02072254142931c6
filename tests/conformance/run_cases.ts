/** What every kind of case has. */
export interface CaseHead {
  readonly name: string;
  readonly area: string;
  readonly transport: string;
  readonly strict: boolean;
}

/** What became of one case. */
export interface CaseResult extends CaseHead {
  readonly ok: boolean;
  readonly ms: number;
  /** The first difference; null when there is none. */
  readonly diff: string | null;
}

/** How to run many cases. */
export interface PoolOptions<C extends CaseHead> {
  /** Runs one case: null, or the first difference. */
  readonly run: (oneCase: C) => Promise<string | null>;
  /** Cases at a time. */
  readonly concurrency: number;
  /** Called as soon as each case has ended. */
  readonly onResult?: (result: CaseResult) => void | Promise<void>;
}

/** Runs all cases; results come sorted by name. */
export async function runCases<C extends CaseHead>(
  cases: readonly C[],
  options: PoolOptions<C>,
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  const left = cases.values();
  const work = async () => {
    // All workers take from one iterator, so each case runs once.
    for (const oneCase of left) {
      const started = performance.now();
      const diff = await options.run(oneCase);
      const { name, area, transport, strict } = oneCase;
      const ms = Math.round(performance.now() - started);
      const ok = diff === null;
      const result = { name, area, transport, strict, ok, ms, diff };
      results.push(result);
      await options.onResult?.(result);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return results.sort((a, b) => a.name < b.name ? -1 : 1);
}
