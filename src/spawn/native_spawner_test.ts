import assert from "node:assert/strict";
import { createTempDir } from "../../tests/kit/temp_dir.ts";
import { testAlone } from "../../tests/kit/test_alone.ts";
import { until } from "../../tests/kit/until.ts";
import {
  bytesOf,
  childrenWith,
  countDescriptors,
  ENV,
  firstLine,
  goneOf,
  isAlive,
  readUntil,
  shell,
  textOf,
} from "./_probes_test.ts";
import { testSpawner } from "./_spawner_suite_test.ts";
import { testTerminals } from "./_terminal_suite_test.ts";
import { createLauncher } from "./create_launcher.ts";
import { createSpawner } from "./create_spawner.ts";
import { SpawnError } from "./spawn_error.ts";
import type { LaunchOrder } from "./spawner.ts";

const create = () => createSpawner({ only: "native" });
const SIZE = { rows: 24, cols: 80 };

// Whoever runs these tests without FFI learns it from the first ones.
const launcher = createLauncher()!;
globalThis.addEventListener("unload", () => launcher[Symbol.dispose]());

testSpawner({ name: "NativeSpawner", create });
testTerminals({ name: "NativeSpawner", create });
testTerminals({
  name: "NativeSpawner with a launcher",
  create,
  more: () => ({ launcher }),
});

Deno.test("SpawnOptions.launcher gets an order that can be sent elsewhere", async () => {
  await using spawner = await create();
  const orders: LaunchOrder[] = [];
  const sending = {
    launch: async (order: LaunchOrder) => {
      orders.push(order);
      await Promise.resolve();
      return launcher.launch(structuredClone(order));
    },
  };
  await using child = await spawner.spawn(
    shell("echo out; exit 3", { launcher: sending, files: ["/dev/null"] }),
  );
  assert.equal(await textOf(child.stdout), "out\n");
  assert.deepEqual(await child.exit, { code: 3 });
  const [order] = orders;
  assert.deepEqual({ ...order, descriptors: order?.descriptors.length }, {
    file: "/usr/bin/sh",
    argv: ["sh", "-c", "echo out; exit 3"],
    env: ["PATH=/usr/bin:/bin"],
    cwd: "/",
    descriptors: 4,
  });
});

Deno.test("Spawner.spawn waits a moment for a program that somebody has open for writing", async () => {
  await using directory = await createTempDir();
  const command = [`${directory.path}/tool`] as const;
  await Deno.writeTextFile(command[0], "#!/bin/sh\necho ran\n", {
    mode: 0o755,
  });
  await using spawner = await create();
  const open = () => Deno.open(command[0], { write: true });
  {
    using _held = await open();
    await assert.rejects(
      spawner.spawn({ ...shell(""), command }),
      new SpawnError(26, command[0]),
    );
  }
  const held = await open();
  const starting = spawner.spawn({ ...shell(""), command });
  held.close();
  await using child = await starting;
  assert.equal(await textOf(child.stdout), "ran\n");
});

testAlone({
  module: import.meta.url,
  name: "SpawnOptions.launcher that refuses or throws leaves nothing open",
}, async () => {
  await using spawner = await create();
  await (await spawner.spawn(shell("")))[Symbol.asyncDispose]();
  const before = countDescriptors();
  for (const terminal of [undefined, SIZE]) {
    const rest = terminal && { terminal };
    await assert.rejects(
      spawner.spawn(
        shell("", { ...rest, launcher: { launch: () => ({ errno: 1 }) } }),
      ),
      new SpawnError(1, "/usr/bin/sh"),
    );
    await assert.rejects(
      spawner.spawn(shell("", {
        ...rest,
        launcher: { launch: () => Promise.reject(new RangeError("no")) },
      })),
      new RangeError("no"),
    );
  }
  assert.equal(countDescriptors(), before);
});

Deno.test("createLauncher: descriptors with the numbers that they are to get arrive all the same", async () => {
  // The null device, opened until a small number is hit, stands for a pipe end
  // that happens to have one.
  await using spawner = await create();
  const crossing = {
    launch: (order: LaunchOrder) => {
      const [stdin, stdout, stderr, ...files] = order.descriptors;
      // 2 is open here too and is both a source and a target.
      return launcher.launch({
        ...order,
        descriptors: [stdin!, stdout!, 1, 2, stderr!, 0, ...files],
      });
    },
  };
  await using child = await spawner.spawn(
    shell("echo one; echo two >&4; ls -l /proc/$$/fd | wc -l", {
      launcher: crossing,
    }),
  );
  assert.equal(await textOf(child.stderr!), "two\n");
  // Six, and a line for their total.
  assert.match(await textOf(child.stdout), /^one\n[78]\n$/);
});

