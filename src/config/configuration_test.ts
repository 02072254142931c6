import assert from "node:assert/strict";
import fc from "fast-check";
import type { ConfigReadResponse } from "../protocol/mod.ts";
import { Ground, refusalOf } from "./_ground_test.ts";
import { mergeTables, type TomlTable } from "./toml.ts";

const trusted = '[projects."$R/work"]\ntrust_level = "trusted"\n';

Deno.test("forThread() puts layer over layer: system, user, project, command line and request, administrator", async () => {
  await using ground = await Ground.create({
    "etc/config.toml": 'a = "sys"\nb = "sys"\nc = "sys"\nd = "sys"\n',
    "home/config.toml":
      `b = "user"\nc = "user"\nd = "user"\nlist = [1, 2]\n${trusted}`,
    "work/.git/HEAD": "",
    "work/.codex/config.toml": 'c = "root"\nd = "root"\nlist = [3]\n',
    "work/x/.codex/config.toml": 'd = "deep"\nt.deep = true\n',
    "etc/managed_config.toml": 'g = "managed"\n',
  });
  const configuration = await ground.open({
    overrides: {
      assignments: ["e=flag", "f=flag", "g=flag", "s.one=1", "s.two=2"],
    },
  });
  const config = await configuration.forThread({
    cwd: `${ground.work}/x/none/..`,
    overrides: { f: "request", "t.request": 1, g: "request", s: { two: 3 } },
  });
  const { projects: _, ...rest } = JSON.parse(
    JSON.stringify(config.effective),
  );
  assert.deepEqual(rest, {
    a: "sys",
    b: "user",
    c: "root",
    d: "deep",
    e: "flag",
    f: "request",
    g: "managed",
    list: [3],
    t: { deep: true, request: 1 },
    // A request takes the place of what the command line set.
    s: { two: 3 },
  });
});

const trusts: [what: string, projects: string, cwd: string, model: string][] = [
  ["a project nobody trusts", "", "work", "user"],
  ["a trusted project", '"$R/work" = "trusted"', "work/a/b", "a"],
  ["a project marked untrusted", '"$R/work" = "untrusted"', "work/a", "user"],
  [
    "a directory trusted in a project that is not",
    '"$R/work" = "untrusted"\n"$R/work/a" = "trusted"',
    "work/a",
    "a",
  ],
  ["a link to a trusted project", '"$R/work" = "trusted"', "link", "work"],
  ["a trusted link", '"$R/link" = "trusted"', "link", "work"],
  ["what a trusted link leads to", '"$R/link" = "trusted"', "work", "user"],
  ["a neighbour with a longer name", '"$R/wor" = "trusted"', "work", "user"],
  ["a project below a trusted one", '"$R" = "trusted"', "work", "user"],
];

for (const [what, projects, cwd, model] of trusts) {
  Deno.test(`forThread() of ${what}`, async () => {
    await using ground = await Ground.create({
      "home/config.toml": `model = "user"\n[projects]\n${
        projects.replaceAll(/= "(\w+)"/g, '= { trust_level = "$1" }')
      }\n`,
      "work/.git": "gitdir: elsewhere\n",
      "work/.codex/config.toml": 'model = "work"\n',
      "work/a/.codex/config.toml": 'model = "a"\n',
    });
    await Deno.symlink(ground.work, `${ground.root}/link`);
    const configuration = await ground.open();
    const at = `${ground.root}/${cwd}`;
    const config = await configuration.forThread({ cwd: at, overrides: {} });
    assert.equal(config.get("model"), model);
    const isUntrusted = projects === '"$R/work" = "untrusted"';
    assert.equal(
      await configuration.findTrust(config, at),
      isUntrusted ? "untrusted" : model === "user" ? undefined : "trusted",
    );
  });
}

