import assert from "node:assert/strict";
import { createAppServer } from "../../mod.ts";
import { Client } from "../../src/client/mod.ts";
import { readOutput } from "../kit/command_output.ts";
import { initialize, next, replies, request } from "../kit/peer.ts";
import { canAct, descriptorCount, isAlive } from "../kit/process_facts.ts";
import { isReply, openServerWorld } from "../kit/server_world.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { until } from "../kit/until.ts";

const MIB = 1024 * 1024;
const sandboxPolicy = { type: "dangerFullAccess" } as const;

function exec(id: unknown, params: Record<string, unknown>): string {
  return request(id, "command/exec", {
    sandboxPolicy,
    disableTimeout: true,
    ...params,
  });
}

async function readPids(path: string, count: number): Promise<number[]> {
  return await until(`${path} is written`, async () => {
    const text = await Deno.readTextFile(path).catch(() => "");
    const pids = text.trim().split(/\s+/).map(Number);
    return text.endsWith("\n") && pids.length === count && pids;
  });
}

async function gone(pids: readonly number[]): Promise<void> {
  await until(
    `${pids.length} processes are gone`,
    async () => !(await Promise.all(pids.map(isAlive))).includes(true),
  );
}

Deno.test("command/exec whose program is killed from outside answers 137, with all that was written", async () => {
  await using world = await openServerWorld();
  const { peer, path } = world;
  await peer.send(exec(1, {
    command: ["sh", "-c", `echo written; echo $$ > ${path}/pid; exec sleep 60`],
  }));
  const [pid] = await readPids(`${path}/pid`, 1);
  Deno.kill(pid!, "SIGKILL");
  assert.deepEqual((await next(peer)).result, {
    exitCode: 137,
    stdout: "written\n",
    stderr: "",
  });
});

Deno.test("command/exec/terminate and timeouts end a program that ignores signals, and all in its group", async () => {
  await using world = await openServerWorld();
  const { peer, path } = world;
  const stubborn = (file: string) => [
    "sh",
    "-c",
    `trap '' TERM INT HUP; (trap '' TERM; sleep 60) & ` +
    `echo $$ $! > ${path}/${file}; while :; do sleep 1; done`,
  ];
  await peer.send(
    exec("a", { command: stubborn("a"), processId: "a" }),
    exec("b", {
      command: stubborn("b"),
      disableTimeout: false,
      // Long enough for it to be ready before.
      timeoutMs: 5_000,
    }),
  );
  const a = await readPids(`${path}/a`, 2);
  const b = await readPids(`${path}/b`, 2);
  await peer.send(request("end", "command/exec/terminate", { processId: "a" }));
  const found = await replies(peer, 3);
  assert.equal(found.get("a")?.result.exitCode, 137);
  assert.equal(found.get("b")?.result.exitCode, 124);
  // No more is waited for: whoever has the reply finds nothing of it.
  assert.deepEqual(
    await Promise.all([...a, ...b].map(canAct)),
    [false, false, false, false],
  );
});

Deno.test("command/exec whose program leaves hundreds behind kills them with its end", async () => {
  await using world = await openServerWorld();
  const { peer, path } = world;
  const count = 200;
  await peer.send(exec(1, {
    command: [
      "sh",
      "-c",
      `for i in $(seq ${count}); do sleep 60 >/dev/null 2>&1 & ` +
      `echo $!; done > ${path}/pids; echo done`,
    ],
  }));
  assert.equal((await next(peer)).result.stdout, "done\n");
  await gone(await readPids(`${path}/pids`, count));
});

Deno.test("command/exec streaming to a client that is gone ends the program and gives everything back", async () => {
  await using world = await openServerWorld("ws://127.0.0.1:0");
  const { server, peer, path } = world;
  await peer.send(exec(0, { command: ["true"] }));
  await next(peer);
  const before = await descriptorCount(server.pid);
  for (let round = 0; round < 5; round++) {
    const other = await server.connect();
    await initialize(other, { experimentalApi: true });
    const file = `${path}/${round}`;
    await other.send(exec(1, {
      command: ["sh", "-c", `echo $$ > ${file}; exec cat /dev/zero`],
      processId: "p",
      streamStdoutStderr: true,
      disableOutputCap: true,
    }));
    // In the middle of it.
    for (let at = 0; at < 3; at++) await next(other);
    const pids = await readPids(file, 1);
    await other[Symbol.asyncDispose]();
    await gone(pids);
  }
  await until(
    "descriptors are closed",
    async () => await descriptorCount(server.pid) <= before,
  );
  await peer.send(exec(1, { command: ["echo", "well"] }));
  assert.equal((await next(peer)).result.stdout, "well\n");
});

Deno.test("command/exec/outputDelta to a reader that pauses for longer than the grace loses nothing", async () => {
  for (const listen of [undefined, "ws://127.0.0.1:0"]) {
    await using world = await openServerWorld(listen);
    const { server, peer, path } = world;
    const bytes = 6 * MIB;
    await peer.send(exec(1, {
      command: [
        "sh",
        "-c",
        `head -c ${bytes} /dev/zero; echo end; echo $$ > ${path}/pid`,
      ],
      processId: "p",
      streamStdoutStderr: true,
      disableOutputCap: true,
    }));
    // Nothing is read for longer than outputs are waited for.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const { stdout, end } = await readOutput(peer, "p", isReply(1));
    assert.equal(stdout.length, bytes + 4);
    assert.equal(stdout.subarray(bytes).toString(), "end\n");
    assert.equal(end.result.exitCode, 0);
    assert.ok(server.pid > 0);
  }
});

