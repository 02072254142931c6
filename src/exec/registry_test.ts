import assert from "node:assert/strict";
import { toCommandOrder, toProcessOrder } from "./_check_params.ts";
import { noSandbox, ScriptedSpawner } from "./_scripted_spawner_test.ts";
import { commandWords, processWords } from "./_words.ts";
import type { ExecLimits } from "./limits.ts";
import type { Order } from "./order.ts";
import type { OutputConsumer } from "./output_consumer.ts";
import { Programs } from "./programs.ts";

const nobody: OutputConsumer = { take: () => undefined, leave() {} };
const free = { type: "dangerFullAccess" } as const;
const command: Order = toCommandOrder({
  command: ["play"],
  sandboxPolicy: free,
});
const process: Order = toProcessOrder({
  command: ["play"],
  processHandle: "p",
  cwd: "/",
});

function setUp(limits: Partial<ExecLimits> = {}) {
  const spawner = new ScriptedSpawner();
  const programs = new Programs({
    createSpawner: () => spawner,
    access: { checkRun: (program) => Promise.resolve(program) },
    sandbox: noSandbox,
    env: () => ({ PATH: "/bin", HOME: "/home" }),
    cwd: () => "/work",
    limits,
  });
  return { spawner, programs };
}

Deno.test("Registry.start() takes the name at once, in the name space of its kind and connection alone", async () => {
  const { programs } = setUp();
  await using _all = programs;
  const [one, other] = [programs.createRegistry(), programs.createRegistry()];
  one.start(command, "p");
  one.start(process, "p");
  other.start(command, "p");
  one.start(command, undefined);
  one.start(command, undefined);
  assert.throws(() => one.start(command, "p"), {
    code: -32600,
    message: 'duplicate active command/exec process id: "p"',
  });
  assert.throws(() => one.start(process, "p"), {
    code: -32600,
    message: 'duplicate active process handle: "p"',
  });
  assert.equal(programs.size, 5);
});

Deno.test("Registry.find() knows the programs of its own connection until they are over", async () => {
  const { programs, spawner } = setUp();
  await using _all = programs;
  const [one, other] = [programs.createRegistry(), programs.createRegistry()];
  const program = one.start(command, "p");
  assert.equal(one.find("p", commandWords), program);
  const unknown = {
    code: -32600,
    message: 'no active command/exec for process id "p"',
  };
  assert.throws(() => other.find("p", commandWords), unknown);
  assert.throws(() => one.find("p", processWords), {
    code: -32600,
    message: 'no active process for process handle "p"',
  });
  const run = program.run(nobody);
  await program.started();
  spawner.children[0]!.die({ code: 0 });
  await run;
  assert.throws(() => one.find("p", commandWords), unknown);
  // The name can be used again.
  assert.notEqual(one.start(command, "p"), program);
});

Deno.test("Registry.start() refuses more programs than a connection may have, and takes them when others are over", async () => {
  const { programs, spawner } = setUp({ maxProcessesPerConnection: 2 });
  await using _all = programs;
  const [one, other] = [programs.createRegistry(), programs.createRegistry()];
  const first = one.start(command, undefined);
  one.start(process, "p");
  const refusal = {
    code: -32001,
    message: "too many processes: 2 of this connection run already",
  };
  assert.throws(() => one.start(command, "a"), refusal);
  assert.throws(() => one.start(process, "b"), refusal);
  other.start(command, "a");
  const run = first.run(nobody);
  await first.started();
  spawner.children[0]!.die({ code: 0 });
  await run;
  one.start(command, "a");
  assert.equal(programs.size, 3);
});

Deno.test("Registry.start() refuses more programs than all connections may have", async () => {
  const { programs } = setUp({ maxProcesses: 3 });
  await using _all = programs;
  for (let at = 0; at < 3; at++) {
    programs.createRegistry().start(command, "a");
  }
  assert.throws(() => programs.createRegistry().start(command, "a"), {
    code: -32001,
    message: "too many processes: 3 of all connections run already",
  });
  assert.equal(programs.size, 3);
});

Deno.test("Registry that could not start a program has no place and no name taken by it", async () => {
  const { programs, spawner } = setUp({ maxProcessesPerConnection: 1 });
  await using _all = programs;
  const registry = programs.createRegistry();
  spawner.gate = Promise.reject(new TypeError("no"));
  spawner.gate.catch(() => {});
  await assert.rejects(registry.start(command, "p").started(), TypeError);
  assert.equal(programs.size, 0);
  spawner.gate = Promise.resolve();
  await registry.start(command, "p").started();
});

