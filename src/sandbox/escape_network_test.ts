import assert from "node:assert/strict";
import { connectProgram, listen } from "./_escape_listeners_test.ts";
import { Ground, isLinux, Runner, testEach } from "./_escape_ground_test.ts";

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

testEach("without network nobody is reached", async (runner) => {
  assert.deepEqual(await connect(runner, false), []);
});

testEach(
  "with network others are reached, by Unix sockets in a box only",
  async (runner, { name }) => {
    const reached = await connect(runner, true);
    assert.ok(reached.includes("tcp 127.0.0.1"), reached.join());
    assert.ok(reached.includes("udp 127.0.0.1"), reached.join());
    assert.deepEqual(
      reached.filter((it) => it.includes("unix")),
      name === "bubblewrap" ? ["abstract unix", "unix"] : [],
    );
  },
);
