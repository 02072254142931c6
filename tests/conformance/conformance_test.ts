/**
 * Replays the cases against the server of this checkout. Another command line
 * can stand in for it: GANGWAY_CONFORMANCE_SERVER="CMD app-server".
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { denoDirectory } from "../kit/deno_directory.ts";
import { splitCommand } from "./args.ts";
import type { Case } from "./case.ts";
import type { RunOptions } from "./case_run.ts";
import { CASE_DIRECTORIES, loadCases } from "./load_cases.ts";
import { isPending, loadPending, staleEntries } from "./pending.ts";
import { defaultRoot } from "./replay.ts";
import { runCase } from "./run_case.ts";
import { runCases } from "./run_cases.ts";

const OTHER_SERVER = Deno.env.get("GANGWAY_CONFORMANCE_SERVER");

const OPTIONS: RunOptions = {
  command: OTHER_SERVER === undefined
    ? [
      // A case may give the server another HOME; its modules stay where they are.
      "env",
      `DENO_DIR=${denoDirectory()}`,
      Deno.execPath(),
      "run",
      "-A",
      local("../../cli.ts"),
      "app-server",
    ]
    : splitCommand(OTHER_SERVER),
  lenient: false,
  root: defaultRoot(),
  timeoutMs: 10_000,
  // The limits of cases are for a machine that has nothing else to do; what must
  // not be waited for takes longer than so many times their limit.
  patience: 4,
};

Deno.test("pending.json names only cases and areas that exist", async () => {
  assert.deepEqual(staleEntries(await allCases(), await loadPending()), []);
});

Deno.test("app-server meets the conformance cases", async (t) => {
  const pending = await loadPending();
  const cases = await allCases();
  const ready = cases.filter((oneCase) => !isPending(oneCase, pending));
  print(`${cases.length - ready.length} pending not run`);
  for (const [area, ofArea] of Map.groupBy(ready, ({ area }) => area)) {
    await t.step(`${area}: ${ofArea.length} cases`, async () => {
      const failures = await failuresOf(ofArea);
      assert.equal(failures.length, 0, "\n" + failures.join("\n"));
    });
  }
});

/**
 * Lines for the cases that fail twice. Cases come with time limits, and a busy
 * machine may miss one; the second try is alone and shows in the output.
 */
async function failuresOf(cases: readonly Case[]): Promise<string[]> {
  const run = (oneCase: Case) => runCase(oneCase, OPTIONS);
  const first = await runCases(cases, { run, concurrency: 4 });
  const failures: string[] = [];
  for (const { name, ok, diff } of first) {
    if (ok) continue;
    print(`RETRY ${name}: ${diff}`);
    const again = cases.filter((oneCase) => oneCase.name === name);
    const [second] = await runCases(again, { run, concurrency: 1 });
    if (second?.ok !== true) failures.push(`FAIL ${name}: ${second?.diff}`);
  }
  return failures;
}

async function allCases(): Promise<Case[]> {
  const { core, gangway } = CASE_DIRECTORIES;
  const mended = OTHER_SERVER === undefined ? await loadCases(gangway) : [];
  return [...await loadCases(core), ...mended];
}

function local(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}
