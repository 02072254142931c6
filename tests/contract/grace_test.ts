import assert from "node:assert/strict";
import { createAppServer } from "../../mod.ts";
import { Client } from "../../src/client/mod.ts";
import { isAlive } from "../kit/process_facts.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { until } from "../kit/until.ts";

/** Says so when it is asked to end, and takes its time. */
const POLITE = `exec 2>/dev/null; trap 'echo asked; exit 3' TERM; echo ready
while :; do sleep 0.02; done`;
/** Ends only when it must. */
const STUBBORN = `trap '' TERM; echo ready; while :; do sleep 0.02; done`;

const unconfined = { type: "dangerFullAccess" } as const;
const readOnly = { type: "readOnly" } as const;

async function connect({ gangway: isGangway }: { gangway: boolean }) {
  const stack = new AsyncDisposableStack();
  const home = stack.use(await createTempDir());
  const server = stack.use(await createAppServer({ home: home.path }));
  const client = stack.use(
    await Client.connect({ channel: server.connect() }, {
      capabilities: {
        experimentalApi: true,
        ...isGangway && { gangway: {} },
      },
    }),
  );
  const output: string[] = [];
  const deltas = stack.use(client.notifications("command/exec/outputDelta"));
  (async () => {
    for await (const { params } of deltas) {
      output.push(atob(params.deltaBase64));
    }
  })();
  return {
    client,
    server,
    path: home.path,
    output,
    isReady: () => until("it runs", () => output.join("").includes("ready")),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

for (
  const [name, sandboxPolicy] of [["unconfined", unconfined], [
    "in a box",
    readOnly,
  ]] as const
) {
  Deno.test(`command/exec with terminateGraceMs is asked to end, and says its last words: ${name}`, async () => {
    await using world = await connect({ gangway: true });
    const run = world.client.request("command/exec", {
      command: ["sh", "-c", POLITE],
      processId: "p",
      streamStdoutStderr: true,
      terminateGraceMs: 30_000,
      sandboxPolicy,
    });
    await world.isReady();
    await world.client.request("command/exec/terminate", { processId: "p" });
    assert.equal((await run).exitCode, 3);
    // What was told before the answer is taken by a loop of its own.
    await until("its words", () => world.output.join("").endsWith("asked\n"));
    assert.equal(world.output.join(""), "ready\nasked\n");
  });

  Deno.test(`command/exec with terminateGraceMs that ignores SIGTERM is killed when the grace is over: ${name}`, async () => {
    await using world = await connect({ gangway: true });
    const run = world.client.request("command/exec", {
      command: ["sh", "-c", STUBBORN],
      processId: "p",
      streamStdoutStderr: true,
      terminateGraceMs: 100,
      sandboxPolicy,
    });
    await world.isReady();
    await world.client.request("command/exec/terminate", { processId: "p" });
    assert.equal((await run).exitCode, 137);
  });
}

Deno.test("command/exec/terminate a second time does not wait for the grace", async () => {
  await using world = await connect({ gangway: true });
  const run = world.client.request("command/exec", {
    command: ["sh", "-c", STUBBORN],
    processId: "p",
    streamStdoutStderr: true,
    terminateGraceMs: 30_000,
    sandboxPolicy: unconfined,
  });
  await world.isReady();
  await world.client.request("command/exec/terminate", { processId: "p" });
  await world.client.request("command/exec/terminate", { processId: "p" });
  assert.equal((await run).exitCode, 137);
});

Deno.test("command/exec with terminateGraceMs is told 124 after its timeout, with what it still wrote", async () => {
  await using world = await connect({ gangway: true });
  const result = await world.client.request("command/exec", {
    command: ["sh", "-c", POLITE],
    // Long enough for it to be ready before.
    timeoutMs: 5_000,
    terminateGraceMs: 30_000,
    sandboxPolicy: unconfined,
  });
  assert.deepEqual(result, {
    exitCode: 124,
    stdout: "ready\nasked\n",
    stderr: "",
  });
});

Deno.test("process/spawn with terminateGraceMs has it when its connection ends, and is gone afterwards", async () => {
  await using world = await connect({ gangway: true });
  const words = `${world.path}/words`;
  const pidFile = `${world.path}/pid`;
  await world.client.request("process/spawn", {
    command: [
      "sh",
      "-c",
      `trap 'echo asked >"$1"; exit 0' TERM; echo $$ >"$2"
       while :; do sleep 0.02; done`,
      "sh",
      words,
      pidFile,
    ],
    processHandle: "p",
    cwd: world.path,
    terminateGraceMs: 30_000,
  });
  let pid = NaN;
  await until("it runs", async () => {
    pid = parseInt(await Deno.readTextFile(pidFile).catch(() => ""));
    return !isNaN(pid);
  });
  await world.client[Symbol.asyncDispose]();
  await until("it is gone", async () => !await isAlive(pid));
  assert.equal(await Deno.readTextFile(words), "asked\n");
});

Deno.test("terminateGraceMs: more than the server waits for is refused by name, and none of it is known without the capability", async () => {
  await using world = await connect({ gangway: true });
  await assert.rejects(
    world.client.request("command/exec", {
      command: ["true"],
      terminateGraceMs: 30_001,
    }),
    {
      code: -32602,
      message: "command/exec terminateGraceMs must be at most 30000, got 30001",
    },
  );
  await using stock = await connect({ gangway: false });
  const run = stock.client.request("command/exec", {
    command: ["sh", "-c", POLITE],
    processId: "p",
    streamStdoutStderr: true,
    terminateGraceMs: 30_001,
    sandboxPolicy: unconfined,
  });
  await stock.isReady();
  await stock.client.request("command/exec/terminate", { processId: "p" });
  assert.equal((await run).exitCode, 137);
});