testAlone({
  module: import.meta.url,
  name: "Spawner.spawn leaves no descriptor behind, 1,000 times",
}, async () => {
  await using spawner = await create();
  const once = async (index: number) => {
    const terminal = index % 4 === 0 ? { terminal: SIZE } : {};
    await using child = await spawner.spawn(
      shell("", { ...terminal, stdin: "piped", command: ["true"] }),
    );
    if (index % 3 > 0) await child.exit;
    if (index % 3 > 1) await bytesOf(child.stdout);
  };
  await once(0);
  const before = countDescriptors();
  for (let index = 0; index < 1_000; index += 20) {
    await Promise.all(
      Array.from({ length: 20 }, (_, offset) => once(index + offset)),
    );
  }
  assert.equal(countDescriptors(), before);
});

testAlone({
  module: import.meta.url,
  name: "Spawner.spawn leaves nothing behind when it fails",
}, async () => {
  await using spawner = await create();
  await (await spawner.spawn(shell("")))[Symbol.asyncDispose]();
  const before = countDescriptors();
  for (const terminal of [{}, { terminal: SIZE }]) {
    for (
      const wrong of [
        { cwd: "/no" },
        { files: ["/dev/null", "/no/such"] },
        { command: ["/no/such"] as const },
        { command: ["true", "x".repeat(200_000)] as const },
        { command: ["\0"] as const },
      ]
    ) {
      await assert.rejects(
        spawner.spawn(shell("", { stdin: "piped", ...terminal, ...wrong })),
      );
    }
  }
  assert.equal(countDescriptors(), before);
});

Deno.test("200 terminals at once leave the rest of the program its turns", async () => {
  await using spawner = await create();
  const children = await Promise.all(
    Array.from({ length: 200 }, () =>
      spawner.spawn({
        ...shell("", { terminal: SIZE }),
        command: ["sh", "-c", "stty raw; exec cat /dev/zero"],
      })),
  );
  let read = 0;
  let isOver = false;
  const readings = children.map(async (child) => {
    while (!isOver) read += (await child.stdout.read(65_536))?.length ?? 0;
  });
  await until("something is read", () => read > 0);
  for (let look = 0; look < 20; look++) {
    await Deno.stat("/");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  isOver = true;
  await Promise.all(
    children.map((child) => child[Symbol.asyncDispose]()),
  );
  await Promise.all(readings);
});

testAlone({
  module: import.meta.url,
  name: "Safeguard replaces a warden that was killed",
}, async () => {
  await using spawner = await create();
  const wardens = async () => {
    await using _entry = await spawner.spawn(shell(""));
    return await childrenWith("while read -r verb");
  };
  const [first] = await wardens();
  assert.ok(first);
  Deno.kill(first, "SIGKILL");
  await goneOf(first);
  // An entry finds it dead, at the latest once no subshell of it holds its
  // pipe any more; the books go to its successor.
  await until("a successor", async () => {
    const [second, ...more] = await wardens();
    assert.deepEqual(more, []);
    return second !== undefined && second !== first;
  });
});

/** Runs a program of Deno's that uses this room, with some permissions. */
async function runProgram(
  text: string,
  { permissions = ["-A"], before = "" } = {},
): Promise<{ child: Deno.ChildProcess; lines: AsyncIterator<string> }> {
  const door = new URL("mod.ts", import.meta.url);
  const child = new Deno.Command("/bin/sh", {
    args: [
      "-c",
      `${before} exec "$0" run --quiet --no-prompt "$@" -`,
      Deno.execPath(),
      ...permissions,
    ],
    stdin: "piped",
    stdout: "piped",
    cwd: new URL("../..", import.meta.url),
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`
    import { createSpawner } from ${JSON.stringify(door.href)};
    const env = ${JSON.stringify(ENV)};
    const say = (value) => console.log(JSON.stringify(value) + "\\n");
    const textOf = async (output) => {
      let text = "";
      for (;;) {
        const bytes = await output.read(65536);
        if (bytes === undefined) return text;
        text += new TextDecoder().decode(bytes);
      }
    };
    const run = async (spawner, more, ...command) => {
      await using child = await spawner.spawn({
        command, cwd: "/", env, stdin: "null", ...more });
      return [await textOf(child.stdout), await child.exit];
    };
    ${text}
  `));
  await writer.close();
  const decoded = child.stdout.pipeThrough(new TextDecoderStream());
  return { child, lines: linesOf(decoded) };
}

async function* linesOf(
  chunks: ReadableStream<string>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    yield* lines.filter((line) => line !== "");
  }
}

