/**
 * Replays the cases that need a model against the server of this checkout.
 * Another command line can stand in for it:
 * GANGWAY_CONFORMANCE_SERVER="CMD app-server".
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { splitCommand } from "../args.ts";
import { isPending, staleEntries } from "../pending.ts";
import { defaultRoot } from "../replay.ts";
import { runCases } from "../run_cases.ts";
import type { AgentCase } from "./case.ts";
import {
  AGENT_CASES,
  loadAgentCases,
  loadAgentPending,
} from "./load_agent_cases.ts";
import { runCase } from "./run_case.ts";

const OTHER_SERVER = Deno.env.get("GANGWAY_CONFORMANCE_SERVER");

/** The limits of cases are for a machine that has nothing else to do. */
const PATIENCE = 5;

const command = OTHER_SERVER === undefined
  ? [
    Deno.execPath(),
    "run",
    "-A",
    fileURLToPath(new URL("../../../cli.ts", import.meta.url)),
    "app-server",
  ]
  : splitCommand(OTHER_SERVER);

Deno.test("pending.json of the agent cases names only what exists", async () => {
  const cases = await loadAgentCases(AGENT_CASES);
  assert.deepEqual(staleEntries(cases, await loadAgentPending()), []);
});

Deno.test("app-server meets the agent cases", async (t) => {
  const pending = await loadAgentPending();
  const cases = await loadAgentCases(AGENT_CASES);
  const ready = cases.filter((oneCase) => !isPending(oneCase, pending));
  print(`${cases.length - ready.length} pending not run`);
  for (const [area, ofArea] of Map.groupBy(ready, ({ area }) => area)) {
    await t.step(`${area}: ${ofArea.length} cases`, async () => {
      const failures = await failuresOf(ofArea);
      assert.equal(failures.length, 0, "\n" + failures.join("\n"));
    });
  }
});

/** Lines for the cases that fail twice; a busy machine may miss a time limit. */
async function failuresOf(cases: readonly AgentCase[]): Promise<string[]> {
  const run = (oneCase: AgentCase) =>
    runCase(oneCase, { root: defaultRoot(), command, patience: PATIENCE });
  const first = await runCases(cases, { run, concurrency: 3 });
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

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}
