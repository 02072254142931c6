import assert from "node:assert/strict";
import {
  Ground,
  isLinux,
  isRoot,
  Runner,
  testEach,
} from "./_escape_ground_test.ts";
import { syscallProgram, terminalAttacks } from "./_syscall_attacks_test.ts";

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

testEach("nobody types into the terminal", async (runner) => {
  assert.deepEqual(await callTerminal(runner), {
    size: 0,
    type: 1,
    console: 1,
  });
});

testEach("a terminal is one", async (runner) => {
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