/** What such a program said, until its end. */
async function outcome(
  ...args: Parameters<typeof runProgram>
): Promise<unknown[]> {
  const { child, lines } = await runProgram(...args);
  const said: unknown[] = [];
  for await (const line of { [Symbol.asyncIterator]: () => lines }) {
    said.push(JSON.parse(line));
  }
  await child.status;
  return said;
}

Deno.test("createSpawner: the path of the library and the right to run are all that it needs", async () => {
  const library = Deno.build.arch === "x86_64"
    ? "/lib/x86_64-linux-gnu/libc.so.6"
    : "/lib/aarch64-linux-gnu/libc.so.6";
  const program = `
    await using spawner = await createSpawner({ only: "native" });
    say(await run(spawner, {}, "echo", "hi"));
    say(await run(spawner, { terminal: { rows: 3, cols: 4 } }, "stty", "size"));
  `;
  assert.deepEqual(
    await outcome(program, {
      permissions: [`--allow-ffi=${library}`, "--allow-run"],
    }),
    [["hi\n", { code: 0 }], ["3 4\r\n", { code: 0 }]],
  );
});

Deno.test("createSpawner: FFI is no way around a missing right to run", async () => {
  const program = `
    await using spawner = await createSpawner({ only: "native" });
    say(await run(spawner, {}, "true"));
    say(await run(spawner, {}, "sh", "-c", "").catch((e) => e.errno));
  `;
  assert.deepEqual(
    await outcome(program, {
      permissions: ["--allow-ffi", "--allow-run=/usr/bin/true"],
    }),
    [["", { code: 0 }], 13],
  );
});

Deno.test("createSpawner: without FFI nobody is asked, and native is refused", async () => {
  const program = `
    say(await createSpawner({ only: "native" }).catch((e) => e.name));
    await using spawner = await createSpawner();
    say(spawner.takesLauncher);
  `;
  assert.deepEqual(
    await outcome(program, { permissions: ["--allow-run", "--allow-read"] }),
    ["NotSupported", false],
  );
});

Deno.test("Spawner.spawn with no descriptors left starts nothing and leaves nothing", async () => {
  const program = `
    const { countDescriptors: count } = await import(${
    JSON.stringify(new URL("_probes_test.ts", import.meta.url).href)
  });
    await using spawner = await createSpawner({ only: "native" });
    await run(spawner, {}, "true");
    const before = count();
    const errors = new Set();
    for (const more of [{}, { terminal: { rows: 1, cols: 1 } }]) {
      // Room for none, then for one, and so on: each step fails once.
      for (let room = 0; ; room++) {
        const held = [];
        try {
          for (;;) held.push(Deno.openSync("/dev/null"));
        } catch { /* Full. */ }
        for (const file of held.splice(0, room)) file.close();
        const result = await run(spawner, more, "sleep", "0")
          .catch((e) => errors.add(e.errno));
        for (const file of held) file.close();
        if (Array.isArray(result)) break;
      }
    }
    say([...errors]);
    say(count() - before);
    const parentOf = ({ name }) => {
      try {
        const stat = Deno.readTextFileSync("/proc/" + name + "/stat");
        return Number(stat.split(") ").at(-1).split(" ")[1]);
      } catch {
        // No process, or none any more.
      }
    };
    const entries = [...Deno.readDirSync("/proc")];
    say(entries.filter((one) => parentOf(one) === Deno.pid).length);
  `;
  // The one that is left is the warden.
  assert.deepEqual(
    await outcome(program, { before: "ulimit -n 100;" }),
    [[24], 0, 1],
  );
});

Deno.test("createSpawner: with no descriptors left it fails, and does not settle for less", async () => {
  const program = `
    const tries = [];
    const attempt = async () => {
      try {
        await using spawner = await createSpawner();
        tries.push(spawner.takesLauncher);
      } catch (error) {
        tries.push(error.errno);
      }
    };
    await attempt();
    const held = [];
    try {
      for (;;) held.push(Deno.openSync("/dev/null"));
    } catch { /* Full. */ }
    await attempt();
    for (const file of held) file.close();
    await attempt();
    say(tries);
  `;
  assert.deepEqual(
    await outcome(program, { before: "ulimit -n 100;" }),
    [[true, 24, true]],
  );
});

