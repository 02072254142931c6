import assert from "node:assert/strict";
import fc from "fast-check";
import { until } from "../../tests/kit/until.ts";
import { writeProgram } from "../../tests/kit/write_program.ts";
import {
  bytesOf,
  ENV,
  firstLine,
  goneOf,
  shell,
  strayDescriptors,
  textOf,
  toBytes,
} from "./_probes_test.ts";
import { SpawnError } from "./spawn_error.ts";
import type { Output, Spawner } from "./spawner.ts";

/** What is known of the spawner under test. */
export interface SuiteOptions {
  /** In front of the names of the tests. */
  readonly name: string;
  /** Creates the spawner under test. */
  readonly create: () => Spawner | Promise<Spawner>;
  /** Whether an end by a real-time signal leaves a resource behind in Deno. */
  readonly leaksRealTimeSignals?: boolean;
  /** Whether programs inherit what this process was itself started with. */
  readonly inherits?: boolean;
}

/** What is true of every spawner, wherever it runs. */
export function testSpawner(
  { name, create, leaksRealTimeSignals = false, inherits = false }:
    SuiteOptions,
): void {
  const test = (criterion: string, fn: (spawner: Spawner) => Promise<void>) =>
    Deno.test(`${name}: ${criterion}`, async () => {
      await using spawner = await create();
      await fn(spawner);
    });

  test("a program leads its own session and group", async (spawner) => {
    await using child = await spawner.spawn(
      shell('read -r line < /proc/$$/stat; echo "$line"; echo no >&2; exit 7'),
    );
    const stat = (await textOf(child.stdout)).split(" ");
    assert.deepEqual(
      [stat[0], stat[4], stat[5]].map(Number),
      [child.pid, child.pid, child.pid],
    );
    assert.equal(await textOf(child.stderr!), "no\n");
    assert.deepEqual(await child.exit, { code: 7 });
    assert.equal(child.stdin, undefined);
  });

  test("every exit code is told as it is", async (spawner) => {
    for (let first = 0; first < 256; first += 16) {
      const codes = Array.from({ length: 16 }, (_, index) => first + index);
      const exits = await Promise.all(codes.map(async (code) => {
        await using child = await spawner.spawn(shell(`exit ${code}`));
        return await child.exit;
      }));
      assert.deepEqual(exits, codes.map((code) => ({ code })));
    }
  });

  Deno.test({
    name: `${name}: every deadly signal is told as it is`,
    sanitizeResources: !leaksRealTimeSignals,
    fn: async () => {
      await using spawner = await create();
      // Those that are ignored or stop by default, and two of the C library.
      const harmless = [17, 18, 19, 20, 21, 22, 23, 28, 32, 33];
      const deadly = Array.from({ length: 64 }, (_, index) => index + 1)
        .filter((number) => !harmless.includes(number));
      for (const signal of deadly) {
        await using child = await spawner.spawn(
          shell(`ulimit -c 0; kill -${signal} $$; sleep 60`),
        );
        assert.deepEqual(await child.exit, { signal });
      }
    },
  });

  test("no signal is blocked or ignored", async (spawner) => {
    await using child = await spawner.spawn({
      ...shell(""),
      command: ["grep", "^Sig[BI]", "/proc/self/status"],
    });
    const own = await Deno.readTextFile("/proc/self/status");
    const maskOf = (name: string, status: string) =>
      BigInt(`0x${new RegExp(`^${name}:\t(.*)$`, "m").exec(status)![1]}`);
    const text = await textOf(child.stdout);
    // The two of the C library are no program's concern.
    const allowed = inherits ? maskOf("SigIgn", own) | 0x1_8000_0000n : 0n;
    assert.equal(maskOf("SigBlk", text), 0n);
    assert.equal(maskOf("SigIgn", text) & ~allowed, 0n);
  });

  test("the environment is what was asked for, and nothing else", async (spawner) => {
    const env = { ODD: "bär\n=", EMPTY: "", LONE: "\ud800" };
    await using child = await spawner.spawn({
      command: ["/usr/bin/env"],
      cwd: "/usr/lib",
      env,
      stdin: "null",
    });
    const text = await textOf(child.stdout);
    // In whatever order.
    assert.deepEqual(
      text.split(/\n(?=[A-Z]|$)/).sort(),
      ["", "EMPTY=", "LONE=\ufffd", "ODD=bär\n="],
    );
  });

  test("arguments arrive as they are", async (spawner) => {
    const args = ["", " a  b ", '"$x`', "bär\n", "-c", "x".repeat(100_000)];
    await using child = await spawner.spawn({
      ...shell(""),
      command: ["printf", "%s\\0", ...args],
    });
    const text = await textOf(child.stdout);
    assert.deepEqual(text.split("\0"), [...args, ""]);
  });

  test("names are looked up in the child's PATH, from its directory", async (spawner) => {
    const directory = await Deno.makeTempDir();
    try {
      const script = (text: string) => `#!/bin/sh\necho ${text}\n`;
      for (const name of ["one", "two", "two/probe"]) {
        await Deno.mkdir(`${directory}/${name}`);
      }
      await Deno.writeTextFile(`${directory}/one/probe`, "not executable");
      await Deno.mkdir(`${directory}/three`);
      for (const name of ["three/probe", "here"]) {
        await writeProgram(`${directory}/${name}`, script(name));
      }
      const cases = [
        ["probe", `/no:${directory}/one:${directory}/two:three`, "three/probe"],
        ["probe", `/etc/passwd:${directory}/three/:/usr/bin`, "three/probe"],
        ["here", ":/usr/bin", "here"],
        ["./here", undefined, "here"],
        ["three/probe", "/no", "three/probe"],
        [`${directory}/here`, undefined, "here"],
      ] as const;
      for (const [program, path, said] of cases) {
        await using child = await spawner.spawn({
          command: [program],
          cwd: directory,
          env: path === undefined ? {} : { PATH: path },
          stdin: "null",
        });
        assert.equal(await textOf(child.stdout), `${said}\n`);
      }
      await assert.rejects(
        spawner.spawn({
          command: ["probe"],
          cwd: directory,
          env: { PATH: "one:/no" },
          stdin: "null",
        }),
        isRefusal(13),
      );
      await using usual = await spawner.spawn({
        command: ["true"],
        cwd: "/",
        env: {},
        stdin: "null",
      });
      assert.deepEqual(await usual.exit, { code: 0 });
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });

  test("a script is told the path by which it was started", async (spawner) => {
    const directory = await Deno.makeTempDir();
    try {
      await Deno.mkdir(`${directory}/sub`);
      const text = "#!/bin/sh\necho $0\n";
      const path = `${directory}/sub/tool`;
      await writeProgram(path, text);
      for (
        const [program, searchPath, told] of [
          ["sub/tool", "/bin", "sub/tool"],
          ["./sub/tool", "/bin", "./sub/tool"],
          ["tool", "sub", "sub/tool"],
          ["tool", `${directory}/sub`, path],
          [path, "/bin", path],
        ] as const
      ) {
        await using child = await spawner.spawn({
          command: [program],
          cwd: directory,
          env: { PATH: searchPath },
          stdin: "null",
        });
        assert.equal(await textOf(child.stdout), `${told}\n`);
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });

  test("scripts without an interpreter are refused", async (spawner) => {
    const directory = await Deno.makeTempDir();
    try {
      const cases = [
        ["none", "echo hi\n", 8],
        ["gone", "#!/no/such\n", 2],
      ] as const;
      for (const [name, text, errno] of cases) {
        await writeProgram(`${directory}/${name}`, text);
        await assert.rejects(
          spawner.spawn({
            ...shell("", { cwd: directory }),
            command: [`./${name}`],
          }),
          isRefusal(errno),
        );
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });

  for (
    const [what, command, errno] of [
      ["an unknown name", ["no-such-program"], 2],
      ["an empty name", [""], 2],
      ["a missing path", ["/no/such/program"], 2],
      ["a file as a directory", ["/etc/passwd/x"], 20],
      ["a file that can't be executed", ["/etc/passwd"], 13],
      ["a directory", ["/etc"], 13],
      ["a name that is too long", ["x".repeat(300)], 36],
      ["10 MB of argument", ["true", "x".repeat(10_000_000)], 7],
    ] as const
  ) {
    test(`${what} is refused with number ${errno}`, async (spawner) => {
      await assert.rejects(
        spawner.spawn({ command, cwd: "/", env: ENV, stdin: "null" }),
        isRefusal(errno),
      );
    });
  }

  test("directories, NULs and files that can't be had are refused", async (spawner) => {
    const refused = (more: object, errno: number) =>
      assert.rejects(spawner.spawn(shell("", more)), isRefusal(errno));
    await refused({ cwd: "/no" }, 2);
    await refused({ cwd: "/etc/passwd" }, 20);
    await refused({ cwd: "/etc/passwd", command: ["/no/such"] }, 20);
    await refused({ files: ["/no/such"] }, 2);
    const wrong = (more: object) =>
      assert.rejects(spawner.spawn(shell("", more)), TypeError);
    await wrong({ command: ["sh", "-c", "\0"] });
    await wrong({ command: ["s\0h"] });
    await wrong({ cwd: "/\0" });
    await wrong({ env: { "A\0": "" } });
    await wrong({ env: { A: "\0" } });
    await wrong({ files: ["/\0"] });
  });

  test("files are found opened as 3 and 4, and nothing else is", async (spawner) => {
    const directory = await Deno.makeTempDir();
    try {
      const files = [`${directory}/$(touch x)"'`, `${directory}/b\n`];
      for (const [index, file] of files.entries()) {
        await Deno.writeTextFile(file, `file ${index};`);
      }
      using _held = await Deno.open(files[0]!);
      await using child = await spawner.spawn(
        shell("cat <&3; cat <&4; echo /proc/$$/fd/*", { files }),
      );
      const text = await textOf(child.stdout);
      assert.ok(text.startsWith("file 0;file 1;"));
      // The shell opens its directory to list it.
      const stray = inherits ? await strayDescriptors() : [];
      assert.match(
        Array.from(text.matchAll(/\/fd\/(\d+)/g), ([, fd]) => fd!)
          .filter((fd) => !stray.includes(fd)).join(" "),
        /^0 (10 )?1 2 3 4( 5)?$/,
      );
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });

  test("stdin null reads as empty", async (spawner) => {
    await using child = await spawner.spawn(shell("exec cat"));
    assert.equal(await textOf(child.stdout), "");
    assert.deepEqual(await child.exit, { code: 0 });
  });

  test("what is written to stdin is read, then its end", async (spawner) => {
    await using child = await spawner.spawn(
      shell("exec cat", { stdin: "piped" }),
    );
    const stdin = child.stdin!;
    const bytes = new Uint8Array(300_000).map((_, index) => index % 251);
    const written = Promise.all([
      stdin.write(bytes.slice(0, 200_000)),
      stdin.write(new Uint8Array(0)),
      stdin.write(bytes.slice(200_000)),
      stdin.close(),
    ]);
    assert.ok(equal(await bytesOf(child.stdout), bytes));
    await written;
    assert.deepEqual(await child.exit, { code: 0 });
    await stdin.close();
  });

  test("writing to nobody is a broken pipe, closing is not", async (spawner) => {
    await using child = await spawner.spawn(shell("exit", { stdin: "piped" }));
    await child.exit;
    // Children that others start at this moment have the pipe, too, up to where
    // they become programs.
    await until(
      "nobody is there",
      () =>
        child.stdin!.write(new Uint8Array(10)).then(
          () => false,
          (error) => error instanceof Deno.errors.BrokenPipe,
        ),
    );
    await assert.rejects(
      child.stdin!.write(new Uint8Array(10)),
      Deno.errors.BrokenPipe,
    );
    await child.stdin!.close();
    await assert.rejects(
      child.stdin!.write(new Uint8Array(10)),
      Deno.errors.BrokenPipe,
    );
  });

  test("a pending write ends with the program that does not read", async (spawner) => {
    await using child = await spawner.spawn(
      shell("exec sleep 60", { stdin: "piped" }),
    );
    const pending = assert.rejects(
      child.stdin!.write(new Uint8Array(4_000_000)),
      Deno.errors.BrokenPipe,
    );
    const closed = child.stdin!.close();
    child.signal(9);
    await pending;
    await closed;
    assert.deepEqual(await child.exit, { signal: 9 });
  });

  test("both outputs come whole, side by side", async (spawner) => {
    await using child = await spawner.spawn(
      shell("head -c 3000000 /dev/zero & head -c 2000000 /dev/zero >&2; wait"),
    );
    const [stdout, stderr] = await Promise.all([
      bytesOf(child.stdout),
      bytesOf(child.stderr!),
    ]);
    assert.deepEqual([stdout.length, stderr.length], [3_000_000, 2_000_000]);
    assert.equal(await child.stdout.read(10), undefined);
  });

  test("what was read stays as it is until the next read", async (spawner) => {
    const zerosAs = (letter: string) =>
      `head -c 3000000 /dev/zero | tr '\\0' ${letter}`;
    await using child = await spawner.spawn(
      shell(`${zerosAs("a")} & ${zerosAs("b")} >&2; wait`),
    );
    const count = async (output: Output, letter: string) => {
      let count = 0;
      for (;;) {
        const bytes = await output.read(65_536);
        if (bytes === undefined) return count;
        // The other output is read meanwhile.
        await new Promise((resolve) => setImmediate(resolve));
        assert.ok(bytes.every((byte) => byte === letter.charCodeAt(0)));
        count += bytes.length;
      }
    };
    const counts = [count(child.stdout, "a"), count(child.stderr!, "b")];
    assert.deepEqual(await Promise.all(counts), [3_000_000, 3_000_000]);
  });

  test("nothing is read before it is asked for", async (spawner) => {
    await using child = await spawner.spawn(
      shell("head -c 3000000 /dev/zero; echo done >&2"),
    );
    const done = child.stderr!.read(10);
    await child.stdout.read(10);
    const first = await Promise.race([
      done.then(() => "done"),
      new Promise((resolve) => setTimeout(() => resolve("waits"), 200)),
    ]);
    assert.equal(first, "waits");
    assert.equal((await bytesOf(child.stdout)).length, 3_000_000 - 10);
    assert.deepEqual(await done, toBytes("done\n"));
  });

  test("a second read at the same time is an error of type", async (spawner) => {
    await using child = await spawner.spawn(shell("exec sleep 60"));
    const pending = child.stdout.read(1);
    await assert.rejects(child.stdout.read(1), TypeError);
    child.signal(9);
    assert.equal(await pending, undefined);
  });

  test("cancel gives a pending read nothing, and the program SIGPIPE", async (spawner) => {
    await using quiet = await spawner.spawn(shell("exec sleep 60"));
    const pending = quiet.stdout.read(100);
    quiet.stdout.cancel();
    assert.equal(await pending, undefined);
    await using busy = await spawner.spawn(shell("exec cat /dev/zero"));
    await busy.stdout.read(100);
    busy.stdout.cancel();
    assert.deepEqual(await busy.exit, { signal: 13 });
  });

  test("any chunks, read in any sizes, arrive as they were written", async (spawner) => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 9_000 }), {
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(
        chunks,
        fc.integer({ min: 1, max: 70_000 }),
        async (chunks, maxBytes) => {
          const sent = new Uint8Array(
            await new Blob(chunks.map((chunk) => new Uint8Array(chunk)))
              .arrayBuffer(),
          );
          await using child = await spawner.spawn({
            ...shell("", { stdin: "piped" }),
            command: ["cat"],
          });
          const writing = (async () => {
            for (const chunk of chunks) {
              await child.stdin!.write(new Uint8Array(chunk));
            }
            await child.stdin!.close();
          })();
          // Single bytes of a lot are slow, and no different from a few.
          const size = Math.max(maxBytes, Math.ceil(sent.length / 500));
          assert.ok(equal(await bytesOf(child.stdout, size), sent));
          await writing;
        },
      ),
      { numRuns: 40 },
    );
  });

  for (const signal of [1, 9, 15, 16]) {
    test(`signal ${signal} ends the whole group`, async (spawner) => {
      await using child = await spawner.spawn(
        shell("(sleep 60 & sleep 60) & echo ready; exec sleep 60"),
      );
      assert.equal(await firstLine(child), "ready");
      child.signal(signal);
      assert.deepEqual(await child.exit, { signal });
      // Ends only if those in the background, who hold it too, are gone.
      assert.equal(await textOf(child.stdout), "");
      child.signal(signal);
    });
  }

  test("one that ignores SIGTERM is killed by SIGKILL", async (spawner) => {
    await using child = await spawner.spawn(
      shell("trap '' TERM; sleep 60 & echo ready; while :; do sleep 60; done"),
    );
    assert.equal(await firstLine(child), "ready");
    child.signal(15);
    const first = await Promise.race([
      child.exit,
      new Promise((resolve) => setTimeout(() => resolve("lives"), 100)),
    ]);
    assert.equal(first, "lives");
    child.signal(9);
    assert.deepEqual(await child.exit, { signal: 9 });
    assert.equal(await textOf(child.stdout), "");
  });

  test("signal 9 reaches the other groups of its session", async (spawner) => {
    await using child = await spawner.spawn({
      ...shell(""),
      command: ["bash", "-mc", "sleep 60 & echo $!; wait"],
    });
    const pid = Number(await firstLine(child));
    child.signal(9);
    await goneOf(pid);
    assert.equal(await textOf(child.stdout), "");
  });

  test("dispose kills what the leader left behind; twice is once", async (spawner) => {
    const scripts = [
      shell("sleep 60 & echo $!"),
      {
        ...shell(""),
        command: ["bash", "-mc", "sleep 60 & echo $!; disown"] as const,
      },
    ];
    for (const options of scripts) {
      const child = await spawner.spawn(options);
      const pid = Number(await firstLine(child));
      assert.deepEqual(await child.exit, { code: 0 });
      await child[Symbol.asyncDispose]();
      await child[Symbol.asyncDispose]();
      await goneOf(pid);
      assert.equal(await child.stdout.read(1), undefined);
      child.signal(9);
    }
  });

  test("dispose ends a program in mid-read and in mid-write", async (spawner) => {
    const child = await spawner.spawn(
      // The one in the background holds both, out of reach of a signal for
      // the group.
      shell("setsid sh -c 'echo out; exec sleep 2' <&0 & exec sleep 60", {
        stdin: "piped",
      }),
    );
    assert.equal(await firstLine(child), "out");
    const reading = child.stdout.read(10);
    const writing = assert.rejects(
      child.stdin!.write(new Uint8Array(4_000_000)),
      Deno.errors.BrokenPipe,
    );
    await child[Symbol.asyncDispose]();
    assert.equal(await reading, undefined);
    await writing;
    await assert.rejects(
      child.stdin!.write(new Uint8Array(1)),
      Deno.errors.BrokenPipe,
    );
    assert.deepEqual(await child.exit, { signal: 9 });
  });

  test("resize without a terminal is an error of type", async (spawner) => {
    await using child = await spawner.spawn(shell("exec sleep 60"));
    assert.throws(() => child.resize({ rows: 1, cols: 1 }), TypeError);
  });

  test("the spawner ends its children, and starts no more", async (spawner) => {
    const children = await Promise.all(
      Array.from({ length: 5 }, () => spawner.spawn(shell("exec sleep 60"))),
    );
    const reads = children.map((child) => child.stdout.read(1));
    await spawner[Symbol.asyncDispose]();
    for (const child of children) {
      assert.deepEqual(await child.exit, { signal: 9 });
    }
    assert.deepEqual(await Promise.all(reads), reads.map(() => undefined));
    await assert.rejects(spawner.spawn(shell("")), Deno.errors.BadResource);
    await spawner[Symbol.asyncDispose]();
  });
}

/** Compares a lot of bytes in little time. */
function equal(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length &&
    left.every((byte, index) => byte === right[index]);
}

function isRefusal(errno: number): (error: unknown) => boolean {
  return (error) => error instanceof SpawnError && error.errno === errno;
}
