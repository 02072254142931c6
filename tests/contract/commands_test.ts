import assert from "node:assert/strict";
import { createAppServer } from "../../mod.ts";
import { Client } from "../../src/client/mod.ts";
import { readOutput } from "../kit/command_output.ts";
import { initialize, next, replies, request } from "../kit/peer.ts";
import { isAlive } from "../kit/process_facts.ts";
import { isReply, openServerWorld } from "../kit/server_world.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { until } from "../kit/until.ts";

const sandboxPolicy = { type: "dangerFullAccess" } as const;

function exec(id: unknown, params: Record<string, unknown>): string {
  return request(id, "command/exec", { sandboxPolicy, ...params });
}

Deno.test("command/exec: what is pipelined behind it finds it, and is done in order", async () => {
  await using world = await openServerWorld();
  const { peer } = world;
  const type = (id: unknown, processId: string, text: string, end = false) =>
    request(id, "command/exec/write", {
      processId,
      deltaBase64: btoa(text),
      closeStdin: end,
    });
  await peer.send(
    exec("cat", { command: ["cat"], processId: "cat", streamStdin: true }),
    type(1, "cat", "a"),
    type(2, "cat", "b"),
    type(3, "cat", "c", true),
    exec("none", { command: ["no-such-program"], processId: "none" }),
    request(4, "command/exec/terminate", { processId: "none" }),
    exec("sleep", { command: ["sleep", "60"], processId: "sleep" }),
    exec("again", { command: ["true"], processId: "sleep" }),
    request(5, "command/exec/terminate", { processId: "sleep" }),
  );
  const found = await replies(peer, 9);
  const told = Object.fromEntries(
    [...found].map(([id, { result, error }]) => [id, result ?? error]),
  );
  assert.deepEqual(told, {
    cat: { exitCode: 0, stdout: "abc", stderr: "" },
    1: {},
    2: {},
    3: {},
    none: {
      code: -32603,
      message:
        "failed to spawn command: No such file or directory (os error 2)",
    },
    4: {
      code: -32600,
      message: 'no active command/exec for process id "none"',
    },
    sleep: { exitCode: 137, stdout: "", stderr: "" },
    again: {
      code: -32600,
      message: 'duplicate active command/exec process id: "sleep"',
    },
    5: {},
  });
});

Deno.test("command/exec/outputDelta: all of both outputs comes, before the reply and never behind it", async () => {
  await using world = await openServerWorld();
  const { peer } = world;
  const bytes = 1_500_000;
  const script = `head -c ${bytes} /dev/zero | tr '\\0' o & ` +
    `head -c ${bytes} /dev/zero | tr '\\0' e >&2; wait`;
  for (let round = 0; round < 5; round++) {
    // The same name again and again: it is free once the reply has come.
    await peer.send(exec(round, {
      command: ["sh", "-c", script],
      processId: "p",
      streamStdoutStderr: true,
      disableOutputCap: true,
    }));
    const output = await readOutput(peer, "p", isReply(round));
    assert.deepEqual(output.end.result, {
      exitCode: 0,
      stdout: "",
      stderr: "",
    });
    assert.equal(output.stdout.toString(), "o".repeat(bytes));
    assert.equal(output.stderr.toString(), "e".repeat(bytes));
    assert.deepEqual(output.others, []);
  }
  await peer.send(request("end", "fs/getMetadata", { path: "/" }));
  assert.equal((await next(peer)).id, "end");
});

Deno.test("process/spawn: its reply, then its output, then process/exited, and its handle is free", async () => {
  await using world = await openServerWorld();
  const { peer } = world;
  for (let round = 0; round < 20; round++) {
    await peer.send(request(round, "process/spawn", {
      command: ["sh", "-c", "echo out; echo err >&2; exit 3"],
      processHandle: "p",
      cwd: "/",
      streamStdoutStderr: true,
    }));
    assert.deepEqual(await next(peer), { id: round, result: {} });
    const { stdout, stderr, end, others } = await readOutput(
      peer,
      "p",
      (one) => one.method === "process/exited",
    );
    assert.deepEqual(
      [stdout.toString(), stderr.toString(), others],
      ["out\n", "err\n", []],
    );
    assert.deepEqual(end.params, {
      processHandle: "p",
      exitCode: 3,
      stdout: "",
      stdoutCapReached: false,
      stderr: "",
      stderrCapReached: false,
      outputDrainTimedOut: false,
    });
  }
});

Deno.test("command/exec: $/cancelRequest kills the command and all that it started", async () => {
  await using world = await openServerWorld();
  const { peer, path } = world;
  await peer.send(exec(1, {
    command: ["sh", "-c", `sleep 60 & echo $$ $! > ${path}/pids; wait`],
  }));
  const pids = await readPids(`${path}/pids`, 2);
  await peer.send('{"method":"$/cancelRequest","params":{"id":1}}');
  assert.equal((await next(peer)).error?.code, -32800);
  await until("both are gone", async () => !(await someAlive(pids)));
});

