import assert from "node:assert/strict";
import { createHome, GangwayProcess, runGangway } from "./_gangway_process.ts";

const CLI = new URL("../../cli.ts", import.meta.url).href;
/** Commands of these tests may do what they want. */
const RUN = ["run", "--sandbox", "danger-full-access"];

interface Bytes {
  readonly code: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

/** As `runGangway`, for output that is no text. */
async function runBytes(
  args: readonly string[],
  input: Uint8Array<ArrayBuffer>,
  env: Readonly<Record<string, string>>,
): Promise<Bytes> {
  await using child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", CLI, ...args],
    env: { ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  writer.closed.catch(() => {});
  const writing = writer.write(input).then(() => writer.close())
    .catch(() => {}); // it may be gone by now
  const [stdout, stderr, { code }] = await Promise.all([
    new Response(child.stdout).bytes(),
    new Response(child.stderr).text(),
    child.status,
  ]);
  await writing;
  return { code, stdout, stderr };
}

/** A server that listens, as a process of its own. */
async function startServer(
  env: Readonly<Record<string, string>>,
): Promise<{ server: GangwayProcess; url: string }> {
  const server = new GangwayProcess(
    ["app-server", "--listen", "ws://127.0.0.1:0"],
    { env },
  );
  const [, url = ""] = await server.stderrMatch(/listening on: (ws:\S+)\n/);
  return { server, url };
}

async function isGone(pid: number): Promise<boolean> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  // One that nobody has waited for yet does nothing any more, either.
  return stat === "" || /\) Z /.test(stat);
}

