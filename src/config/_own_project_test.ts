import assert from "node:assert/strict";
import { makePlaceholder } from "../../tests/kit/placeholder.ts";
import { Ground } from "./_ground_test.ts";

const marked = { "work/.git/HEAD": "ref: refs/heads/main\n" };
const trusting = '[projects."$R/work"]\ntrust_level = "trusted"\n';

async function warningsOf(ground: Ground, cwd: string): Promise<unknown[]> {
  const configuration = await ground.open({ cwd });
  return [...(await configuration.atStart()).warnings];
}

Deno.test("a server tells of the project around it that does not count", async () => {
  await using ground = await Ground.create({
    ...marked,
    "work/.codex/config.toml": "model = broken\n",
    "work/sub/.codex/notes": "",
  });
  const { work, home } = ground;
  const reason =
    `To load project-local config, hooks, and exec policies, add ${work} as a ` +
    `trusted project in ${home}/config.toml.`;
  assert.deepEqual(await warningsOf(ground, `${work}/sub`), [{
    summary: [
      "Project-local config, hooks, and exec policies are disabled in the " +
      "following folders until the project is trusted, but skills still load.",
      `    1. ${work}/.codex`,
      `       ${reason}`,
      `    2. ${work}/sub/.codex`,
      `       ${reason}`,
      "",
    ].join("\n"),
    details: null,
  }]);
  assert.deepEqual(await warningsOf(ground, home), []);
});

Deno.test("a directory that only keeps a name from being used is no project", async () => {
  await using ground = await Ground.create(marked);
  const dotCodex = `${ground.work}/.codex`;
  await makePlaceholder(dotCodex);
  assert.deepEqual(await warningsOf(ground, ground.work), []);
  await Deno.chmod(dotCodex, 0o755);
  assert.equal((await warningsOf(ground, ground.work)).length, 1);
});

Deno.test("a server tells of the project around it that is broken, and works on", async () => {
  await using ground = await Ground.create({
    ...marked,
    "home/config.toml": `model = "mine"\n${trusting}`,
    "work/.codex/config.toml": "model = 5\n",
  });
  const path = `${ground.work}/.codex/config.toml`;
  const at = { line: 1, column: 9 };
  assert.deepEqual(await warningsOf(ground, ground.work), [{
    summary: "Invalid configuration; using defaults.",
    details: `${path}:1:9: invalid type: integer \`5\`, expected a string`,
    path,
    range: { start: at, end: at },
  }]);
  const configuration = await ground.open({ cwd: ground.work });
  const server = await configuration.atStart();
  assert.equal(server.get("model"), "mine");

  await ground.write("work/.codex/config.toml", "model =\n");
  const [broken] = await warningsOf(ground, ground.work);
  assert.match(
    (broken as { details: string }).details,
    /^Error parsing project config file \S+: TOML parse error at line /,
  );
});

Deno.test("a server tells of its user's broken file alone", async () => {
  await using ground = await Ground.create({
    ...marked,
    "home/config.toml": "model = 5\n",
    "work/.codex/config.toml": "model = 6\n",
  });
  const configuration = await ground.open({ cwd: ground.work });
  const server = await configuration.atStart();
  assert.deepEqual(
    server.warnings.map(({ path }) => path),
    [`${ground.home}/config.toml`],
  );
});

Deno.test("a server takes nothing from the project around it", async () => {
  await using ground = await Ground.create({
    ...marked,
    "home/config.toml": trusting,
    "work/.codex/config.toml": 'model = "theirs"\nnope = 1\n',
  });
  const configuration = await ground.open({ cwd: ground.work });
  const server = await configuration.atStart();
  assert.equal(server.get("model"), undefined);
  assert.deepEqual(server.warnings.map(({ summary }) => summary.split("\n")), [[
    "Codex is ignoring 1 unrecognized configuration setting. Check for typos " +
    "or deprecated settings.",
    `  project (${ground.work}/.codex/config.toml): \`nope\` is ignored.`,
  ]]);
});

Deno.test("a server tells of a project that does not count before settings that nobody knows", async () => {
  await using ground = await Ground.create({
    ...marked,
    "home/config.toml": "nobody_knows = 1\n",
    "work/.codex/config.toml": 'model = "a"\n',
  });
  const told = await warningsOf(ground, ground.work) as { summary: string }[];
  assert.deepEqual(told.map(({ summary }) => summary.split(" ")[0]), [
    "Project-local",
    "Codex",
  ]);
});
