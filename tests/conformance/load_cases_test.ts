import assert from "node:assert/strict";
import { CASE_DIRECTORIES, loadCases } from "./load_cases.ts";
import { isPending, passingEntries, staleEntries } from "./pending.ts";
import { filterCases } from "./replay.ts";

const GOOD = {
  name: "a.b",
  area: "a",
  transport: "stdio",
  strict: false,
  steps: [{ sleep: 1 }],
};

async function load(...files: unknown[]): Promise<string[]> {
  const directory = await Deno.makeTempDir();
  try {
    for (const [index, value] of files.entries()) {
      await Deno.writeTextFile(
        `${directory}/${index}.json`,
        JSON.stringify(value),
      );
    }
    return (await loadCases(directory)).map(({ name }) => name);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("loadCases() reads lists and single cases in the order of files", async () => {
  assert.deepEqual(
    await load([{ ...GOOD, name: "z" }, GOOD], { ...GOOD, name: "c" }),
    ["z", "a.b", "c"],
  );
});

Deno.test("loadCases() refuses a name that was used before", async () => {
  await assert.rejects(load(GOOD, GOOD), {
    message: 'Case "a.b" exists twice',
  });
});

Deno.test("loadCases() refuses what is no case", async () => {
  const { steps: _, ...withoutSteps } = GOOD;
  const bad = [5, withoutSteps, { ...GOOD, transport: "tcp" }, {
    ...GOOD,
    steps: [{ jump: 1 }],
  }];
  for (const value of bad) await assert.rejects(load(value), TypeError);
});

Deno.test("loadCases() reads the project's own cases", async () => {
  for (const directory of Object.values(CASE_DIRECTORIES)) {
    assert.notEqual((await loadCases(directory)).length, 0);
  }
});

Deno.test("filterCases() looks at names and areas", async () => {
  const cases = await loadCases(CASE_DIRECTORIES.core);
  assert.deepEqual(filterCases(cases, undefined), cases);
  assert.ok(filterCases(cases, "^fs$").every(({ area }) => area === "fs"));
  assert.deepEqual(
    filterCases(cases, "^init\\.twice$").map(({ name }) => name),
    ["init.twice"],
  );
});

Deno.test("pending entries name cases or areas", async () => {
  const cases = (await loadCases(CASE_DIRECTORIES.core))
    .filter(({ area }) => area === "misc" || area === "rpc");
  const pending = { "misc": "later", "rpc.id-zero": "later", "gone": "later" };
  assert.deepEqual(staleEntries(cases, pending), ["gone"]);
  assert.ok(
    cases.every((oneCase) =>
      isPending(oneCase, pending) ===
        (oneCase.area === "misc" || oneCase.name === "rpc.id-zero")
    ),
  );
});

Deno.test("passingEntries() needs every case of an entry to have passed", async () => {
  const cases = (await loadCases(CASE_DIRECTORIES.core))
    .filter(({ area }) => area === "misc");
  const pending = { "misc": "later", "misc.fuzzy": "later" };
  const results = cases.map(({ name }) => ({
    name,
    ok: name === "misc.fuzzy",
  }));
  assert.deepEqual(passingEntries(cases, pending, results), [[
    "misc.fuzzy",
    1,
  ]]);
  assert.deepEqual(
    passingEntries(
      cases,
      pending,
      results.map(({ name }) => ({ name, ok: true })),
    ),
    [["misc", cases.length], ["misc.fuzzy", 1]],
  );
});