async function gone(pid: number): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!await isGone(pid)) {
    assert.ok(performance.now() < deadline, `Process ${pid} still runs`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Prints its number, and stays. */
const STAYING = ["sh", "-c", "echo $$; exec sleep 1000"];

Deno.test("run keeps the outputs of a command apart and ends with its exit code", async () => {
  await using home = await createHome();
  const script = "echo out; echo error >&2; exit 7";
  assert.deepEqual(await runGangway([...RUN, "sh", "-c", script], home), {
    code: 7,
    signal: null,
    stdout: "out\n",
    stderr: "error\n",
  });
});

for (
  const [script, args, code] of [
    ["kill -9 $$", [], 137],
    ["kill -TERM $$", [], 143],
    ["exec sleep 1000", ["--timeout", "200"], 124],
  ] as const
) {
  Deno.test(`${["run", ...args].join(" ")} of \`${script}\` exits with ${code}`, async () => {
    await using home = await createHome();
    assert.deepEqual(
      await runGangway([...RUN, ...args, "sh", "-c", script], home),
      { code, signal: null, stdout: "", stderr: "" },
    );
  });
}

Deno.test("run passes input and output on byte for byte, to the end", async () => {
  await using home = await createHome();
  const bytes = new Uint8Array(3_000_001);
  for (let at = 0; at < bytes.length; at++) bytes[at] = (at * 7919) >> 5;
  const { code, stdout, stderr } = await runBytes(
    [...RUN, "--", "cat"],
    bytes,
    home.env,
  );
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(stdout.length, bytes.length);
  assert.ok(stdout.every((byte, at) => byte === bytes[at]));
});

Deno.test("run does the same through a server that listens", async () => {
  await using home = await createHome();
  const { server, url } = await startServer(home.env);
  await using _stopping = server;
  assert.deepEqual(
    await runGangway([...RUN, "--url", url, "sh", "-c", "cat; exit 3"], {
      ...home,
      input: "é\n",
    }),
    { code: 3, signal: null, stdout: "é\n", stderr: "" },
  );
});

Deno.test("run does the same through a server that it spawns", async () => {
  await using home = await createHome();
  assert.deepEqual(
    await runGangway([...RUN, "--spawn", "--", "cat"], {
      ...home,
      input: "é\n",
    }),
    { code: 0, signal: null, stdout: "é\n", stderr: "" },
  );
});

Deno.test("run takes directory and variables, and leaves the command's options alone", async () => {
  await using home = await createHome();
  const { stdout } = await runGangway([
    ...RUN,
    ...["--cwd", home.path, "--env", "A=1", "--env", "B=x=y"],
    ...["sh", "-c", 'echo "$A $B $PWD $1"', "sh", "--env"],
  ], home);
  assert.equal(stdout, `1 x=y ${home.path} --env\n`);
});

Deno.test("run --sandbox read-only keeps a command from writing", async () => {
  await using home = await createHome();
  const file = `${home.path}/file`;
  const args = ["run", "--sandbox", "read-only", "touch", file];
  const { code, stderr } = await runGangway(args, { ...home, cwd: home.path });
  assert.notEqual(code, 0);
  assert.match(stderr, /touch/);
  await assert.rejects(Deno.stat(file), Deno.errors.NotFound);
});

Deno.test("run of a command that ends does not wait for the end of the input", async () => {
  await using home = await createHome();
  await using process = new GangwayProcess([...RUN, "true"], home);
  assert.deepEqual(await process.outcome(), {
    code: 0,
    signal: null,
    stdout: "",
    stderr: "",
  });
});

Deno.test("run of a command that reads nothing ends quietly, whatever is written to it", async () => {
  await using home = await createHome();
  const { code, stderr } = await runBytes(
    [...RUN, "sh", "-c", "exec <&-; sleep 0.2"],
    new Uint8Array(10_000_000),
    home.env,
  );
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
});

Deno.test("run of a command that reads late gets all of an input that is more than the server holds", async () => {
  await using home = await createHome();
  const bytes = 100_000_000;
  const { code, stdout, stderr } = await runBytes(
    [...RUN, "sh", "-c", "sleep 1; wc -c"],
    new Uint8Array(bytes),
    home.env,
  );
  const count = parseInt(new TextDecoder().decode(stdout));
  assert.deepEqual({ code, count, stderr }, {
    code: 0,
    count: bytes,
    stderr: "",
  });
});

Deno.test("run of a program that there is none says so and exits 255", async () => {
  await using home = await createHome();
  assert.deepEqual(await runGangway([...RUN, "/no/such/program"], home), {
    code: 255,
    signal: null,
    stdout: "",
    stderr: "Error: Server refused the command: failed to spawn command: " +
      "No such file or directory (os error 2) (-32603)\n",
  });
});

Deno.test("run without a server to be reached says so and exits 255", async () => {
  assert.deepEqual(
    await runGangway(["run", "--url", "ws://127.0.0.1:1", "true"]),
    {
      code: 255,
      signal: null,
      stdout: "",
      stderr: 'Error: Cannot connect to "ws://127.0.0.1:1": ' +
        "Connection refused (os error 111)\n",
    },
  );
});

for (
  const [args, message] of [
    [["--env", "A", "x"], "invalid value 'A' for '--env <NAME=VALUE>'"],
    [["--timeout", "0", "x"], "invalid value '0' for '--timeout <MS>'"],
    [["--sandbox", "none", "x"], "invalid value 'none' for '--sandbox <MODE>'"],
    [["--tty", "--no-tty", "x"], "the argument '--tty' cannot be used with"],
    [["--url", "http://x", "x"], "invalid value 'http://x' for '--url <URL>'"],
    [[], "the following required arguments were not provided"],
  ] as const
) {
  Deno.test(`${["run", ...args].join(" ")} is a usage error`, async () => {
    const { code, stdout, stderr } = await runGangway(["run", ...args]);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
    assert.ok(stderr.startsWith(`error: ${message}`), stderr);
  });
}

for (
  const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const
) {
  Deno.test(`run that gets ${signal} kills the command and exits with ${code}`, async () => {
    await using home = await createHome();
    const { server, url } = await startServer(home.env);
    await using _stopping = server;
    const args = [...RUN, "--url", url, ...STAYING];
    await using process = new GangwayProcess(args, home);
    const [pid] = await process.stdoutLines(1);
    process.kill(signal);
    assert.deepEqual(await process.outcome(), {
      code,
      signal: null,
      stdout: `${pid}\n`,
      stderr: "",
    });
    assert.ok(await isGone(Number(pid)), `Process ${pid} still runs`);
  });
}

Deno.test("run whose server dies says so and exits 255", async () => {
  await using home = await createHome();
  const { server, url } = await startServer(home.env);
  await using _stopping = server;
  const args = [...RUN, "--url", url, ...STAYING];
  await using process = new GangwayProcess(args, home);
  const [pid] = await process.stdoutLines(1);
  server.kill("SIGKILL");
  const { code, stdout, stderr } = await process.outcome();
  assert.deepEqual([code, stdout], [255, `${pid}\n`]);
  assert.match(stderr, /^Error: Connection closed/);
  await gone(Number(pid));
});

Deno.test("run whose output nobody reads any more ends quietly, and the command with it", async () => {
  await using home = await createHome();
  await using child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--quiet", CLI, ...RUN],
      ...["sh", "-c", "echo $$; exec yes"],
    ],
    env: home.env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  const pid = parseInt(new TextDecoder().decode(value));
  await reader.cancel();
  const stderr = await new Response(child.stderr).text();
  assert.deepEqual([(await child.status).code, stderr], [141, ""]);
  await gone(pid);
});
