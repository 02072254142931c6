import assert from "node:assert/strict";
import { testAlone } from "../../tests/kit/test_alone.ts";
import {
  Ground,
  isRoot,
  Runner,
  testEach,
  threadNumbers,
} from "./_escape_ground_test.ts";
import { type Sentinel, startSentinel } from "./_escape_sentinel_test.ts";
import {
  type SyscallAttack,
  syscallAttacks,
  syscallProgram,
  type Targets,
} from "./_syscall_attacks_test.ts";

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

testAlone({
  module: import.meta.url,
  name: "escape: system calls reach others where nothing is confined",
  ignore: !isRoot,
}, async () => {
  await using runner = await Runner.create();
  await using sentinel = await startSentinel();
  const targets = toTargets(sentinel);
  const attacks = syscallAttacks(targets).filter(({ works }) => works);
  const found = await callSystem(runner, attacks);
  // Threads that have ended meanwhile are reached by nobody.
  const left = new Set(threadNumbers());
  const ended = targets.tids.filter((tid) => !left.has(tid));
  const isOver = ({ name }: SyscallAttack) =>
    ended.some((tid) => name.endsWith(` ${tid}`));
  assert.deepEqual(
    found.filter((one) => one.errno !== 0 && !isOver(one)),
    [],
  );
  assert.match(await sentinel.notes(), /hit/);
});

/**
 * EPERM, ENOSYS, EACCES; no such process in its world, or no descriptor of one
 * because none could be had.
 */
const denials = new Set([1, 38, 13, 3, 9]);

testEach("no system call reaches others", async (runner, { name }) => {
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
}, { alone: import.meta.url });

function toTargets(sentinel: Sentinel): Targets {
  const restricted = restrictedThreads()[0] ?? Deno.pid;
  const threads = threadNumbers().filter((tid) => tid !== Deno.pid);
  return { pid: Deno.pid, tids: threads, restricted, sentinel: sentinel.pid };
}

/** Threads of this process that a filter of system calls holds for. */
function restrictedThreads(): number[] {
  return threadNumbers().filter((tid) => {
    try {
      const status = Deno.readTextFileSync(`/proc/self/task/${tid}/status`);
      return /^Seccomp:\s*2$/m.test(status);
    } catch {
      return false; // ended meanwhile
    }
  });
}