Deno.test("forThread() takes from a project what it cannot set, and says so", async () => {
  await using ground = await Ground.create({
    "home/config.toml": trusted,
    "work/.codex/config.toml":
      'model_provider = "evil"\nnotify = ["rm"]\nmodel = "m"\nzz = 1\n',
  });
  const configuration = await ground.open();
  const config = await configuration.forThread({
    cwd: ground.work,
    overrides: { "q.r": 1 },
  });
  assert.equal(config.get("model_provider"), undefined);
  assert.equal(config.get("notify"), undefined);
  assert.equal(config.get("model"), "m");
  const file = `${ground.work}/.codex/config.toml`;
  assert.deepEqual(config.warnings, [
    {
      summary: `Ignored unsupported project-local config keys in ${file}: ` +
        "model_provider, notify. If you want these settings to apply, " +
        "manually set them in your user-level config.toml.",
      details: null,
    },
    {
      summary: "Codex is ignoring 2 unrecognized configuration settings. " +
        "Check for typos or deprecated settings.\n" +
        `  project (${file}): \`zz\` is ignored.\n` +
        "  session-flags: `q` is ignored.",
      details: null,
    },
  ]);
});

Deno.test("the home's own .codex is no project", async () => {
  await using ground = await Ground.create({
    "user/.codex/config.toml":
      'model = "user"\n[projects."$R/user"]\ntrust_level = "trusted"\n',
  });
  const configuration = await ground.open({
    home: `${ground.root}/user/.codex`,
  });
  const { layers } = await configuration.read({
    includeLayers: true,
    cwd: `${ground.root}/user`,
  });
  assert.deepEqual(layers!.map(({ name }) => name.type), ["user", "system"]);
});

Deno.test("forThread() counts paths from the file they stand in", async () => {
  await using ground = await Ground.create({
    "home/config.toml":
      `log_dir = "~/logs"\nsandbox_workspace_write.writable_roots = ["r", "/a/../b"]\n${trusted}`,
    "work/.codex/config.toml":
      'model_instructions_file = "p.md"\n[mcp_servers.m]\ncommand = "c"\ncwd = "rel"\n',
    "work/.codex/p.md": "Be brief.",
  });
  const configuration = await ground.open();
  const config = await configuration.forThread({
    cwd: ground.work,
    overrides: { sqlite_home: "db" },
  });
  assert.equal(config.get("log_dir"), `${ground.root}/user/logs`);
  assert.deepEqual(config.get("sandbox_workspace_write.writable_roots"), [
    `${ground.home}/r`,
    "/b",
  ]);
  assert.equal(
    config.get("model_instructions_file"),
    `${ground.work}/.codex/p.md`,
  );
  assert.equal(config.get("mcp_servers.m.cwd"), "rel");
  assert.equal(config.get("sqlite_home"), `${ground.work}/db`);
});

const broken: [
  what: string,
  files: Record<string, string>,
  overrides: Record<string, unknown>,
  message: string | RegExp,
][] = [
  [
    "a user's file",
    { "home/config.toml": 'model = "x"\napproval_policy = "bogus"\n' },
    {},
    /^\$R\/home\/config\.toml:2:19: unknown variant `bogus`, expected one of /,
  ],
  [
    "a user's file that is JSON",
    { "home/config.jsonc": '{\n  // c\n  "model": 5,\n}\n' },
    {},
    "$R/home/config.jsonc:3:12: invalid type: integer `5`, expected a string",
  ],
  [
    "a project's file",
    { "home/config.toml": trusted, "work/.codex/config.toml": "model = 5" },
    {},
    "$R/work/.codex/config.toml:1:9: " +
    "invalid type: integer `5`, expected a string",
  ],
  [
    "a request",
    {},
    { model: 5 },
    "invalid type: integer `5`, expected a string\nin `model`\n",
  ],
  ["a provider", {}, { model_provider: "no" }, "Model provider `no` not found"],
  [
    "a policy that is gone",
    { "home/config.toml": 'approval_policy = "untrusted"\n' },
    {},
    'approval_policy = "untrusted" is no longer supported; remove this setting',
  ],
  [
    "a profile",
    {},
    { profile: "x" },
    'legacy `profile = "x"` config is no longer supported; ' +
    "use `--profile x` with `x.config.toml` instead",
  ],
  ["a list with nothing in it", {}, { "a.b": [null] }, /null in an array/],
];

for (const [what, files, overrides, message] of broken) {
  Deno.test(`forThread() refuses ${what} that is broken, until it is mended`, async () => {
    await using ground = await Ground.create(files);
    const configuration = await ground.open();
    const { work: cwd } = ground;
    const refused = await refusalOf(
      configuration.forThread({ cwd, overrides }),
      ground,
    );
    if (typeof message === "string") assert.equal(refused.message, message);
    else assert.match(refused.message, message);
    for (const path of Object.keys(files)) {
      const mended = path.endsWith("c") ? '{"model": "m"}' : 'model = "m"\n';
      await ground.write(path, mended);
    }
    const config = await configuration.forThread({ cwd, overrides: {} });
    assert.deepEqual(config.warnings, []);
  });
}

