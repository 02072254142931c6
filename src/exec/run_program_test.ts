import assert from "node:assert/strict";
import { Access, type AccessRules } from "../access/mod.ts";
import { loadConfig } from "../config/mod.ts";
import { createSandbox } from "../sandbox/mod.ts";
import { createSpawner } from "../spawn/mod.ts";
import { Programs, runProgram } from "./mod.ts";

async function open(
  rules: AccessRules = {},
): Promise<AsyncDisposable & { programs: Programs }> {
  const home = await Deno.makeTempDir();
  const [access, config] = await Promise.all([
    Access.create(rules),
    loadConfig({ home }),
  ]);
  const sandbox = createSandbox({ config, access });
  const programs = new Programs({ createSpawner, access, sandbox });
  return {
    programs,
    async [Symbol.asyncDispose]() {
      await programs[Symbol.asyncDispose]();
      await sandbox[Symbol.asyncDispose]();
      await Deno.remove(home, { recursive: true });
    },
  };
}

const order = { cwd: "/", timeoutMs: 120_000, capBytes: 100 };

Deno.test("runProgram() gives what a program wrote and how it ended", async () => {
  await using ground = await open();
  const result = await runProgram(ground.programs, {
    ...order,
    command: ["sh", "-c", 'echo "$A"; pwd; echo no >&2; exit 3'],
    env: { A: "über" },
  });
  assert.deepEqual(result, {
    exitCode: 3,
    stdout: "über\n/\n",
    stderr: "no\n",
    isCut: false,
    isTimedOut: false,
  });
});

Deno.test("runProgram() keeps no more than it is told to, and says so", async () => {
  await using ground = await open();
  const { stdout, isCut } = await runProgram(ground.programs, {
    ...order,
    command: ["sh", "-c", "printf %0200d 0"],
  });
  assert.deepEqual([stdout, isCut], ["0".repeat(100), true]);
});

Deno.test("runProgram() ends a program in time, or when it is told to", async () => {
  await using ground = await open();
  const command = ["sleep", "1000"] as const;
  const { exitCode, isTimedOut } = await runProgram(ground.programs, {
    ...order,
    command,
    timeoutMs: 50,
  });
  assert.deepEqual([exitCode, isTimedOut], [124, true]);
  const controller = new AbortController();
  const running = runProgram(ground.programs, { ...order, command }, {
    signal: controller.signal,
  });
  controller.abort(new Error("Enough"));
  await assert.rejects(running, /Enough/);
});

Deno.test("runProgram() starts only what may be started", async () => {
  await using ground = await open({ allowRun: ["true"] });
  const run = (program: string) =>
    runProgram(ground.programs, { ...order, command: [program] });
  assert.equal((await run("true")).exitCode, 0);
  await assert.rejects(run("sh"), /--allow-run/);
});

Deno.test("runProgram() tells a program what it is to read, whether it does or not", async () => {
  await using ground = await open();
  const input = "ü".repeat(1_000_000);
  const run = async (...command: [string, ...string[]]) =>
    (await runProgram(ground.programs, { ...order, command, input })).stdout;
  assert.equal(await run("wc", "-c"), "2000000\n");
  assert.equal(await run("echo", "deaf"), "deaf\n");
});
