import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { testAlone } from "../../tests/kit/test_alone.ts";
import { until } from "../../tests/kit/until.ts";
import { copyProgram } from "../../tests/kit/write_program.ts";
import { Ground, isRoot, makeBackend, Runner } from "./_escape_ground_test.ts";
import type { Backend, Confinement } from "./confinement.ts";
import { createLandlock } from "./landlock.ts";

/** Runs a test where Landlock works; elsewhere a skip or a failure. */
function test(
  name: string,
  body: (it: { runner: Runner; ground: Ground }) => Promise<void>,
): void {
  Deno.test({ name, ignore: Deno.build.os !== "linux" }, async () => {
    const backend = await makeBackend("landlock");
    if (backend === undefined) return;
    await using runner = await Runner.create(backend);
    await using ground = await Ground.create();
    await body({ runner, ground });
  });
}

/** What a script prints, and to its second output. */
async function sh(
  { runner, ground }: { runner: Runner; ground: Ground },
  script: string,
  limits: Confinement,
): Promise<string> {
  const { stdout, stderr } = await runner.run(
    ["sh", "-c", `exec 2>&1; ${script}`],
    limits,
    ground.env,
  );
  assert.equal(stderr, "");
  return stdout;
}

interface ThreadState {
  readonly seccomp: string;
  readonly capabilities: string;
  readonly noNewPrivileges: string;
}

/** The state of each thread of this process. */
async function threads(): Promise<ThreadState[]> {
  const found: ThreadState[] = [];
  for await (const { name } of Deno.readDir("/proc/self/task")) {
    const status = await Deno.readTextFile(`/proc/self/task/${name}/status`)
      .catch(() => "");
    if (status === "") continue; // ended meanwhile
    const field = (key: string): string =>
      new RegExp(`^${key}:\\s*(.*)$`, "m").exec(status)?.[1] ?? "";
    found.push({
      seccomp: field("Seccomp"),
      capabilities: field("CapEff") + field("CapPrm") + field("CapBnd") +
        field("CapInh") + field("CapAmb"),
      noNewPrivileges: field("NoNewPrivs"),
    });
  }
  return found;
}

async function countRestricted(): Promise<number> {
  return (await threads()).filter(({ seccomp }) => seccomp === "2").length;
}

/** Waits until some number of threads is restricted. */
async function restrictedBecome(count: number): Promise<void> {
  await until(
    `${count} threads are restricted`,
    async () => await countRestricted() === count,
  );
}

testAlone({
  module: import.meta.url,
  name:
    "Landlock: one thread for each confinement is restricted, with all it has, and no other",
}, async () => {
  const backend = await makeBackend("landlock");
  if (backend === undefined) return;
  await using runner = await Runner.create(backend);
  await using ground = await Ground.create();
  const limits = [ground.readOnly, { ...ground.readOnly, network: true }];
  for (const each of limits) await sh({ runner, ground }, "true", each);
  const before = await threads();
  for (let round = 0; round < 5; round++) {
    await Promise.all(
      [...limits, ...limits, ...limits].map((each) =>
        runner.run(["true"], each, ground.env)
      ),
    );
  }
  for (const states of [before, await threads()]) {
    const restricted = states.filter(({ seccomp }) => seccomp === "2");
    assert.equal(restricted.length, 2);
    for (const { capabilities, noNewPrivileges } of restricted) {
      assert.match(capabilities, isRoot ? /^0+$/ : /^0/);
      assert.equal(noNewPrivileges, "1");
    }
    for (const state of states) {
      if (state.seccomp === "2") continue;
      assert.deepEqual([state.seccomp, state.noNewPrivileges], ["0", "0"]);
    }
  }
});

test("Landlock: a command has no capabilities, can't gain any, and only the environment it was given", async (it) => {
  const said = await sh(
    it,
    `grep -E "^(CapEff|CapPrm|CapInh|CapAmb|NoNewPrivs|Seccomp):" /proc/self/status
     env`,
    it.ground.readOnly,
  );
  const zeros = "0".repeat(16);
  const expected = [
    `CapInh:\t${zeros}`,
    `CapPrm:\t${zeros}`,
    `CapEff:\t${zeros}`,
    `CapAmb:\t${zeros}`,
    "NoNewPrivs:\t1",
    "Seccomp:\t2",
  ];
  const lines = said.trimEnd().split("\n");
  assert.deepEqual(lines.slice(0, 6), expected);
  const env = lines.slice(6)
    .filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line));
  assert.deepEqual(
    env.sort(),
    Object.entries(it.ground.env).map(([key, value]) => `${key}=${value}`)
      .sort(),
  );
});