Deno.test("forThread() shows the line of a project's file that cannot be parsed, if it is trusted", async () => {
  await using ground = await Ground.create({
    "work/.codex/config.toml": 'a = 1\nmodel = "x\n',
  });
  const configuration = await ground.open();
  const ask = () =>
    configuration.forThread({ cwd: ground.work, overrides: {} });
  assert.deepEqual((await ask()).warnings, []);
  await ground.write("home/config.toml", trusted);
  const { message } = await refusalOf(ask(), ground);
  assert.match(
    message,
    /^Error parsing project config file \$R\/work\/\.codex\/config\.toml: TOML parse error at line 2, column \d+\n {2}\|\n2 \| model = "x\n {2}\| +\^\n.+\n$/,
  );
});

Deno.test("config.jsonc has the keys of config.toml, which wins beside it", async () => {
  await using ground = await Ground.create({
    "home/config.jsonc":
      '{ // c\n "model": "json", "model_context_window": 5,\n "instructions": null, }',
  });
  const configuration = await ground.open();
  assert.equal((await configuration.atStart()).get("model"), "json");
  const ask = () =>
    configuration.forThread({ cwd: ground.work, overrides: {} });
  assert.deepEqual({ ...(await ask()).effective }, {
    model: "json",
    model_context_window: 5,
  });
  await ground.write("home/config.toml", 'model = "toml"\n');
  const both = await ask();
  assert.equal(both.get("model"), "toml");
  const path = `${ground.home}/config.jsonc`;
  assert.deepEqual(both.warnings, [{
    summary: `${path} is ignored because there is a config.toml beside it.`,
    details: null,
    path,
  }]);
});

Deno.test("forThread() never sees half of a file that is replaced all the time", async () => {
  await using ground = await Ground.create();
  const configuration = await ground.open();
  const text = (name: string): string =>
    `model = "${name}"\n${
      "# filler\n".repeat(2_000)
    }review_model = "${name}"\n`;
  await ground.write("home/config.toml", text("0"));
  let isDone = false;
  const replacing = (async () => {
    for (let turn = 0; turn < 100; turn++) {
      await Deno.writeTextFile(`${ground.home}/new`, text(String(turn % 10)));
      await Deno.rename(`${ground.home}/new`, `${ground.home}/config.toml`);
    }
  })().finally(() => isDone = true);
  const seen = new Set<unknown>();
  while (!isDone) {
    const config = await configuration.forThread({
      cwd: ground.work,
      overrides: {},
    });
    assert.equal(config.get("model"), config.get("review_model"));
    seen.add(config.get("model"));
    // A file that was left alone for a while is known without waiting: who
    // never waits keeps everybody else, the one who replaces it too, from going
    // on.
    await new Promise((resolve) => setTimeout(resolve));
  }
  await replacing;
  const last = await configuration.forThread({
    cwd: ground.work,
    overrides: {},
  });
  assert.equal(last.get("model"), "9");
  assert.ok(seen.size > 1);
});

Deno.test("layers merge the same in whatever order they are put together", () => {
  const { table } = fc.letrec<{ table: TomlTable }>((tie) => ({
    table: fc.dictionary(
      fc.constantFrom("a", "b", "c"),
      fc.oneof(
        fc.boolean(),
        fc.array(fc.boolean(), { maxLength: 2 }),
        tie("table"),
      ),
    ) as fc.Arbitrary<TomlTable>,
  }));
  fc.assert(fc.property(table, table, table, (a, b, c) => {
    const left = mergeTables(mergeTables(a, b), c);
    // Where a value hides a table only for a while, grouping matters by design.
    if (hidesTable(a, b, c)) return;
    assert.deepEqual(left, mergeTables(a, mergeTables(b, c)));
  }));
});

