import assert from "node:assert/strict";
import { type Attack, attacks } from "./_escape_attacks_test.ts";
import { connectProgram, listen } from "./_escape_listeners_test.ts";
import {
  type SyscallAttack,
  syscallAttacks,
  syscallProgram,
  type Targets,
  terminalAttacks,
} from "./_syscall_attacks_test.ts";
import {
  Ground,
  isRoot,
  makeBackend,
  makers,
  Runner,
} from "./_escape_ground_test.ts";

const isLinux = Deno.build.os === "linux";

/** Runs an attack and says what it got. */
async function attempt(
  runner: Runner,
  ground: Ground,
  { script, limits }: Attack,
): Promise<{ escaped: boolean; said: string }> {
  const before = await ground.survey();
  const { stdout, stderr } = await runner.run(
    ["sh", "-c", `${script}\necho done`],
    ground[limits],
    { ...ground.env, TIDS: tids().join(" ") },
  );
  const said = stdout + stderr;
  assert.match(stdout, /^done$/m, `The attack broke off: ${said}`);
  const after = await ground.survey();
  const escaped = /^ESCAPED$/m.test(said) || said.includes(ground.secret) ||
    after.join("\n") !== before.join("\n");
  return { escaped, said };
}

/** Threads of this process, restricted ones too. */
function tids(): string[] {
  return Array.from(Deno.readDirSync("/proc/self/task"), ({ name }) => name);
}

/** A process outside that notes signals. */
interface Sentinel extends AsyncDisposable {
  readonly pid: number;
  /** What it has noted, all that was sent before included. */
  notes(): Promise<string>;
}

