import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Case, Step } from "./case.ts";
import { runCase } from "./run_case.ts";

/** Runs steps against the tiny server; the directories must be gone after. */
async function outcome(
  steps: Step[],
  fields: Partial<Case> = {},
  patience = 6,
): Promise<string | null> {
  const root = await Deno.makeTempDir();
  const tiny = fileURLToPath(
    new URL("testdata/tiny_server.ts", import.meta.url),
  );
  const result = await runCase(
    {
      name: "case",
      area: "area",
      transport: "stdio",
      strict: false,
      steps,
      ...fields,
    },
    {
      command: [Deno.execPath(), "run", "-A", tiny],
      lenient: false,
      root,
      timeoutMs: 10_000,
      patience,
    },
  );
  await Deno.remove(root); // Throws unless the run left it empty.
  return result;
}

const GET = { method: "fs/getMetadata", params: { path: "/" } };

Deno.test("runCase() returns null when the server plays along", async () => {
  assert.equal(
    await outcome(
      [
        { call: GET, result: { $exact: { isDirectory: true } } },
        { send: { ...GET, id: "a" } },
        { expectNext: { id: "a" } },
        { fs: { read: "${TMP}/f", text: "text" } },
        { close: "main" },
        { expectExit: { code: 0 } },
      ],
      { setup: { files: { f: "text" }, init: true } },
    ),
    null,
  );
});

Deno.test("runCase() returns the step and the first difference", async () => {
  assert.equal(
    await outcome([
      { call: GET },
      { call: GET, result: { isDirectory: false } },
    ]),
    "step 1 (call): result: $.isDirectory: want false, got true",
  );
});

Deno.test("runCase() fails on a result where an error is wanted", async () => {
  assert.equal(
    await outcome([{ call: { ...GET, id: 1 }, error: { code: 1 } }]),
    'step 0 (call): want an error {"code":1}, ' +
      'got {"id":1,"result":{"isDirectory":true}}',
  );
});

Deno.test("runCase() fails on a line that is no JSON", async () => {
  assert.equal(
    await outcome([
      { send: { method: "bad", id: 1 } },
      { expectNext: { id: 1 } },
    ]),
    'step 1 (expectNext): next message: $: want an object like {"id":1}, got "not JSON"',
  );
});

Deno.test("runCase() fails on an answer that does not come in time", async () => {
  assert.equal(
    await outcome([{ call: { method: "slow" }, within: 100 }], {}, 1),
    'step 0 (call): no response to "slow" within 100 ms',
  );
});

Deno.test("runCase() has more patience where that is said, for a step and for all", async () => {
  assert.equal(
    await outcome([{ call: { method: "slow" }, within: 50 }], {}, 2),
    'step 0 (call): no response to "slow" within 100 ms',
  );
  assert.equal(
    await outcome(
      [{ expect: { id: 1 }, within: 60_000 }],
      { timeoutMs: 250 },
      2,
    ),
    "step 0 (expect): case took longer than 500 ms",
  );
});

Deno.test("runCase() ends a case that takes too long", async () => {
  assert.equal(
    await outcome(
      [{ expect: { id: 1 }, within: 60_000 }],
      { timeoutMs: 500 },
      1,
    ),
    "step 0 (expect): case took longer than 500 ms",
  );
});

Deno.test("runCase() fails on a message that must not come", async () => {
  assert.equal(
    await outcome([
      { send: { ...GET, id: 7 } },
      { expectNone: { id: 7 }, forMs: 60_000 },
    ]),
    'step 1 (expectNone): unexpected message {"id":7,"result":{"isDirectory":true}}',
  );
});

Deno.test("runCase() says how a server ended that did not listen", async () => {
  assert.equal(
    await outcome([], { transport: "ws" }),
    "setup: server exited with 2 before it listened: error: no such door\n",
  );
});

Deno.test("runCase() reports a wrong exit code of a command line", async () => {
  assert.equal(
    await outcome([{ cli: ["--listen", "foo"], code: 1 }], {
      transport: "cli",
    }),
    'step 0 (cli): exit code (stderr "error: no such door\\n"): $: want 1, got 2',
  );
});
