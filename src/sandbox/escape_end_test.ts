import assert from "node:assert/strict";
import { commandLinesWith } from "../../tests/kit/process_facts.ts";
import { until } from "../../tests/kit/until.ts";
import { Ground, testEach } from "./_escape_ground_test.ts";

testEach("nothing in its session outlives a command", async (runner) => {
  const mark = `4${String(Math.random()).slice(2, 10)}`;
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
  // Who was killed takes a moment to be gone.
  await until(
    "nobody is left",
    async () => (await commandLinesWith(mark)).length === 0,
  );
});
