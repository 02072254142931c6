/**
 * Replays recorded conversations against any server that speaks the protocol.
 *
 *     deno run -A tests/conformance/main.ts --server "CMD app-server"
 *
 * The last line is `N passed, N failed`; the exit code is 0 when nothing
 * failed, 1 when something did, 2 for a command line that makes no sense.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Arguments,
  parseArguments,
  splitCommand,
  USAGE,
  UsageError,
} from "./args.ts";
import type { Case } from "./case.ts";
import { filterCases, loadCases } from "./load_cases.ts";
import { isPending, loadPending, passingEntries } from "./pending.ts";
import { type CaseResult, runCases } from "./run_cases.ts";

/** The case directories beside this file. */
export const CASE_DIRECTORIES = {
  /** What any compatible server meets. */
  core: fileURLToPath(new URL("cases/core", import.meta.url)),
  /** What Gangway does better on purpose. */
  gangway: fileURLToPath(new URL("cases/gangway", import.meta.url)),
} as const;

/**
 * Where cases get their directories: in the home, since servers may refuse a
 * CODEX_HOME below the system's temporary directory.
 */
export function defaultRoot(): string {
  return join(Deno.env.get("HOME") ?? Deno.cwd(), ".gangway-conformance");
}

async function main(): Promise<number> {
  const options = parseArguments(Deno.args, {
    cases: CASE_DIRECTORIES.core,
    root: defaultRoot(),
  });
  const cases = filterCases(await loadCases(options.cases), options.filter);
  if (options.list) {
    for (const oneCase of cases) await print(summary(oneCase));
    return 0;
  }
  const pending = await loadPending();
  const skipped = options.pending
    ? []
    : cases.filter((oneCase) => isPending(oneCase, pending));
  const results = await replay(
    cases.filter((oneCase) => !skipped.includes(oneCase)),
    options,
  );
  if (skipped.length > 0) await print(`${skipped.length} pending not run`);
  for (const [entry, count] of passingEntries(cases, pending, results)) {
    await print(`"${entry}" is no longer pending: ${count} passed`);
  }
  const passed = results.filter(({ ok }) => ok).length;
  const failed = results.length - passed;
  await print(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function replay(
  cases: readonly Case[],
  options: Arguments,
): Promise<CaseResult[]> {
  const started = performance.now();
  const results = await runCases(cases, {
    ...options,
    command: splitCommand(options.server),
    onResult: async ({ name, ok, ms, diff }) => {
      if (!ok) await print(`FAIL ${name}: ${diff}`);
      else if (options.verbose) await print(`ok   ${name} (${ms} ms)`);
    },
  });
  if (options.json !== undefined) {
    const passed = results.filter(({ ok }) => ok).length;
    const report = {
      server: options.server,
      wallMs: Math.round(performance.now() - started),
      passed,
      failed: results.length - passed,
      results,
    };
    await Deno.writeTextFile(options.json, JSON.stringify(report, null, 1));
  }
  return results;
}

function summary({ area, transport, strict, name }: Case): string {
  return [area, transport, strict ? "strict" : "loose", name].join("\t");
}

async function print(line: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(line + "\n"));
}

if (import.meta.main) {
  try {
    Deno.exitCode = await main();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    await print(`${error.message}\n${USAGE}`);
    Deno.exitCode = 2;
  }
}
