import assert from "node:assert/strict";
import fc from "fast-check";
import type { ConfigEdit, JsonValue } from "../protocol/mod.ts";
import { Ground, refusalOf } from "./_ground_test.ts";

function set(
  keyPath: string,
  value: JsonValue,
  mergeStrategy: ConfigEdit["mergeStrategy"] = "replace",
): ConfigEdit {
  return { keyPath, value, mergeStrategy };
}

Deno.test("config/batchWrite keeps comments and order, and config/read tells the version it answered", async () => {
  await using ground = await Ground.create({
    "home/config.toml": '# top\nmodel = "a" # why\n\n[features] # f\n',
  });
  const configuration = await ground.open();
  const answer = await configuration.write({
    edits: [
      set("model", "b"),
      set("features.memories", true),
      set('projects."/a.b".trust_level', "trusted", "upsert"),
      set("sandbox_workspace_write", { network_access: true }, "upsert"),
    ],
  });
  assert.equal(
    await ground.read("home/config.toml"),
    '# top\nmodel = "b" # why\n\n[features] # f\nmemories = true\n\n' +
      '[projects."/a.b"]\ntrust_level = "trusted"\n\n' +
      "[sandbox_workspace_write]\nnetwork_access = true\n",
  );
  const { origins } = await configuration.read({});
  assert.deepEqual(answer, {
    status: "ok",
    version: origins.model!.version,
    filePath: `${ground.home}/config.toml`,
    overriddenMetadata: null,
  });
});

Deno.test("config/value/write replaces, merges and removes", async () => {
  await using ground = await Ground.create({
    "home/config.toml":
      '[model_providers.x]\nname = "X"\nbase_url = "u" # kept\n',
  });
  const configuration = await ground.open();
  const steps: [ConfigEdit, Record<string, unknown> | undefined][] = [
    [
      set("model_providers.x", { name: "Y" }, "upsert"),
      { name: "Y", base_url: "u" },
    ],
    [set("model_providers.x", { name: "Z" }), { name: "Z" }],
    [set("model_providers.x.base_url", "v"), { name: "Z", base_url: "v" }],
    [set("model_providers.x.base_url", null), { name: "Z" }],
    [set("model_providers.none.name", null), { name: "Z" }],
    [set("model_providers", null), undefined],
  ];
  for (const [edit, expected] of steps) {
    await configuration.write({ edits: [edit] });
    const config = await configuration.forThread({
      cwd: ground.work,
      overrides: {},
    });
    const value = config.get("model_providers.x");
    assert.deepEqual(value && { ...(value as object) }, expected);
  }
});

Deno.test("config/value/write makes tables where values were in the way", async () => {
  await using ground = await Ground.create({
    "home/config.toml": 'x = 1\ny = ["a"] # why\nmodel = "m"\n',
  });
  const configuration = await ground.open();
  for (const path of ["x.a.b", "y.a.b"]) {
    await configuration.write({ edits: [set(path, 2)] });
  }
  const { layers } = await configuration.read({ includeLayers: true });
  assert.equal(
    JSON.stringify(layers?.[0]?.config),
    '{"x":{"a":{"b":2}},"y":{"a":{"b":2}},"model":"m"}',
  );
});

const refusals: [
  what: string,
  request: { edits: ConfigEdit[]; filePath?: string; expectedVersion?: string },
  code: string,
  message: string | RegExp,
][] = [
  [
    "no path",
    { edits: [set(" ", 1)] },
    "configValidationError",
    "keyPath must not be empty",
  ],
  [
    "an empty part",
    { edits: [set("a..b", 1)] },
    "configValidationError",
    "keyPath segments must not be empty",
  ],
  [
    "an open quote",
    { edits: [set('a."b', 1)] },
    "configValidationError",
    "unterminated quoted keyPath segment",
  ],
  [
    "a quote within a word",
    { edits: [set('a.b"c"', 1)] },
    "configValidationError",
    "invalid quoted keyPath segment",
  ],
  [
    "a way through a value",
    { edits: [set("model.x", 1)] },
    "configValidationError",
    "cannot set value on non-table parent",
  ],
  [
    "a wrong value, even behind a right one",
    { edits: [set("model", "new"), set("model_verbosity", "bogus")] },
    "configValidationError",
    "Invalid configuration: unknown variant `bogus`, " +
    "expected one of `low`, `medium`, `high`\nin `model_verbosity`\n",
  ],
  [
    "a policy that is gone",
    { edits: [set("approval_policy", "untrusted")] },
    "configValidationError",
    'Invalid configuration: approval_policy = "untrusted" is no longer ' +
    "supported; remove this setting",
  ],
  [
    "a profile",
    { edits: [set("profiles.x.model", "m")] },
    "configValidationError",
    /^`profiles` contains legacy config profile tables and can no longer be/,
  ],
  [
    "a list with nothing in it",
    { edits: [set("notify", [null])] },
    "configValidationError",
    "invalid value: invalid type: null, expected any valid TOML value",
  ],
  [
    "a table with nothing in it, below what is no table",
    { edits: [set("notify", ["a"]), set("notify.x", [{ a: null }])] },
    "configValidationError",
    "invalid value: invalid type: null, expected any valid TOML value",
  ],
  [
    "a number that no file holds",
    { edits: [set("x", 2 ** 63)] },
    "configValidationError",
    "invalid value: u64 value was too large",
  ],
  [
    "another file",
    { edits: [set("model", "x")], filePath: "/etc/codex/config.toml" },
    "configLayerReadonly",
    "Only writes to the user config are allowed",
  ],
  [
    "a relative path",
    { edits: [set("model", "x")], filePath: "config.toml" },
    "configLayerReadonly",
    "Only writes to the user config are allowed",
  ],
  [
    "another version",
    { edits: [set("", "x")], expectedVersion: "sha256:bad" },
    "configVersionConflict",
    "Configuration was modified since last read. " +
    "Fetch latest version and retry.",
  ],
];