Deno.test("command/exec/write to a program that never reads and then dies is answered, and its memory is free again", async () => {
  await using home = await createTempDir();
  const maxHeldBytes = MIB;
  await using server = await createAppServer({
    home: home.path,
    limits: { exec: { maxHeldBytes } },
  });
  await using client = await Client.connect({ channel: server.connect() });
  const deltaBase64 = new Uint8Array(maxHeldBytes / 4).toBase64();
  const write = () =>
    client.request("command/exec/write", { processId: "p", deltaBase64 });
  for (let round = 0; round < 10; round++) {
    const run = client.request("command/exec", {
      command: ["sleep", "60"],
      processId: "p",
      streamStdin: true,
      sandboxPolicy,
    });
    for (let at = 0; at < 4; at++) assert.deepEqual(await write(), {});
    // What the pipe took does not wait any more, but that is little.
    await assert.rejects(write(), {
      code: -32001,
      message: /^stdin is full: .* nothing of deltaBase64 was written$/,
    });
    await client.request("command/exec/terminate", { processId: "p" });
    assert.equal((await run).exitCode, 137);
    await assert.rejects(write(), { code: -32600 });
  }
});

Deno.test("command/exec/write to a program that closed its stdin is taken, and harms nobody", async () => {
  await using world = await openServerWorld();
  const { peer, path } = world;
  const end = `${path}/end`;
  await peer.send(exec("run", {
    command: [
      "sh",
      "-c",
      `exec <&-; echo closed; until [ -e ${end} ]; do sleep 0.05; done`,
    ],
    processId: "p",
    streamStdin: true,
    streamStdoutStderr: true,
  }));
  await next(peer);
  const write = (id: number) =>
    request(id, "command/exec/write", {
      processId: "p",
      deltaBase64: new Uint8Array(MIB).toBase64(),
    });
  await peer.send(write(1), write(2), write(3));
  const found = await replies(peer, 3);
  for (const id of [1, 2, 3]) assert.deepEqual(found.get(id)?.result, {});
  await Deno.writeTextFile(end, "");
  assert.equal((await replies(peer, 1)).get("run")?.result.exitCode, 0);
});

Deno.test("command/exec: bad input starts nothing, leaks nothing, and says what is wrong", async () => {
  await using world = await openServerWorld();
  const { server, peer } = world;
  const tests: readonly [Record<string, unknown>, number, RegExp][] = [
    [{ command: [] }, -32600, /^command must not be empty$/],
    [{ command: [""] }, -32603, /missing program/],
    [{ command: ["true\0"] }, -32603, /nul byte/],
    [{ command: ["true", "\0"] }, -32603, /nul byte/],
    [{ cwd: "/a\0b" }, -32603, /nul byte/],
    [{ cwd: "/no/such" }, -32603, /No such file or directory \(os error 2\)$/],
    [{ cwd: "/etc/passwd" }, -32603, /Not a directory \(os error 20\)$/],
    [{ command: ["/etc"] }, -32603, /Permission denied \(os error 13\)$/],
    [
      { command: ["true", "x".repeat(10 * MIB)] },
      -32603,
      /Argument list too long \(os error 7\)$/,
    ],
    [
      { command: ["true", ...Array(200_000).fill("x".repeat(50))] },
      -32603,
      /Argument list too long \(os error 7\)$/,
    ],
    [{ env: { A: "\0" } }, -32603, /nul byte/],
    [{ env: { "A=B": "c" } }, -32602, /env names .* got "A=B"$/],
    [{ env: { A: 1 } }, -32600, /env/],
    [{ outputBytesCap: -1 }, -32600, /outputBytesCap/],
    [{ outputBytesCap: 2 ** 65 }, -32600, /outputBytesCap/],
    [{ timeoutMs: -1, disableTimeout: false }, -32602, /timeoutMs/],
    [{ timeoutMs: 1.5, disableTimeout: false }, -32600, /timeoutMs/],
    [{ timeoutMs: 1 }, -32602, /both timeoutMs and disableTimeout/],
    [{ tty: true, size: { rows: 0, cols: 1 } }, -32602, /size rows and cols/],
    [{ tty: true, size: { rows: -1, cols: 1 } }, -32600, /size\.rows/],
    [{ streamStdin: true }, -32600, /requires a client-supplied processId/],
  ];
  await peer.send(exec("warm", { command: ["true"] }));
  await next(peer);
  const before = await descriptorCount(server.pid);
  for (const [params, code, words] of tests) {
    await peer.send(exec(1, { command: ["true"], ...params }));
    const { error } = await next(peer);
    assert.equal(error?.code, code, JSON.stringify(params).slice(0, 80));
    assert.match(error!.message, words);
  }
  // The last of them may be closed a moment after the refusal.
  await until(
    "all descriptors are given back",
    async () => await descriptorCount(server.pid) <= before,
  );
  // Bounds beyond what a number holds are as good as none.
  await peer.send(
    '{"id":2,"method":"command/exec","params":{"command":["echo","x"],' +
      '"sandboxPolicy":{"type":"dangerFullAccess"},' +
      '"outputBytesCap":18446744073709551615,"timeoutMs":9223372036854775807}}',
  );
  assert.deepEqual((await next(peer)).result, {
    exitCode: 0,
    stdout: "x\n",
    stderr: "",
  });
});
