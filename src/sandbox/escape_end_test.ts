import assert from "node:assert/strict";
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
  const deadline = performance.now() + 5_000;
  for (;;) {
    const left = await linesWith(mark);
    if (left.length === 0) break;
    assert.ok(performance.now() < deadline, left.join("\n"));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
});

/** Command lines of processes that contain a text. */
async function linesWith(text: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const line = await Deno.readTextFile(`/proc/${name}/cmdline`)
      .catch(() => ""); // ended meanwhile
    if (line.includes(text)) lines.push(line);
  }
  return lines;
}