for (const [what, request, code, message] of refusals) {
  Deno.test(`config/batchWrite refuses ${what} and leaves the file alone`, async () => {
    const text = 'model = "old" # c\n';
    await using ground = await Ground.create({ "home/config.toml": text });
    const configuration = await ground.open();
    const refused = await refusalOf(configuration.write(request), ground);
    assert.equal(refused.code, -32600);
    assert.deepEqual(refused.data, { config_write_error_code: code });
    if (typeof message === "string") assert.equal(refused.message, message);
    else assert.match(refused.message, message);
    assert.equal(await ground.read("home/config.toml"), text);
  });
}

Deno.test("config/value/write says who stands above what it wrote", async () => {
  await using ground = await Ground.create({
    "etc/managed_config.toml": 'personality = "pragmatic"\n',
  });
  const configuration = await ground.open({
    overrides: { assignments: ["model=flag"] },
  });
  const write = async (keyPath: string, value: string) => {
    const { status, overriddenMetadata } = await configuration.write({
      edits: [set(keyPath, value)],
    });
    const { message, effectiveValue, overridingLayer } = overriddenMetadata ??
      {};
    return [status, message, effectiveValue, overridingLayer?.name.type];
  };
  assert.deepEqual(await write("model", "mine"), [
    "okOverridden",
    "Overridden by session flags",
    "flag",
    "sessionFlags",
  ]);
  assert.deepEqual(await write("model", "flag"), [
    "ok",
    undefined,
    undefined,
    undefined,
  ]);
  assert.deepEqual(await write("personality", "friendly"), [
    "okOverridden",
    "Overridden by legacy managed_config.toml: " +
    `${ground.root}/etc/managed_config.toml`,
    "pragmatic",
    "legacyManagedConfigTomlFromFile",
  ]);
});

Deno.test("config.toml is for its owner alone once it is written, whatever it was", async () => {
  await using ground = await Ground.create();
  const configuration = await ground.open();
  const file = `${ground.home}/config.toml`;
  await configuration.write({ edits: [set("model", "a")] });
  assert.equal(await ground.read("home/config.toml"), 'model = "a"\n');
  assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
  await Deno.chmod(file, 0o640);
  await configuration.write({ edits: [set("model", "b")] });
  assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
  const names = [];
  for await (const { name } of Deno.readDir(ground.home)) names.push(name);
  assert.deepEqual(names.sort(), ["config.toml", "gangway"]);
});

Deno.test("a write follows a link, even to a file that is not there yet", async () => {
  await using ground = await Ground.create();
  const configuration = await ground.open();
  const link = `${ground.home}/config.toml`;
  await Deno.symlink("../work/real.toml", link);
  for (const model of ["a", "b"]) {
    const { filePath } = await configuration.write({
      edits: [set("model", model)],
    });
    assert.equal(filePath, link);
    assert.equal(await ground.read("work/real.toml"), `model = "${model}"\n`);
    assert.ok((await Deno.lstat(link)).isSymlink);
  }
});

