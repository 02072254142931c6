import assert from "node:assert/strict";
import { runGangway } from "./_gangway_process.ts";

async function examine(config: string) {
  const home = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${home}/config.toml`, config);
    const { code, stdout, stderr } = await runGangway(["doctor"], {
      env: { CODEX_HOME: home },
      cwd: home,
    });
    return { code, stdout: stdout.replaceAll(home, "HOME"), stderr };
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

const offline = `model = "m"
model_provider = "o"
sandbox_mode = "danger-full-access"
[model_providers.o]
name = "O"
base_url = "script:///nowhere.json"
`;

Deno.test("gangway doctor tells what a server would start with", async () => {
  const { code, stdout } = await examine(offline);
  assert.deepEqual(stdout.split("\n"), [
    "· home: HOME",
    "· settings: model m, dangerFullAccess, asks on-request",
    "· account: none, and none is needed",
    "· threads: none yet",
    "All is well.",
    "",
  ]);
  assert.equal(code, 0);
});

Deno.test("gangway doctor shows the line that is broken, with a caret", async () => {
  const { code, stdout } = await examine(
    `model = "m"\napproval_policy = "bogus"\n`,
  );
  assert.match(
    stdout,
    / {4}2 \| approval_policy = "bogus"\n {6}\| {19}\^{7}\nFound \d\.\n$/,
  );
  assert.match(
    stdout,
    /^! settings: failed to load configuration: HOME\/config.toml:2:19: /m,
  );
  assert.equal(code, 1);
});

Deno.test("gangway doctor puts the caret below what is wrong, however wide the line is", async () => {
  for (
    const [config, excerpt] of [
      ["\tmodel =\t5\r\n", "1 | \tmodel =\t5\n      | \t       \t^"],
      ["\ufeffmodel = 5\n", "1 | \ufeffmodel = 5\n      |         ^"],
      [
        'x = { "é" = "日本", y = 9223372036854775808 }\n',
        '1 | x = { "é" = "日本", y = 9223372036854775808 }\n' +
        `      | ${" ".repeat(24)}${"^".repeat(19)}`,
      ],
      ["model = \x1b\n", "1 | model = \ufffd\n      |         ^"],
    ]
  ) {
    const { stdout } = await examine(config!);
    assert.ok(stdout.includes(`    ${excerpt}\n`), stdout);
  }
});

Deno.test("gangway doctor looks at all of it where a file is no TOML", async () => {
  const { code, stdout } = await examine("model = gpt-5\n");
  assert.match(stdout, /^· threads: none yet$/m);
  assert.match(
    stdout,
    /\n {4}1 \| model = gpt-5\n {6}\| {9}\^{5}\nFound \d\.\n$/,
  );
  assert.equal(code, 1);
});

Deno.test("gangway doctor says that somebody has to sign in", async () => {
  const { code, stdout } = await examine(
    `sandbox_mode = "danger-full-access"\n`,
  );
  assert.match(stdout, /^! account: nobody is signed in/m);
  assert.equal(code, 1);
});
