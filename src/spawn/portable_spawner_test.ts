import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createPortableSpawner } from "./portable_spawner.ts";
import { SpawnError } from "./spawn_error.ts";
import type { Child, Output, SpawnOptions } from "./spawner.ts";

const ENV = { PATH: "/usr/bin:/bin" };

function shell(script: string, more: Partial<SpawnOptions> = {}): SpawnOptions {
  return {
    command: ["sh", "-c", script],
    cwd: "/",
    env: ENV,
    stdin: "null",
    ...more,
  };
}

async function textOf(output: Output): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const bytes = await output.read(65_536);
    if (bytes === undefined) return text;
    text += decoder.decode(bytes, { stream: true });
  }
}

async function firstLine(child: Child): Promise<string> {
  let text = "";
  while (!text.includes("\n")) {
    const bytes = await child.stdout.read(1);
    if (bytes === undefined) break;
    text += new TextDecoder().decode(bytes);
  }
  return text.trimEnd();
}

Deno.test("createPortableSpawner: a program leads its own session and group", async () => {
  await using spawner = createPortableSpawner();
  await using child = await spawner.spawn(
    shell('read -r line < /proc/$$/stat; echo "$line"; echo oops >&2; exit 7'),
  );
  const stat = (await textOf(child.stdout)).split(" ");
  assert.deepEqual(
    [Number(stat[0]), Number(stat[4]), Number(stat[5])],
    [child.pid, child.pid, child.pid],
  );
  assert.equal(await textOf(child.stderr!), "oops\n");
  assert.deepEqual(await child.exit, { code: 7 });
});

Deno.test("createPortableSpawner: the environment is what was asked for", async () => {
  await using spawner = createPortableSpawner();
  await using child = await spawner.spawn({
    command: ["/usr/bin/env"],
    cwd: "/usr/lib",
    env: { "ODD": "bär\n=" },
    stdin: "null",
  });
  assert.equal(await textOf(child.stdout), "ODD=bär\n=\n");
});

for (
  const [name, command, errno] of [
    ["an unknown name", ["no-such-program"], 2],
    ["an empty name", [""], 2],
    ["a missing path", ["/no/such/program"], 2],
    ["a file as a directory", ["/etc/passwd/x"], 20],
    ["a file that can't be executed", ["/etc/passwd"], 13],
    ["a directory", ["/etc"], 13],
    ["too many arguments", ["true", "x".repeat(3_000_000)], 7],
  ] as const
) {
  Deno.test(`createPortableSpawner: ${name} is refused with number ${errno}`, async () => {
    await using spawner = createPortableSpawner();
    await assert.rejects(
      spawner.spawn({ command, cwd: "/", env: ENV, stdin: "null" }),
      (error) => error instanceof SpawnError && error.errno === errno,
    );
  });
}