Deno.test("a write where nothing can be written is an error of the system", async () => {
  await using ground = await Ground.create();
  const configuration = await ground.open();
  // Even root cannot write into a directory that is not there.
  await Deno.symlink(
    `${ground.root}/none/c.toml`,
    `${ground.home}/config.toml`,
  );
  const refused = await refusalOf(
    configuration.write({ edits: [set("model", "a")] }),
    ground,
  );
  assert.deepEqual(refused, {
    code: -32603,
    message: "failed to persist config.toml: " +
      "failed to persist config at $R/home/config.toml",
    data: undefined,
  });
});

Deno.test("a write to a file that cannot be parsed is refused", async () => {
  await using ground = await Ground.create({ "home/config.toml": "a = [\n" });
  const configuration = await ground.open();
  const refused = await refusalOf(
    configuration.write({ edits: [set("model", "a")] }),
    ground,
  );
  assert.equal(refused.code, -32603);
  assert.match(
    refused.message,
    /^failed to load configuration: \$R\/home\/config\.toml:\d+:\d+: /,
  );
  assert.equal(await ground.read("home/config.toml"), "a = [\n");
});

Deno.test("a write mends a file whose value is wrong, and nothing else can be written before", async () => {
  await using ground = await Ground.create({
    "home/config.toml": "model = 5 # c\n",
  });
  const configuration = await ground.open();
  const refused = await refusalOf(
    configuration.write({ edits: [set("review_model", "a")] }),
    ground,
  );
  assert.match(refused.message, /^Invalid configuration: invalid type/);
  await configuration.write({ edits: [set("model", "a")] });
  assert.equal(await ground.read("home/config.toml"), 'model = "a" # c\n');
});

Deno.test("a write goes to config.jsonc where that is the user's file", async () => {
  await using ground = await Ground.create({
    "home/config.jsonc": '{\n  // why\n  "model": /* c */ "a",\n}\n',
  });
  const configuration = await ground.open();
  const { filePath } = await configuration.write({
    edits: [set("model", "b"), set("features.memories", true)],
  });
  assert.equal(filePath, `${ground.home}/config.jsonc`);
  assert.equal(
    await ground.read("home/config.jsonc"),
    '{\n  // why\n  "model": /* c */ "b",\n  "features": {\n' +
      '    "memories": true\n  },\n}\n',
  );
});

Deno.test("two writers at once lose nothing, within a server and between two", async () => {
  await using ground = await Ground.create();
  const [one, two] = await Promise.all([ground.open(), ground.open()]);
  for (let round = 0; round < 20; round++) {
    await Promise.all([
      one.write({ edits: [set(`desktop.a${round}`, 1)] }),
      two.write({ edits: [set(`desktop.b${round}`, 2)] }),
      two.write({ edits: [set(`desktop.c${round}`, 3)] }),
    ]);
  }
  const config = await two.forThread({ cwd: ground.work, overrides: {} });
  assert.equal(Object.keys(config.get("desktop") as object).length, 60);
});

Deno.test("of two writers with the same version, one is told", async () => {
  await using ground = await Ground.create({ "home/config.toml": "x = 1\n" });
  const configuration = await ground.open();
  const { origins } = await configuration.read({});
  const expectedVersion = origins.x!.version;
  const results = await Promise.allSettled(
    ["a", "b"].map((model) =>
      configuration.write({ edits: [set("model", model)], expectedVersion })
    ),
  );
  assert.deepEqual(results.map(({ status }) => status), [
    "fulfilled",
    "rejected",
  ]);
  assert.equal(
    await ground.read("home/config.toml"),
    'x = 1\nmodel = "a"\n',
  );
});

Deno.test("what was written is what is read", async () => {
  await using ground = await Ground.create({
    "home/config.toml": "# first\nmodel = 'm' # why\n\n# last\n",
  });
  const configuration = await ground.open();
  const key = fc.constantFrom("a", "b.c", "d e", "é", 'q"', "\\");
  const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) =>
        !Number.isInteger(number)
      ),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(key, tie("value"), { maxKeys: 3 }),
    ),
  }));
  const path = fc.array(key, { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(path, value, async (path, value) => {
      const quoted = ["desktop", ...path].map((part) =>
        `"${part.replaceAll(/["\\]/g, "\\$&")}"`
      ).join(".");
      await configuration.write({ edits: [set("desktop", null)] });
      await configuration.write({ edits: [set(quoted, value)] });
      const { config } = await configuration.read({});
      let read: JsonValue = config.desktop;
      for (const part of path) read = (read as Record<string, JsonValue>)[part];
      assert.deepEqual(
        JSON.parse(JSON.stringify(read)),
        JSON.parse(JSON.stringify(value)),
      );
      const text = await ground.read("home/config.toml");
      assert.match(text, /^# first\nmodel = 'm' # why\n/);
      assert.match(text, /# last\n/);
    }),
    { numRuns: 40 },
  );
});