/** Whether the middle layer replaces a table that the last one opens again. */
function hidesTable(a: TomlTable, b: TomlTable, c: TomlTable): boolean {
  const isOpen = (value: unknown): value is TomlTable =>
    typeof value === "object" && !Array.isArray(value);
  return Object.keys(a).some((key) => {
    const [one, two, three] = [a[key], b[key], c[key]];
    if (!isOpen(one) || !isOpen(three)) return false;
    if (two === undefined) return false;
    return !isOpen(two) || hidesTable(one, two, three);
  });
}

Deno.test("a profile goes over the user's file and under the project; without that file it counts alone", async () => {
  await using ground = await Ground.create({
    "home/config.toml": `a = "user"\nb = "user"\nc = "user"\n${trusted}`,
    "home/fast.config.toml": 'b = "fast"\nc = "fast"\nd = "fast"\n' +
      'model_instructions_file = "m.md"\n',
    "home/m.md": "Be brief.",
    "work/.git/HEAD": "",
    "work/.codex/config.toml": 'c = "project"\n',
  });
  const read = async (
    options: Parameters<typeof ground.open>[0],
  ): Promise<unknown> => {
    const configuration = await ground.open(options);
    const asked = { cwd: ground.work, overrides: {} };
    const config = await configuration.forThread(asked);
    const { projects: _, ...rest } = JSON.parse(
      JSON.stringify(config.effective).replaceAll(ground.root, "$R"),
    );
    return rest;
  };
  const fast = {
    model_instructions_file: "$R/home/m.md",
    instructions: "Be brief.",
  };
  assert.deepEqual(await read({ profile: "fast" }), {
    a: "user",
    b: "fast",
    c: "project",
    d: "fast",
    ...fast,
  });
  assert.deepEqual(await read({ profile: "none" }), {
    a: "user",
    b: "user",
    c: "project",
  });
  // Who trusts the project is said in the file that is left out.
  assert.deepEqual(await read({ profile: "fast", ignoresUser: true }), {
    b: "fast",
    c: "fast",
    d: "fast",
    ...fast,
  });
  assert.deepEqual(await read({ ignoresUser: true }), {});
});

Deno.test("config/read names the profile of a layer", async () => {
  await using ground = await Ground.create({
    "home/config.toml": 'model = "user"\n',
    "home/fast.config.toml": 'model = "fast"\n',
  });
  const configuration = await ground.open({ profile: "fast" });
  const { layers } = JSON.parse(
    JSON.stringify(await configuration.read({ includeLayers: true })),
  ) as ConfigReadResponse;
  assert.deepEqual(
    layers!.map(({ name, config }) => [name, config])
      .filter(([name]) => (name as { type: string }).type === "user"),
    [
      [{
        type: "user",
        file: `${ground.root}/home/fast.config.toml`,
        profile: "fast",
      }, { model: "fast" }],
      [{
        type: "user",
        file: `${ground.root}/home/config.toml`,
        profile: null,
      }, { model: "user" }],
    ],
  );
});

Deno.test("a profile that is broken is refused, whatever the server forgives", async () => {
  for (
    const [text, message] of [
      ["a = \n", /fast\.config\.toml:1:/],
      ["model = 3\n", /expected a string/],
    ] as const
  ) {
    await using ground = await Ground.create({
      "home/fast.config.toml": text,
    });
    await assert.rejects(ground.open({ profile: "fast" }), message);
  }
});

Deno.test("Configuration tells settings in files that are out of use, around keys that nobody knows", async () => {
  await using ground = await Ground.create({
    "home/config.toml": "bar = 5\n[features]\nmulti_agent = false\n" +
      '[features.guardianv2]\nasync_classifier_mode = "conversation"\n',
  });
  const configuration = await ground.open();
  const told = (await configuration.atStart()).warnings
    .map(({ summary }) => summary.split("\n", 1)[0]!.slice(0, 50));
  assert.deepEqual(told, [
    "`[features].multi_agent` is deprecated. It still c",
    "Codex is ignoring 1 unrecognized configuration set",
    "`[features.guardianv2].async_classifier_mode` is d",
  ]);
  const { warnings } = await configuration.forThread({
    cwd: ground.work,
    overrides: {},
  });
  assert.equal(warnings.length, 3);
});

Deno.test("Configuration says nothing of retired settings that no file has", async () => {
  await using ground = await Ground.create();
  const configuration = await ground.open({
    overrides: { assignments: ["features.multi_agent=true"] },
  });
  assert.deepEqual((await configuration.atStart()).warnings, []);
});
