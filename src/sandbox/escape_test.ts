import assert from "node:assert/strict";
import { testAlone } from "../../tests/kit/test_alone.ts";
import { copyProgram } from "../../tests/kit/write_program.ts";
import { type Attack, attacks } from "./_escape_attacks_test.ts";
import {
  Ground,
  isRoot,
  Runner,
  testEach,
  threadNumbers,
} from "./_escape_ground_test.ts";
import { startSentinel } from "./_escape_sentinel_test.ts";

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
    { ...ground.env, TIDS: threadNumbers().join(" ") },
  );
  const said = stdout + stderr;
  assert.match(stdout, /^done$/m, `The attack broke off: ${said}`);
  const after = await ground.survey();
  const escaped = /^ESCAPED$/m.test(said) || said.includes(ground.secret) ||
    after.join("\n") !== before.join("\n");
  return { escaped, said };
}

/** What only root can lay out. */
async function layTraps(ground: Ground): Promise<void> {
  if (!isRoot) return;
  const foreign = `${ground.work}/foreign`;
  await Deno.writeTextFile(foreign, "foreign");
  await Deno.chown(foreign, 65_534, 65_534);
  await Deno.chmod(foreign, 0o600);
  const program = `${ground.work}/as-other`;
  await copyProgram("/usr/bin/id", program);
  await Deno.chown(program, 65_534, 65_534);
  await Deno.chmod(program, 0o4755);
}

testAlone({
  module: import.meta.url,
  name: "escape: every attack works where nothing is confined",
}, async (t) => {
  await using runner = await Runner.create();
  await using sentinel = await startSentinel();
  for (const attack of attacks) {
    if (attack.works === "never") continue;
    if (attack.works === "root" && !isRoot) continue;
    await t.step(attack.name, async () => {
      await using ground = await Ground.create(sentinel.pid);
      await layTraps(ground);
      const { escaped, said } = await attempt(runner, ground, attack);
      assert.ok(escaped, said);
    });
  }
});

testEach("no attack works", async (runner, { t }) => {
  await using sentinel = await startSentinel();
  await using ground = await Ground.create(sentinel.pid);
  await layTraps(ground);
  for (const attack of attacks) {
    await t.step(attack.name, async () => {
      const { escaped, said } = await attempt(runner, ground, attack);
      assert.ok(!escaped, said);
      assert.equal(await sentinel.notes(), "");
    });
  }
});