Deno.test("createPortableSpawner: scripts without an interpreter are refused", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await using spawner = createPortableSpawner();
    const cases = [["none", "echo hi\n", 8], [
      "gone",
      "#!/no/such\n",
      2,
    ]] as const;
    for (const [name, text, errno] of cases) {
      await Deno.writeTextFile(`${directory}/${name}`, text, { mode: 0o755 });
      await assert.rejects(
        spawner.spawn({
          command: [`./${name}`],
          cwd: directory,
          env: ENV,
          stdin: "null",
        }),
        (error) => error instanceof SpawnError && error.errno === errno,
      );
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("createPortableSpawner: directories, NULs and files that can't be had are refused", async () => {
  await using spawner = createPortableSpawner();
  const errnoIs = (errno: number) => (error: unknown) =>
    error instanceof SpawnError && error.errno === errno;
  await assert.rejects(spawner.spawn(shell("", { cwd: "/no" })), errnoIs(2));
  await assert.rejects(
    spawner.spawn(shell("", { cwd: "/etc/passwd" })),
    errnoIs(20),
  );
  await assert.rejects(
    spawner.spawn(shell("", { files: ["/no/such"] })),
    errnoIs(2),
  );
  await assert.rejects(spawner.spawn(shell("\0")), TypeError);
  await assert.rejects(spawner.spawn(shell("", { cwd: "/\0" })), TypeError);
  await assert.rejects(
    spawner.spawn(shell("", { env: { "A\0": "" } })),
    TypeError,
  );
});

Deno.test("createPortableSpawner: files are found opened as 3 and 4, whatever they are called", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const files = [`${directory}/$(touch x)"'`, `${directory}/b\n`];
    for (const [index, file] of files.entries()) {
      await Deno.writeTextFile(file, `file ${index};`);
    }
    await using spawner = createPortableSpawner();
    await using child = await spawner.spawn(
      shell("cat <&3; cat <&4; echo $1", {
        files,
        command: ["sh", "-c", 'cat <&3; cat <&4; echo "$1"', "sh", "a b"],
      }),
    );
    assert.equal(await textOf(child.stdout), "file 0;file 1;a b\n");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("createPortableSpawner: reads give at most what was asked for and lose nothing", async () => {
  await using spawner = createPortableSpawner();
  await using child = await spawner.spawn(
    shell("i=0; while [ $i -lt 2000 ]; do echo $i; i=$((i+1)); done"),
  );
  let text = "";
  for (let size = 1;; size = size % 97 + 1) {
    const bytes = await child.stdout.read(size);
    if (bytes === undefined) break;
    assert.ok(bytes.length >= 1 && bytes.length <= size);
    text += new TextDecoder().decode(bytes);
  }
  assert.equal(
    text,
    Array.from({ length: 2000 }, (_, index) => `${index}\n`).join(""),
  );
});

Deno.test("Child.stdin: what is written is read, then its end", async () => {
  await using spawner = createPortableSpawner();
  await using child = await spawner.spawn(
    shell("exec cat", { stdin: "piped" }),
  );
  const bytes = new Uint8Array(300_000).map((_, index) => index % 251);
  const written = child.stdin!.write(bytes).then(() => child.stdin!.close());
  const chunks: Uint8Array[] = [];
  for (;;) {
    const chunk = await child.stdout.read(65_536);
    if (chunk === undefined) break;
    chunks.push(chunk);
  }
  await written;
  assert.deepEqual(Buffer.concat(chunks), Buffer.from(bytes));
  assert.deepEqual(await child.exit, { code: 0 });
});

Deno.test("Child.stdin: writing to nobody is a broken pipe, closing is not", async () => {
  await using spawner = createPortableSpawner();
  await using child = await spawner.spawn(shell("exit 0", { stdin: "piped" }));
  await child.exit;
  await assert.rejects(
    child.stdin!.write(new Uint8Array(10)),
    Deno.errors.BrokenPipe,
  );
  await assert.rejects(
    child.stdin!.write(new Uint8Array(10)),
    Deno.errors.BrokenPipe,
  );
  await child.stdin!.close();
});

Deno.test("Output.cancel: a pending read gives nothing, the program gets SIGPIPE", async () => {
  await using spawner = createPortableSpawner();
  await using quiet = await spawner.spawn(shell("exec sleep 60"));
  const pending = quiet.stdout.read(100);
  quiet.stdout.cancel();
  assert.equal(await pending, undefined);
  await using busy = await spawner.spawn(shell("exec cat /dev/zero"));
  await busy.stdout.read(100);
  busy.stdout.cancel();
  assert.deepEqual(await busy.exit, { signal: 13 });
});

for (const number of [1, 9, 15, 16, 35, 64]) {
  Deno.test({
    name: `Child.signal: ${number} ends the whole group and is reported`,
    // Deno doesn't let go of its record of a program whose end it can't name.
    sanitizeResources: number < 32,
    fn: async () => {
      await using spawner = createPortableSpawner();
      await using child = await spawner.spawn(
        shell("sleep 60 & echo ready; exec sleep 60"),
      );
      assert.equal(await firstLine(child), "ready");
      child.signal(number);
      assert.deepEqual(await child.exit, { signal: number });
      // Ends only if the one in the background, who holds it too, is gone.
      assert.equal(await textOf(child.stdout), "");
    },
  });
}

Deno.test("Child[asyncDispose]: kills what the leader left behind, twice is once", async () => {
  await using spawner = createPortableSpawner();
  const child = await spawner.spawn(shell("sleep 60 & echo $!"));
  const pid = Number(await firstLine(child));
  assert.deepEqual(await child.exit, { code: 0 });
  await child[Symbol.asyncDispose]();
  await child[Symbol.asyncDispose]();
  const deadline = Date.now() + 5_000;
  while (await isAlive(pid)) {
    assert.ok(Date.now() < deadline, `${pid} lives`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
});

Deno.test("Child.resize: without a terminal it is an error of type", async () => {
  await using spawner = createPortableSpawner();
  await using child = await spawner.spawn(shell("exec sleep 60"));
  assert.throws(() => child.resize({ rows: 1, cols: 1 }), TypeError);
});

/** Whether a process runs; one that is dead but not yet reaped doesn't. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    return !/\) [ZX] /.test(stat);
  } catch {
    return false;
  }
}