Deno.test("Registry disposed ends its own programs, also those that are starting, and starts no more", async () => {
  const { programs, spawner } = setUp();
  await using _all = programs;
  const [one, other] = [programs.createRegistry(), programs.createRegistry()];
  await one.start(command, "a").started();
  await other.start(command, "b").started();
  const gate = Promise.withResolvers<void>();
  spawner.gate = gate.promise;
  const late = one.start(process, "c");
  const disposal = one[Symbol.asyncDispose]();
  gate.resolve();
  await disposal;
  await late.started();
  const [a, b, c] = spawner.children;
  assert.deepEqual([a, b, c].map((one) => one!.isDisposed), [
    true,
    false,
    true,
  ]);
  assert.throws(() => one.start(command, "d"), /The client is gone/);
  assert.equal(programs.size, 1);
});

Deno.test("Programs.start() gives a program the server's environment with its changes, and a directory", async () => {
  const { programs, spawner } = setUp();
  await using _all = programs;
  const registry = programs.createRegistry();
  const start = (changes: Partial<Order>) =>
    registry.start({ ...command, ...changes }, undefined).started();
  await start({});
  await start({ cwd: "sub", env: { HOME: null, FOO: "bar", NONE: null } });
  await start({ cwd: "/abs", terminal: { rows: 1, cols: 2 } });
  await start({ takesInput: true });
  const env = { PATH: "/bin", HOME: "/home" };
  assert.deepEqual(spawner.children.map((one) => one.options), [
    { command: ["play"], cwd: "/work", env, stdin: "null" },
    {
      command: ["play"],
      cwd: "/work/sub",
      env: { PATH: "/bin", FOO: "bar" },
      stdin: "null",
    },
    {
      command: ["play"],
      cwd: "/abs",
      env,
      stdin: "null",
      terminal: { rows: 1, cols: 2 },
    },
    { command: ["play"], cwd: "/work", env, stdin: "piped" },
  ]);
});

Deno.test("Programs.start() tries again to make what starts programs", async () => {
  const spawner = new ScriptedSpawner();
  let tries = 0;
  await using programs = new Programs({
    createSpawner: () => {
      if (tries++ === 0) throw new RangeError("not now");
      return spawner;
    },
    access: { checkRun: (program) => Promise.resolve(program) },
    sandbox: noSandbox,
  });
  const registry = programs.createRegistry();
  const started = () => registry.start(command, undefined).started();
  await assert.rejects(started(), RangeError);
  await started();
  await started();
  assert.equal(tries, 2);
});

Deno.test("Programs.start() starts nothing that holds a NUL byte or has no program", async () => {
  const { programs, spawner } = setUp();
  await using _all = programs;
  const registry = programs.createRegistry();
  const refused = async (order: Order, message: string) => {
    await assert.rejects(registry.start(order, "p").started(), {
      code: -32603,
      message,
    });
  };
  const nul = (field: string) =>
    "failed to spawn command: nul byte found in provided data " +
    `(at params.${field})`;
  const nulInEnv =
    "failed to spawn command: data provided contains a nul byte (at params.env)";
  await refused({ ...command, command: ["a\0"] }, nul("command[0]"));
  await refused({ ...command, command: ["a", "b\0c"] }, nul("command[1]"));
  await refused({ ...command, cwd: "/a\0" }, nul("cwd"));
  await refused({ ...command, env: { "A\0": "b" } }, nulInEnv);
  await refused({ ...command, env: { A: "b\0" } }, nulInEnv);
  await refused({ ...command, env: { A: null, "B\0": null } }, nulInEnv);
  const missing = "failed to spawn command: missing program for";
  await refused({ ...command, command: [""] }, `${missing} pipe spawn`);
  const terminal = { rows: 1, cols: 1 };
  await refused(
    { ...command, command: [""], terminal },
    `${missing} PTY spawn`,
  );
  await refused(
    { ...process, command: [""] },
    "failed to spawn process: missing program for pipe spawn",
  );
  assert.deepEqual(spawner.children, []);
  assert.equal(programs.size, 0);
});

Deno.test("Programs disposed ends every program, then what started them", async () => {
  const { programs, spawner } = setUp();
  const registry = programs.createRegistry();
  await registry.start(command, "a").started();
  await programs[Symbol.asyncDispose]();
  assert.ok(spawner.children[0]!.isDisposed && spawner.isDisposed);
  assert.throws(() => registry.start(command, "b"), /shutting down/);
});

Deno.test("Programs disposed before any was started never makes what starts them", async () => {
  const programs = new Programs({
    createSpawner: () => {
      throw new Error("Nobody asked for it");
    },
    access: { checkRun: (program) => Promise.resolve(program) },
    sandbox: noSandbox,
  });
  await programs[Symbol.asyncDispose]();
});
