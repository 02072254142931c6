import { join } from "node:path";
import { type Arguments, parseArguments, USAGE, UsageError } from "./args.ts";
import { isPending, passingEntries, type Pending } from "./pending.ts";
import { type CaseHead, type CaseResult, runCases } from "./run_cases.ts";

/** What the command line needs to know about one kind of case. */
export interface Kit<C extends CaseHead> {
  /** Directory of the cases when `--cases` gives none. */
  readonly directory: string;
  readonly pending: Pending;
  load(directory: string): Promise<C[]>;
  run(oneCase: C, options: Arguments): Promise<string | null>;
}

/**
 * Where cases get their directories: in the home, since servers may refuse a
 * CODEX_HOME below the system's temporary directory.
 */
export function defaultRoot(): string {
  return join(Deno.env.get("HOME") ?? Deno.cwd(), ".gangway-conformance");
}

/**
 * The command line of a kit: runs its cases, prints what differs and
 * `N passed, N failed`, and sets the exit code: 0, 1 when a case failed, 2
 * when the arguments make no sense.
 */
export async function replay<C extends CaseHead>(kit: Kit<C>): Promise<void> {
  try {
    Deno.exitCode = await run(kit);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    await print(`${error.message}\n${USAGE}`);
    Deno.exitCode = 2;
  }
}

/** The cases whose name or area fits `filter`, a regular expression. */
export function filterCases<C extends CaseHead>(
  cases: readonly C[],
  filter: string | undefined,
): C[] {
  const pattern = new RegExp(filter ?? "");
  return cases.filter(({ name, area }) =>
    pattern.test(name) || pattern.test(area)
  );
}

async function run<C extends CaseHead>(kit: Kit<C>): Promise<number> {
  const options = parseArguments(Deno.args, {
    cases: kit.directory,
    root: defaultRoot(),
  });
  const cases = filterCases(await kit.load(options.cases), options.filter);
  if (options.list) {
    for (const { area, transport, strict, name } of cases) {
      await print(
        [area, transport, strict ? "strict" : "loose", name].join("\t"),
      );
    }
    return 0;
  }
  const ready = cases.filter((oneCase) =>
    options.pending || !isPending(oneCase, kit.pending)
  );
  const started = performance.now();
  const results = await runCases(ready, {
    concurrency: options.concurrency,
    run: (oneCase) => kit.run(oneCase, options),
    onResult: async ({ name, ok, ms, diff }) => {
      if (!ok) await print(`FAIL ${name}: ${diff}`);
      else if (options.verbose) await print(`ok   ${name} (${ms} ms)`);
    },
  });
  // Not empty while another run uses it: then it stays.
  await Deno.remove(options.root).catch(() => {});
  if (options.json !== undefined) {
    const wallMs = Math.round(performance.now() - started);
    await writeReport(options.json, options.server, wallMs, results);
  }
  if (ready.length < cases.length) {
    await print(`${cases.length - ready.length} pending not run`);
  }
  for (const [entry, count] of passingEntries(cases, kit.pending, results)) {
    await print(`"${entry}" is no longer pending: ${count} passed`);
  }
  const { passed, failed } = tally(results);
  await print(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function writeReport(
  file: string,
  server: string,
  wallMs: number,
  results: readonly CaseResult[],
): Promise<void> {
  const report = { server, wallMs, ...tally(results), results };
  await Deno.writeTextFile(file, JSON.stringify(report, null, 1));
}

function tally(
  results: readonly CaseResult[],
): { passed: number; failed: number } {
  const passed = results.filter(({ ok }) => ok).length;
  return { passed, failed: results.length - passed };
}

async function print(line: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(line + "\n"));
}
