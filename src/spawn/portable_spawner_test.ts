import assert from "node:assert/strict";
import { testAlone } from "../../tests/kit/test_alone.ts";
import {
  bytesOf,
  countDescriptors,
  ENV,
  shell,
  textOf,
} from "./_probes_test.ts";
import { testSpawner } from "./_spawner_suite_test.ts";
import { testTerminals } from "./_terminal_suite_test.ts";
import { createPortableSpawner } from "./portable_spawner.ts";

const SIZE = { rows: 24, cols: 80 };

testSpawner({
  name: "PortableSpawner",
  create: createPortableSpawner,
  leaksRealTimeSignals: true,
  inherits: true,
});
testTerminals({
  name: "PortableSpawner",
  create: createPortableSpawner,
  inherits: true,
});

for (const signal of [35, 64]) {
  Deno.test({
    name: `PortableSpawner: signal ${signal}, which has no name, is sent`,
    // Deno doesn't let go of its record of a program whose end it can't name.
    sanitizeResources: false,
    fn: async () => {
      await using spawner = createPortableSpawner();
      await using child = await spawner.spawn(shell("exec sleep 60"));
      child.signal(signal);
      assert.deepEqual(await child.exit, { signal });
    },
  });
}

Deno.test("PortableSpawner: a signal right after the start arrives, 50 times", async () => {
  await using spawner = createPortableSpawner();
  for (let round = 0; round < 50; round++) {
    await using child = await spawner.spawn(shell("exec sleep 60"));
    child.signal(15);
    assert.deepEqual(await child.exit, { signal: 15 });
  }
});

Deno.test("PortableSpawner: a launcher is refused, not ignored", async () => {
  await using spawner = createPortableSpawner();
  assert.equal(spawner.takesLauncher, false);
  await assert.rejects(
    spawner.spawn(shell("", { launcher: { launch: () => ({ pid: 1 }) } })),
    TypeError,
  );
});

Deno.test("PortableSpawner: seven files are opened, more are refused", async () => {
  await using spawner = createPortableSpawner();
  const files = (count: number) =>
    Array.from({ length: count }, () => "/etc/hostname");
  await using child = await spawner.spawn(
    shell("exec 2>&1; cat <&9 >/dev/null && echo nine", { files: files(7) }),
  );
  assert.equal(await textOf(child.stdout), "nine\n");
  await assert.rejects(
    spawner.spawn(shell("", { files: files(8) })),
    RangeError,
  );
});

testAlone({
  module: import.meta.url,
  name: "PortableSpawner: no descriptor is left behind, 300 times",
}, async () => {
  await using spawner = createPortableSpawner();
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
  for (let index = 0; index < 300; index += 20) {
    await Promise.all(
      Array.from({ length: 20 }, (_, offset) => once(index + offset)),
    );
  }
  assert.equal(countDescriptors(), before);
});

testAlone({
  module: import.meta.url,
  name: "PortableSpawner: what fails leaves nothing behind",
}, async () => {
  await using spawner = createPortableSpawner();
  for (const terminal of [{}, { terminal: SIZE }]) {
    await (await spawner.spawn(shell("", terminal)))[Symbol.asyncDispose]();
  }
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

Deno.test("PortableSpawner: a reader of a terminal that waits makes the program wait", async () => {
  await using spawner = createPortableSpawner();
  await using child = await spawner.spawn({
    ...shell("", { terminal: SIZE }),
    command: ["sh", "-c", "stty raw; exec head -c 3000000 /dev/zero"],
  });
  const first = (await child.stdout.read(10))!.length;
  const end = await Promise.race([
    child.exit,
    new Promise((resolve) => setTimeout(() => resolve("waits"), 200)),
  ]);
  assert.equal(end, "waits");
  assert.equal(first + (await bytesOf(child.stdout)).length, 3_000_000);
  assert.deepEqual(await child.exit, { code: 0 });
});

/** What a program of Deno's that uses this room says, with some permissions. */
async function outcome(
  body: string,
  permissions: readonly string[],
): Promise<unknown> {
  const door = import.meta.resolve("./mod.ts");
  const program = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...permissions, "-"],
    stdin: "piped",
    stdout: "piped",
    cwd: new URL("../..", import.meta.url),
  }).spawn();
  const writer = program.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`
    import { createSpawner } from ${JSON.stringify(door)};
    await using spawner = await createSpawner({ only: "portable" });
    const run = async (more, ...command) => {
      await using child = await spawner.spawn({
        command, cwd: "/", env: ${
    JSON.stringify(ENV)
  }, stdin: "null", ...more });
      let text = "";
      for (let bytes; (bytes = await child.stdout.read(65536));) {
        text += new TextDecoder().decode(bytes);
      }
      return [text, await child.exit];
    };
    ${body}
  `));
  await writer.close();
  const { stdout } = await program.output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

const ON_TERMINAL = `
  const terminal = { rows: 3, cols: 4 };
  const outcome = await run({ terminal }, "stty", "size")
    .catch((error) => [error.name, error.message]);
  console.log(JSON.stringify([spawner.noTerminal ?? null, ...outcome]));
`;

Deno.test("Spawner.noTerminal: without FFI it names the flag and the path", async () => {
  const said = await outcome(ON_TERMINAL, ["--allow-run", "-RW"]);
  const [noTerminal, name, message] = said as string[];
  assert.match(
    noTerminal!,
    /^Terminals need the C library: run with --allow-ffi=\/\S+$/,
  );
  assert.deepEqual([name, message], ["TerminalUnavailable", noTerminal]);
});

Deno.test("Spawner.noTerminal: a right that is restricted is named", async () => {
  const [noTerminal] = await outcome(ON_TERMINAL, [
    "--allow-run",
    "--allow-ffi",
    "--allow-read",
    "--allow-write=/tmp",
  ]) as string[];
  assert.equal(
    noTerminal,
    "Terminals need the right to write everywhere: run with --allow-write",
  );
});

Deno.test("PortableSpawner: the path of the library and the rights to run, read and write are all that it needs", async () => {
  const path = `/lib/${Deno.build.arch}-linux-gnu/libc.so.6`;
  assert.deepEqual(
    await outcome(ON_TERMINAL, [
      "--allow-run",
      "--allow-read",
      "--allow-write",
      `--allow-ffi=${path}`,
    ]),
    [null, "3 4\r\n", { code: 0 }],
  );
});

Deno.test("PortableSpawner: the right to run its trampolines is no way around a missing right", async () => {
  const said = await outcome(
    `
    const refused = await run({}, "env").catch((error) => error.errno);
    const fine = await run({ files: ["/etc/hostname"] }, "true");
    const child = await spawner.spawn(
      { command: ["sleep", "60"], cwd: "/", env: ${
      JSON.stringify(ENV)
    }, stdin: "null" });
    // Deno.kill needs the right to run everything.
    child.signal(15);
    console.log(JSON.stringify([refused, fine, await child.exit]));
    `,
    [
      "--allow-read",
      "--allow-run=/usr/bin/setsid,/bin/sh,/usr/bin/true,/usr/bin/sleep",
    ],
  );
  assert.deepEqual(said, [13, ["", { code: 0 }], { signal: 15 }]);
});