Deno.test("command/exec: hundreds that run keep nobody from being answered, nor from ending them", async () => {
  await using world = await openServerWorld();
  const { peer } = world;
  const count = 200;
  const all = Array.from({ length: count }, (_, at) => String(at));
  await peer.send(
    ...all.map((id) => exec(id, { command: ["sleep", "60"], processId: id })),
    request("other", "fs/getMetadata", { path: "/" }),
  );
  assert.equal((await next(peer)).id, "other");
  await peer.send(
    ...all.map((processId) =>
      request(`end ${processId}`, "command/exec/terminate", { processId })
    ),
  );
  const found = await replies(peer, 2 * count);
  for (const id of all) {
    assert.equal(found.get(id)?.result.exitCode, 137);
    assert.deepEqual(found.get(`end ${id}`)?.result, {});
  }
});

Deno.test("command/exec: a connection ends with its commands, and with nobody else's", async () => {
  await using world = await openServerWorld("ws://127.0.0.1:0");
  const { server, peer, path } = world;
  const other = await server.connect();
  await initialize(other, { experimentalApi: true });
  const command = (file: string) => [
    "sh",
    "-c",
    `sleep 60 & echo $$ $! > ${path}/${file}; wait`,
  ];
  await peer.send(exec(1, { command: command("mine"), processId: "p" }));
  await other.send(
    exec(1, { command: command("a"), processId: "p" }),
    request(2, "process/spawn", {
      command: command("b"),
      processHandle: "p",
      cwd: "/",
    }),
  );
  const [mine, a, b] = await Promise.all(
    ["mine", "a", "b"].map((name) => readPids(`${path}/${name}`, 2)),
  );
  await other[Symbol.asyncDispose]();
  await until(
    "theirs are gone",
    async () => !(await someAlive([...a!, ...b!])),
  );
  assert.deepEqual(await Promise.all(mine!.map(isAlive)), [true, true]);
  await peer.send(request(2, "command/exec/terminate", { processId: "p" }));
  const found = await replies(peer, 2);
  assert.equal(found.get(1)?.result.exitCode, 137);
});

Deno.test("createAppServer() with limits.exec: a flood of programs gets as many as there are places, and an answer to each request", async () => {
  await using home = await createTempDir();
  await using server = await createAppServer({
    home: home.path,
    limits: { exec: { maxProcessesPerConnection: 5, maxProcesses: 8 } },
  });
  const connect = () =>
    Client.connect({ channel: server.connect() }, {
      capabilities: { experimentalApi: true },
    });
  await using one = await connect();
  await using other = await connect();
  const flood = (client: Client) =>
    Array.from({ length: 30 }, (_, at) =>
      client.request("process/spawn", {
        command: ["sleep", "60"],
        processHandle: String(at),
        cwd: "/",
      }).then(() => "runs", (error: Error) => error.message));
  const refusal = (words: string) => `too many processes: ${words} run already`;
  const expected = (running: number, words: string) => [
    ...Array(running).fill("runs"),
    ...Array(30 - running).fill(refusal(words)),
  ];
  assert.deepEqual(
    await Promise.all(flood(one)),
    expected(5, "5 of this connection"),
  );
  assert.deepEqual(
    await Promise.all(flood(other)),
    expected(3, "8 of all connections"),
  );
  await one.request("process/kill", { processHandle: "0" });
  await until("there is a place again", () =>
    other.request("process/spawn", {
      command: ["sleep", "60"],
      processHandle: "more",
      cwd: "/",
    }).then(() => true, () => false));
});

Deno.test("command/exec: an output that no reply may hold is an error that says what to do, not a part of it", async () => {
  await using home = await createTempDir();
  await using server = await createAppServer({
    home: home.path,
    limits: { exec: { maxReplyBytes: 1000 } },
  });
  await using client = await Client.connect({ channel: server.connect() }, {
    capabilities: { experimentalApi: true },
  });
  const write = (bytes: number) => [
    "sh",
    "-c",
    `head -c ${bytes} /dev/zero | tr '\\0' x; exit 7`,
  ];
  const run = (bytes: number) =>
    client.request("command/exec", {
      command: write(bytes),
      sandboxPolicy,
      disableOutputCap: true,
    });
  assert.equal((await run(1000)).stdout, "x".repeat(1000));
  await assert.rejects(run(1001), {
    code: -32603,
    message:
      "the command wrote more than the 1000 bytes that a reply may hold: " +
      "set outputBytesCap or streamStdoutStderr",
    data: { exitCode: 7 },
  });
  const exited = client.notifications("process/exited")[Symbol.asyncIterator]();
  await client.request("process/spawn", {
    command: write(1001),
    processHandle: "p",
    cwd: "/",
    outputBytesCap: null,
  });
  const { value } = await exited.next();
  assert.deepEqual(
    [value?.params.exitCode, value?.params.stdoutCapReached],
    [7, true],
  );
});

async function readPids(path: string, count: number): Promise<number[]> {
  return await until(`${path} is written`, async () => {
    const text = await Deno.readTextFile(path).catch(() => "");
    const pids = text.trim().split(/\s+/).map(Number);
    return text.endsWith("\n") && pids.length === count && pids;
  });
}

async function someAlive(pids: readonly number[]): Promise<boolean> {
  return (await Promise.all(pids.map(isAlive))).includes(true);
}