async function startSentinel(): Promise<Sentinel> {
  const child = new Deno.Command("setsid", {
    args: [
      "sh",
      "-c",
      `trap 'hits="$hits hit"' WINCH; trap 'echo "so far:$hits"' USR2
       echo up; while :; do sleep 0.02; done`,
    ],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  await reader.read();
  return {
    pid: child.pid,
    async notes() {
      // Noticed no sooner than what was sent before.
      child.kill("SIGUSR2");
      const { value = "" } = await reader.read();
      return value.replace("so far:", "").trim();
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      await reader.cancel();
    },
  };
}

/** What only root can lay out. */
async function layTraps(ground: Ground): Promise<void> {
  if (!isRoot) return;
  const foreign = `${ground.work}/foreign`;
  await Deno.writeTextFile(foreign, "foreign");
  await Deno.chown(foreign, 65_534, 65_534);
  await Deno.chmod(foreign, 0o600);
  const program = `${ground.work}/as-other`;
  await Deno.copyFile("/usr/bin/id", program);
  await Deno.chown(program, 65_534, 65_534);
  await Deno.chmod(program, 0o4755);
}

Deno.test({
  name: "escape: every attack works where nothing is confined",
  ignore: !isLinux,
}, async (t) => {
  await using runner = await Runner.create();
  await using sentinel = await startSentinel();
  for (const attack of attacks) {
    if (attack.works === "never") continue;
    if (attack.works === "root" && !isRoot) continue;
    await t.step(attack.name, async () => {
      await using ground = await Ground.create(0, sentinel.pid);
      await layTraps(ground);
      const { escaped, said } = await attempt(runner, ground, attack);
      assert.ok(escaped, said);
    });
  }
});

for (const name of Object.keys(makers)) {
  Deno.test({
    name: `escape from ${name}: no attack works`,
    ignore: !isLinux,
  }, async (t) => {
    const backend = await makeBackend(name);
    if (backend === undefined) return;
    await using runner = await Runner.create(backend);
    await using sentinel = await startSentinel();
    await using ground = await Ground.create(0, sentinel.pid);
    await layTraps(ground);
    for (const attack of attacks) {
      await t.step(attack.name, async () => {
        const { escaped, said } = await attempt(runner, ground, attack);
        assert.ok(!escaped, said);
        assert.equal(await sentinel.notes(), "");
      });
    }
  });
}

/** What became of system calls: numbers of errors, 0 where one succeeded. */
async function callSystem(
  runner: Runner,
  calls: readonly SyscallAttack[],
): Promise<(SyscallAttack & { errno: number })[]> {
  await using ground = await Ground.create();
  const { stdout, stderr } = await runner.run(
    [
      Deno.execPath(),
      "eval",
      "--ext=js",
      syscallProgram,
      JSON.stringify(calls),
    ],
    ground.readOnly,
    ground.env,
  );
  assert.equal(stderr, "");
  const found: Record<string, number> = JSON.parse(stdout);
  return calls.map((call) => ({ ...call, errno: found[call.name]! }));
}

Deno.test({
  name: "escape: system calls reach others where nothing is confined",
  ignore: !isLinux || !isRoot,
}, async () => {
  await using runner = await Runner.create();
  await using sentinel = await startSentinel();
  const attacks = syscallAttacks(toTargets(sentinel))
    .filter(({ works }) => works);
  const found = await callSystem(runner, attacks);
  assert.deepEqual(found.filter(({ errno }) => errno !== 0), []);
  assert.match(await sentinel.notes(), /hit/);
});

/**
 * EPERM, ENOSYS, EACCES; no such process in its world, or no descriptor of one
 * because none could be had.
 */
const denials = new Set([1, 38, 13, 3, 9]);

for (const name of Object.keys(makers)) {
  Deno.test({
    name: `escape from ${name}: no system call reaches others`,
    ignore: !isLinux,
  }, async () => {
    const backend = await makeBackend(name);
    if (backend === undefined) return;
    await using runner = await Runner.create(backend);
    await using sentinel = await startSentinel();
    // The thread that starts the children is there before they look for it.
    await using ground = await Ground.create();
    await runner.run(["true"], ground.readOnly, ground.env);
    const found = await callSystem(
      runner,
      syscallAttacks(toTargets(sentinel)),
    );
    const reached = found.filter(({ errno, mayWork }) => {
      if (mayWork === "anywhere") return false;
      if (mayWork === "with own processes" && name === "bubblewrap") {
        return false;
      }
      return !denials.has(errno);
    });
    assert.deepEqual(reached, []);
    assert.equal(await sentinel.notes(), "");
  });
}

function toTargets(sentinel: { pid: number }): Targets {
  const restricted = restrictedTids()[0] ?? Deno.pid;
  const threads = tids().map(Number).filter((tid) => tid !== Deno.pid);
  return { pid: Deno.pid, tids: threads, restricted, sentinel: sentinel.pid };
}

/** Threads of this process that a filter of system calls holds for. */
function restrictedTids(): number[] {
  return tids().map(Number).filter((tid) =>
    /^Seccomp:\s*2$/m.test(
      Deno.readTextFileSync(`/proc/self/task/${tid}/status`),
    )
  );
}

/** Attempts to change what is shielded in a directory that may be written. */
const unshielding: readonly string[] = [
  "echo x > .git/config",
  "echo x >> .git/config",
  "rm -rf .git",
  "rm .git/config",
  "touch .git/new",
  "mv .git .elsewhere && mkdir .git && echo x > .git/config",
  "mv .git/config .",
  "ln -sfn /tmp .git",
  "ln -sf /etc/passwd .git/config",
  "ln .git/config linked && echo x > linked",
  "ln -s .git linked-too && echo x > linked-too/config",
  "echo x > config && mv config .git/config",
  "mkdir fake && mv -T fake .git",
  "cp -r . ../copy && rm -rf ../work && mv ../copy ../work",
  "mv ../work ../elsewhere",
  "chmod 777 .git/config",
  "echo x > /proc/self/cwd/.git/config",
  "exec 3< .git/config; echo x > /proc/self/fd/3",
  "mkdir .codex",
  "echo x > .codex",
  "ln -s /tmp .codex",
  "mkdir made && mv made .codex",
  "mkfifo .codex",
  "cp -r .git .codex",
  "unshare -r -m umount .git && echo x > .git/config",
];

Deno.test({
  name: "escape from bubblewrap: what is shielded stays as it is",
  ignore: !isLinux,
}, async (t) => {
  const backend = await makeBackend("bubblewrap");
  if (backend === undefined) return;
  await using runner = await Runner.create(backend);
  for (const attempt of unshielding) {
    await t.step(attempt, async () => {
      await using ground = await Ground.create();
      const { work } = ground;
      await Deno.mkdir(`${work}/.git`);
      await Deno.writeTextFile(`${work}/.git/config`, "as it was");
      await Deno.symlink("/nowhere", `${work}/.git/link`);
      const { stdout, stderr } = await runner.run(
        ["sh", "-c", `cd "$WORK"; (${attempt}); echo x > other; echo done`],
        { ...ground.writing, shielded: [`${work}/.git`, `${work}/.codex`] },
        ground.env,
      );
      assert.match(stdout, /^done$/m, stderr);
      assert.equal(await Deno.readTextFile(`${work}/other`), "x\n");
      const names = await Array.fromAsync(Deno.readDir(`${work}/.git`));
      assert.deepEqual(names.map(({ name }) => name).sort(), [
        "config",
        "link",
      ]);
      const { isDirectory, mode } = await Deno.lstat(`${work}/.git/config`);
      assert.deepEqual([isDirectory, mode! & 0o777], [false, 0o644]);
      const config = await Deno.readTextFile(`${work}/.git/config`);
      assert.equal(config, "as it was");
      await assert.rejects(Deno.lstat(`${work}/.codex`), Deno.errors.NotFound);
    });
  }
});

Deno.test({
  name: "escape from landlock: what it can't shield or hide is refused",
  ignore: !isLinux,
}, async () => {
  await using backend = await makeBackend("landlock");
  if (backend === undefined) return;
  await using ground = await Ground.create();
  const { work } = ground;
  await Deno.mkdir(`${work}/.git`);
  const what = {
    command: ["true"] as const,
    cwd: "/",
    env: {},
    hasTerminal: false,
  };
  const exceptions = [
    { shielded: [`${work}/.git`] },
    // Nor can it keep a name from being created.
    { shielded: [`${work}/.codex`] },
    { hidden: [`${work}/own`] },
    { writes: "all", hidden: [ground.hidden] },
    { writes: "all", shielded: [`${work}/.git`] },
    { writes: ["/"], shielded: [`${work}/.git`] },
  ] as const;
  for (const exception of exceptions) {
    await assert.rejects(
      backend.confine(what, { ...ground.writing, ...exception }),
      (error: Error) =>
        error.name === "SandboxUnavailable" &&
        /Landlock can't keep "\/.*" (hidden|from being written) below "\/.*"/
          .test(error.message),
    );
  }
});

/** Names of the listeners that a command reaches, by what it and they say. */
async function connect(runner: Runner, network: boolean): Promise<string[]> {
  await using ground = await Ground.create();
  await using listeners = await listen(ground.work);
  const { stdout, stderr } = await runner.run(
    [
      Deno.execPath(),
      "eval",
      "--ext=js",
      connectProgram,
      JSON.stringify(listeners.targets),
    ],
    { ...ground.writing, network },
    ground.env,
  );
  assert.equal(stderr, "");
  const said: string[] = JSON.parse(stdout);
  const missed = [...listeners.reached].filter((it) => !said.includes(it));
  assert.deepEqual(missed, [], "The listeners know of more than was said");
  return said.sort();
}

Deno.test({
  name: "escape: listeners are reached where nothing is confined",
  ignore: !isLinux,
}, async () => {
  await using runner = await Runner.create();
  const reached = await connect(runner, false);
  for (
    const name of ["tcp 127.0.0.1", "udp 127.0.0.1", "unix", "abstract unix"]
  ) {
    assert.ok(reached.includes(name), reached.join());
  }
});

/** What becomes of requests to a command's terminal, as for system calls. */
async function callTerminal(runner: Runner): Promise<Record<string, number>> {
  await using ground = await Ground.create();
  const attacks = JSON.stringify(terminalAttacks(Deno.build.arch));
  const { stdout } = await runner.run(
    [Deno.execPath(), "eval", "--ext=js", syscallProgram, attacks],
    ground.readOnly,
    ground.env,
    { rows: 24, cols: 80 },
  );
  const [json] = /\{"size".*\}/.exec(stdout) ?? assert.fail(stdout);
  return JSON.parse(json);
}

Deno.test({
  name: "escape: nothing but the system keeps one from typing into a terminal",
  ignore: !isLinux || !isRoot,
}, async () => {
  await using runner = await Runner.create();
  const { size, type } = await callTerminal(runner);
  // EIO: nobody may any more, but with a capability that containers lack.
  assert.ok(size === 0 && (type === 0 || type === 5), `${size} ${type}`);
});

for (const name of Object.keys(makers)) {
  Deno.test({
    name: `escape from ${name}: without network nobody is reached`,
    ignore: !isLinux,
  }, async () => {
    const backend = await makeBackend(name);
    if (backend === undefined) return;
    await using runner = await Runner.create(backend);
    assert.deepEqual(await connect(runner, false), []);
  });

  Deno.test({
    name: `escape from ${name}: with network all but Unix sockets are reached`,
    ignore: !isLinux,
  }, async () => {
    const backend = await makeBackend(name);
    if (backend === undefined) return;
    await using runner = await Runner.create(backend);
    const reached = await connect(runner, true);
    assert.ok(reached.includes("tcp 127.0.0.1"), reached.join());
    assert.ok(reached.includes("udp 127.0.0.1"), reached.join());
    assert.deepEqual(reached.filter((it) => it.includes("unix")), []);
  });

  Deno.test({
    name: `escape from ${name}: nobody types into the terminal`,
    ignore: !isLinux,
  }, async () => {
    const backend = await makeBackend(name);
    if (backend === undefined) return;
    await using runner = await Runner.create(backend);
    assert.deepEqual(await callTerminal(runner), {
      size: 0,
      type: 1,
      console: 1,
    });
  });

  Deno.test({
    name: `escape from ${name}: a terminal is one`,
    ignore: !isLinux,
  }, async () => {
    const backend = await makeBackend(name);
    if (backend === undefined) return;
    await using runner = await Runner.create(backend);
    await using ground = await Ground.create();
    const { stdout } = await runner.run(
      [
        "sh",
        "-c",
        "stty size; echo there > /dev/tty; test -t 0 && test -t 2 && echo yes",
      ],
      ground.readOnly,
      ground.env,
      { rows: 12, cols: 34 },
    );
    assert.equal(stdout, "12 34\r\nthere\r\nyes\r\n");
  });

  Deno.test({
    name: `escape from ${name}: nothing in its session outlives a command`,
    ignore: !isLinux,
  }, async () => {
    const backend = await makeBackend(name);
    if (backend === undefined) return;
    const mark = `4${String(Math.random()).slice(2, 10)}`;
    {
      await using runner = await Runner.create(backend);
      await using ground = await Ground.create();
      const { stdout } = await runner.run(
        [
          "bash",
          "-c",
          `set -m; sleep ${mark} > /dev/null 2>&1 &
          (sleep ${mark} > /dev/null 2>&1 &) ; echo started`,
        ],
        ground.readOnly,
        ground.env,
      );
      assert.equal(stdout, "started\n");
    }
    for await (const { name: pid } of Deno.readDir("/proc")) {
      if (!/^\d+$/.test(pid)) continue;
      const line = await Deno.readTextFile(`/proc/${pid}/cmdline`)
        .catch(() => ""); // ended meanwhile
      assert.ok(!line.includes(mark), line);
    }
  });
}
