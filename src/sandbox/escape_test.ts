import assert from "node:assert/strict";
import { type Attack, attacks } from "./_escape_attacks_test.ts";
import {
  type SyscallAttack,
  syscallAttacks,
  syscallProgram,
  type Targets,
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