Deno.test("Spawner.spawn with few descriptors left for many at once starts none that it can't see the end of", async () => {
  const program = `
    const { createLauncher } = await import(${
    JSON.stringify(new URL("mod.ts", import.meta.url).href)
  });
    using launcher = createLauncher();
    let started = 0;
    const counting = {
      launch(order) {
        const result = launcher.launch(order);
        if ("pid" in result) started++;
        return result;
      },
    };
    await using spawner = await createSpawner({ only: "native" });
    await run(spawner, {}, "true");
    let ended = 0;
    for (let room = 0; room < 24; room++) {
      const held = [];
      try {
        for (;;) held.push(Deno.openSync("/dev/null"));
      } catch { /* Full. */ }
      for (const file of held.splice(0, room)) file.close();
      const runs = Array.from({ length: 20 },
        () => run(spawner, { launcher: counting }, "true"));
      for (const { status } of await Promise.allSettled(runs)) {
        if (status === "fulfilled") ended++;
      }
      for (const file of held) file.close();
    }
    say({ ended, started });
  `;
  const [{ ended, started }] = await outcome(program, {
    before: "ulimit -n 100;",
  }) as [{ ended: number; started: number }];
  assert.equal(ended, started);
  assert.ok(started > 0);
});

Deno.test("kill -9 of the program that uses a spawner leaves no child", async () => {
  const { child, lines } = await runProgram(`
    const spawner = await createSpawner({ only: "native" });
    const script = "trap '' HUP TERM; sleep 300 & echo $$ $!; exec sleep 300";
    for (const more of [{}, { terminal: { rows: 1, cols: 1 } }]) {
      const child = await spawner.spawn({
        command: ["bash", "-mc", script], cwd: "/", env, stdin: "null", ...more });
      const bytes = await child.stdout.read(100);
      say(new TextDecoder().decode(bytes).trim().split(" ").map(Number));
    }
    await new Promise(() => {});
  `);
  const pids: number[] = [];
  for (let started = 0; started < 2; started++) {
    pids.push(...JSON.parse((await lines.next()).value!));
  }
  assert.equal(pids.length, 4);
  for (const pid of pids) assert.ok(await isAlive(pid));
  child.kill("SIGKILL");
  await child.status;
  for (const pid of pids) await goneOf(pid);
  await lines.return?.();
});

Deno.test("a program that ends by itself is not held up by a spawner without children", async () => {
  const program = `
    const spawner = await createSpawner({ only: "native" });
    say(await run(spawner, {}, "true"));
  `;
  assert.deepEqual(await outcome(program), [["", { code: 0 }]]);
});

Deno.test("createLauncher: a worker starts children for the thread that it belongs to", async () => {
  await using spawner = await create();
  const door = new URL("mod.ts", import.meta.url);
  const text = `
    import { createLauncher } from ${JSON.stringify(door.href)};
    const launcher = createLauncher();
    self.onmessage = ({ data }) => self.postMessage(launcher.launch(data));
    self.postMessage("ready");
  `;
  const file = await Deno.makeTempFile({ suffix: ".js" });
  await Deno.writeTextFile(file, text);
  const worker = new Worker(new URL(`file://${file}`), { type: "module" });
  const answer = () =>
    new Promise<unknown>((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
    });
  try {
    await answer();
    const launch = (order: LaunchOrder) => {
      const result = answer();
      worker.postMessage(order);
      return result as Promise<{ pid: number }>;
    };
    for (const terminal of [{}, { terminal: SIZE }]) {
      await using child = await spawner.spawn(
        shell("echo ready; exec sleep 60", {
          launcher: { launch },
          ...terminal,
        }),
      );
      await readUntil(child.stdout, "ready");
      child.signal(15);
      assert.deepEqual(await child.exit, { signal: 15 });
    }
    assert.equal(await firstLineOf(spawner, launch), "told");
  } finally {
    worker.terminate();
    await Deno.remove(file);
  }
});

async function firstLineOf(
  spawner: Awaited<ReturnType<typeof create>>,
  launch: (order: LaunchOrder) => Promise<{ pid: number }>,
): Promise<string> {
  await using child = await spawner.spawn(
    shell("echo told", { launcher: { launch } }),
  );
  return await firstLine(child);
}
