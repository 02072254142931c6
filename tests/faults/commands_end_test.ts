/**
 * Whatever ends a command, a connection or the server: nothing that was started
 * is left.
 */
import assert from "node:assert/strict";
import { Client } from "../../src/client/mod.ts";
import type { CommandExecParams } from "../../src/protocol/mod.ts";
import { createMark, type Mark } from "../kit/marked_processes.ts";
import { initialize, next, type Peer, request } from "../kit/peer.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { until } from "../kit/until.ts";

const sandboxPolicy = { type: "dangerFullAccess" } as const;
/** A shell and two that it started, of which the first may go its own way. */
const TREE = "sleep 1000 & sleep 1000 & wait";
/** With job control, each job is a process group of its own. */
const JOBS = `set -m; ${TREE}`;

/** Each way in which a program can be running when the server dies. */
const WAYS: readonly (readonly [
  name: string,
  method: string,
  params: (mark: Mark) => object,
])[] = [
  ["buffered", "command/exec", toCommand(TREE)],
  [
    "streaming",
    "command/exec",
    toCommand(TREE, {
      processId: "p",
      streamStdin: true,
      streamStdoutStderr: true,
    }),
  ],
  [
    "in a terminal with job control",
    "command/exec",
    toCommand(JOBS, { processId: "p", tty: true }),
  ],
  [
    "under the read-only policy",
    "command/exec",
    toCommand(TREE, { sandboxPolicy: { type: "readOnly" } }),
  ],
  ["of process/spawn", "process/spawn", toProcess(TREE)],
  [
    "of process/spawn in a terminal with job control",
    "process/spawn",
    toProcess(JOBS, { tty: true }),
  ],
];

function toCommand(
  script: string,
  more: Partial<CommandExecParams> = {},
): (mark: Mark) => object {
  return ({ env }) => ({
    command: ["sh", "-c", script],
    env,
    disableTimeout: true,
    sandboxPolicy,
    ...more,
  });
}

function toProcess(script: string, more: object = {}): (mark: Mark) => object {
  return ({ env }) => ({
    command: ["sh", "-c", script],
    processHandle: "p",
    cwd: "/",
    env,
    timeoutMs: null,
    ...more,
  });
}

/** Waits until the whole tree runs; who is in it. */
async function running(mark: Mark, count = 3): Promise<number[]> {
  return await until("the whole tree runs", async () => {
    const pids = await mark.pids();
    return pids.length >= count && pids;
  });
}

async function gone(mark: Mark): Promise<void> {
  await until("the whole tree is gone", async () => {
    return (await mark.pids()).length === 0;
  });
}

/** The kill that nothing can be done against, and the end of the input. */
for (const end of ["kill -9 of the server", "the end of its input"] as const) {
  for (const [name, method, params] of WAYS) {
    Deno.test(`${end} leaves nothing of a program ${name}`, async () => {
      await using home = await createTempDir();
      await using server = await ServerProcess.start({ home: home.path });
      const peer = server.stdio;
      await initialize(peer, { experimentalApi: true });
      const mark = createMark();
      await peer.send(request(1, method, params(mark)));
      await running(mark);
      if (end === "the end of its input") await peer.end();
      else server.kill("SIGKILL");
      await gone(mark);
      await server.exit();
    });
  }
}

for (const listen of ["ws://127.0.0.1:0", "unix://"] as const) {
  Deno.test(`a disconnect from ${listen} in mid-stream ends the whole tree, and only that`, async () => {
    await using home = await createTempDir();
    await using server = await ServerProcess.start({
      home: home.path,
      listen: listen === "unix://" ? `unix://${home.path}/socket` : listen,
    });
    const start = async (peer: Peer, mark: Mark): Promise<number[]> => {
      await initialize(peer);
      const script = `yes & ${TREE}`;
      const more = { processId: "p", streamStdoutStderr: true };
      const params = toCommand(script, more)(mark);
      await peer.send(request(1, "command/exec", params));
      assert.equal((await next(peer)).method, "command/exec/outputDelta");
      return await running(mark, 4);
    };
    await using other = await server.connect();
    const othersMark = createMark();
    const othersPids = await start(other, othersMark);

    const mark = createMark();
    {
      await using peer = await server.connect();
      await start(peer, mark);
    }
    await gone(mark);
    assert.deepEqual(await othersMark.pids(), othersPids);
  });
}

for (
  const [how, params, expected] of [
    ["command/exec/terminate", {}, 137],
    // Long enough for it to be ready before.
    ["a timeout", { disableTimeout: false, timeoutMs: 5_000 }, 124],
  ] as const
) {
  Deno.test(`${how} ends a tree that ignores every signal it can`, async () => {
    await using home = await createTempDir();
    await using server = await ServerProcess.start({
      home: home.path,
      listen: "ws://127.0.0.1:0",
    });
    await using client = await Client.connect({ url: server.url });
    using output = client.notifications("command/exec/outputDelta");
    const mark = createMark();
    const answer = client.request("command/exec", {
      command: ["sh", "-c", `trap "" HUP INT QUIT TERM; echo ready; ${TREE}`],
      env: mark.env,
      processId: "p",
      streamStdoutStderr: true,
      disableTimeout: true,
      sandboxPolicy,
      ...params,
    });
    await output.next();
    if (how === "command/exec/terminate") {
      await running(mark);
      await client.request("command/exec/terminate", { processId: "p" });
    }
    assert.deepEqual(await answer, {
      exitCode: expected,
      stdout: "",
      stderr: "",
    });
    assert.deepEqual(await mark.pids(), []);
  });
}

Deno.test("a program that was killed from outside is told as such, and what it started goes with it", async () => {
  await using home = await createTempDir();
  await using server = await ServerProcess.start({
    home: home.path,
    listen: "ws://127.0.0.1:0",
  });
  await using client = await Client.connect({ url: server.url });
  using output = client.notifications("command/exec/outputDelta");
  const mark = createMark();
  const answer = client.request("command/exec", {
    command: ["sh", "-c", `echo $$; ${TREE}`],
    env: mark.env,
    processId: "p",
    streamStdoutStderr: true,
    disableTimeout: true,
    sandboxPolicy,
  });
  const { value } = await output.next();
  await running(mark);
  Deno.kill(parseInt(atob(value.params.deltaBase64)), "SIGKILL");
  assert.equal((await answer).exitCode, 137);
  await gone(mark);
});