test("Landlock: this process goes on as before", async (it) => {
  await sh(it, "true", it.ground.readOnly);
  const path = `${it.ground.outside}/victim`;
  await Deno.writeTextFile(path, "changed");
  await Deno.chmod(path, 0o600);
  assert.equal(await Deno.readTextFile(path), "changed");
  // What the entries in /proc are needed for still works.
  using file = await Deno.open(path);
  const fds = await Array.fromAsync(Deno.readDir("/proc/self/fd"));
  const links = await Promise.all(
    fds.map(({ name }) =>
      Deno.readLink(`/proc/self/fd/${name}`).catch(() => "")
    ),
  );
  assert.ok(links.includes(path));
  assert.ok((await file.stat()).isFile);
  const status = await Deno.readTextFile("/proc/self/status");
  assert.match(status, /^Seccomp:\s*0$/m);
});

test("Landlock: ordinary work goes on inside a writable directory", async (it) => {
  const said = await sh(
    it,
    `cd "$WORK" && echo one > a && mkdir -p d/e && mv a d/e/b && ln d/e/b c &&
     ln -s c l && cat l && echo two >> c && truncate -s 3 c && cat d/e/b && echo &&
     touch d/e/b new && mkfifo f && rm -r d f l && ls &&
     echo quiet > /dev/null && head -c 2 /dev/zero | wc -c &&
     head -c 3 /dev/urandom | wc -c && (sleep 0 | cat) && kill -0 $$ &&
     ulimit -n 64 && nice -n 5 true && echo end`,
    it.ground.writing,
  );
  assert.equal(said, "one\none\nc\nnew\nown\n2\n3\nend\n");
});

test("Landlock: a writable directory that was made again is writable again", async (it) => {
  const { ground } = it;
  const limits = { ...ground.readOnly, writes: [`${ground.work}/again`] };
  const attempt = `echo x > "$WORK/again/x" && echo written`;
  assert.match(await sh(it, attempt, limits), /nonexistent|No such file/);
  for (let round = 0; round < 2; round++) {
    await Deno.mkdir(`${ground.work}/again`);
    assert.equal(await sh(it, attempt, limits), "written\n");
    await Deno.remove(`${ground.work}/again`, { recursive: true });
  }
});

test("Landlock: a writable file is writable, beside it nothing", async (it) => {
  const { ground } = it;
  const limits = { ...ground.readOnly, writes: [`${ground.outside}/victim`] };
  const said = await sh(
    it,
    `echo x >> "$OUT/victim" && echo written
     echo x > "$OUT/new" || echo not
     rm -f "$OUT/victim" || echo nor`,
    limits,
  );
  assert.match(said, /^written\n.*Permission denied\nnot\n.*\nnor\n$/);
});

test("Landlock: a root that became a link is not followed", async (it) => {
  const { ground } = it;
  await Deno.symlink(ground.outside, `${ground.work}/link`);
  for (const writes of [[`${ground.work}/link`], [`${ground.work}/link/x`]]) {
    await Deno.writeTextFile(`${ground.outside}/x`, "");
    await assert.rejects(
      sh(it, "true", { ...ground.readOnly, writes }),
      { name: "SandboxUnavailable" },
    );
  }
});

test("Landlock: with a list, exactly that is read", async (it) => {
  const { ground } = it;
  const limits: Confinement = {
    ...ground.readOnly,
    reads: ["/usr", "/etc/ld.so.cache", ground.outside],
  };
  const said = await sh(
    it,
    `cat "$OUT/victim"; echo
     for f in /etc/passwd "$HIDDEN/secret" "$WORK/own" /proc/self/environ \
       /proc/$SERVER/cmdline /proc/mounts; do cat "$f"; done
     for d in / /etc /proc "$WORK"; do ls "$d"; done
     head -n 1 /proc/version | grep -o Linux`,
    limits,
  );
  const lines = said.trimEnd().split("\n");
  assert.equal(lines.at(0), "untouched");
  assert.equal(lines.at(-1), "Linux");
  assert.equal(lines.length, 12);
  for (const line of lines.slice(1, -1)) {
    assert.match(line, /: Permission denied$/);
  }
});

test("Landlock: beside what is hidden, what is there when a command starts is read", async (it) => {
  const { ground } = it;
  const look =
    `cat "$OUT/victim" "${ground.base}/later" 2>&1; ls "${ground.base}"`;
  const before = await sh(it, look, ground.hiding);
  assert.match(before, /^untouchedcat: .*later.*\nls: .*Permission denied\n$/);
  await Deno.writeTextFile(`${ground.base}/later`, " and more\n");
  const after = await sh(it, look, ground.hiding);
  assert.match(after, /^untouched and more\nls: .*Permission denied\n$/);
});

test("Landlock: what is hidden and missing can't be read once it is there", async (it) => {
  const { ground } = it;
  const late = `${ground.outside}/late`;
  const limits = { ...ground.readOnly, hidden: [late] };
  const running = it.runner.run(
    [
      "sh",
      "-c",
      `until [ -e "$OUT/late" ]; do sleep 0.01; done; cat "$OUT/late"`,
    ],
    limits,
    ground.env,
  );
  await Deno.writeTextFile(late, ground.secret);
  const { stdout, stderr } = await running;
  assert.equal(stdout, "");
  assert.match(stderr, /Permission denied/);
});

test("Landlock: where all may be written, all is but the machine", async (it) => {
  const { ground } = it;
  const limits: Confinement = { ...ground.readOnly, writes: "all" };
  const said = await sh(
    it,
    `echo x > "$OUT/new" && chmod 600 "$OUT/new" && rm "$OUT/victim" && echo yes
     for f in /proc/self/comm /proc/sys/vm/swappiness /sys/kernel/uevent_helper; do
       (echo x > "$f") && echo ESCAPED; done; true`,
    limits,
  );
  assert.match(said, /^yes\n/);
  assert.doesNotMatch(said, /ESCAPED/);
});

test("Landlock: a program that may not be run is refused as by the system", async (it) => {
  const { ground, runner } = it;
  const program = `${ground.hidden}/program`;
  await copyProgram("/usr/bin/true", program);
  await assert.rejects(
    runner.run([program], ground.hiding, ground.env),
    (error: Error & { errno?: number }) =>
      error.name === "SpawnError" && error.errno === 13,
  );
  const { exit } = await runner.run([program], ground.writing, ground.env);
  assert.deepEqual(exit, { code: 0 });
});

testAlone({
  module: import.meta.url,
  name:
    "Landlock: threads are kept for the latest confinements only, and given up at the end",
}, async () => {
  await using usable = await makeBackend("landlock");
  if (usable === undefined) return;
  await restrictedBecome(0);
  await using ground = await Ground.create();
  {
    await using runner = await Runner.create(
      createLandlock({ mostThreads: 2 }),
    );
    const confinements = [0, 1, 2, 3, 4].map((index): Confinement => ({
      ...ground.readOnly,
      writes: [ground.work, `${ground.work}/${index}`].slice(0, 1 + index % 2),
      network: index > 2,
      hidden: index === 4 ? [ground.hidden] : [],
    }));
    const run = async (limits: Confinement): Promise<void> => {
      const { exit } = await runner.run(["true"], limits, ground.env);
      assert.deepEqual(exit, { code: 0 });
    };
    for (const limits of confinements) await run(limits);
    await restrictedBecome(2);
    // All at once: nobody is given up that is still needed.
    await Promise.all([...confinements, ...confinements].map(run));
    for (const limits of confinements) await run(limits);
    await restrictedBecome(2);
  }
  await restrictedBecome(0);
});

Deno.test({
  name: "Landlock: what was confined starts nothing once all is disposed",
  ignore: Deno.build.os !== "linux",
}, async () => {
  const backend: Backend | undefined = await makeBackend("landlock");
  if (backend === undefined) return;
  await using ground = await Ground.create();
  const what = {
    command: ["true"] as const,
    cwd: "/",
    env: {},
    hasTerminal: false,
  };
  const { launcher } = await backend.confine(what, ground.readOnly);
  await backend[Symbol.asyncDispose]();
  const order = {
    file: "/usr/bin/true",
    argv: ["true"],
    env: [],
    cwd: "/",
    descriptors: [],
  };
  assert.deepEqual(await launcher?.launch(order), { errno: 11 });
  await assert.rejects(backend.confine(what, ground.readOnly), {
    name: "SandboxUnavailable",
  });
});

/** Says how a confined command ended in a process with few permissions. */
const permitted = `
const { createLandlock } = await import("${
  import.meta.resolve("./landlock.ts")
}");
const { createSpawner } = await import("${
  import.meta.resolve("../spawn/mod.ts")
}");
try {
  await using backend = createLandlock();
  await using spawner = await createSpawner();
  const what = { command: ["/usr/bin/true"], cwd: "/", env: {}, hasTerminal: false };
  const { launcher } = await backend.confine(what, {
    reads: "all", hidden: [], writes: [], shielded: [], network: false,
  });
  await using child = await spawner.spawn({ ...what, stdin: "null", launcher });
  console.log(JSON.stringify(await child.exit));
} catch (error) {
  console.log(error.name + ": " + error.message);
}`;

async function runPermitted(...flags: string[]): Promise<string> {
  const path = await Deno.makeTempFile({ suffix: ".js" });
  try {
    await Deno.writeTextFile(path, permitted);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "--no-config", ...flags, path],
      stderr: "inherit",
    }).output();
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(path);
  }
}

/** Where glibc is on Debian. */
const libc = `/lib/${Deno.build.arch}-linux-gnu/libc.so.6`;

Deno.test({
  name: "Landlock: the permission for one library is enough, and is needed",
  ignore: Deno.build.os !== "linux" || !existsSync(libc),
}, async () => {
  await using usable = await makeBackend("landlock");
  if (usable === undefined) return;
  const others = ["--allow-read", "--allow-run"];
  assert.equal(
    await runPermitted(...others, `--allow-ffi=${libc}`),
    '{"code":0}\n',
  );
  assert.equal(
    await runPermitted(...others),
    "SandboxUnavailable: Landlock needs the permission to call the C library (glibc)\n",
  );
  assert.match(
    await runPermitted(
      "--allow-read=/usr",
      "--allow-run",
      `--allow-ffi=${libc}`,
    ),
    /^SandboxUnavailable: .*Requires read access to/,
  );
});
