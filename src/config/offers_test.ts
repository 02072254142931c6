import assert from "node:assert/strict";
import { Ground, refusalOf } from "./_ground_test.ts";
import { knownFeatures } from "./known_features.ts";
import { offerFeatures, offerModes, offerProfiles } from "./offers.ts";

Deno.test("experimentalFeature/list pages through features that the configuration knows", async () => {
  await using ground = await Ground.create({
    "home/config.toml":
      "[features]\nmemories = true\nshell_tool = false\nguardianv2 = { enabled = true }\n",
  });
  const configuration = await ground.open();
  const all = await offerFeatures(configuration, {});
  assert.equal(all.nextCursor, null);
  const names = all.data.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) {
    assert.ok(knownFeatures.has(name.split(".")[0]!), name);
  }
  const find = (name: string) => all.data.find((each) => each.name === name);
  assert.deepEqual(find("shell_tool"), {
    name: "shell_tool",
    stage: "stable",
    displayName: null,
    description: null,
    announcement: null,
    enabled: false,
    defaultEnabled: true,
  });
  assert.equal(find("memories")?.enabled, true);
  assert.equal(find("guardianv2")?.enabled, true);
  assert.equal(find("guardianv2.thread_context")?.enabled, false);
  assert.equal(typeof find("network_proxy")?.description, "string");

  const paged: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await offerFeatures(configuration, { limit: 50, cursor });
    paged.push(...page.data.map(({ name }) => name));
    cursor = page.nextCursor;
  } while (cursor !== null);
  assert.deepEqual(paged, names);
});

const wrongPages: [params: Record<string, unknown>, message: RegExp][] = [
  [{ cursor: "bad" }, /^invalid cursor: bad$/],
  [{ cursor: "-1" }, /^invalid cursor: -1$/],
  [{ cursor: "9999" }, /^cursor 9999 exceeds total feature flags \d+$/],
  [{ threadId: "x" }, /^invalid thread id: /],
  [
    { threadId: "01a1fefd-52bf-7d81-aaa1-c3b96abcf2aa" },
    /^thread not found: 01a1fefd-52bf-7d81-aaa1-c3b96abcf2aa$/,
  ],
];

for (const [params, message] of wrongPages) {
  Deno.test(`experimentalFeature/list refuses ${JSON.stringify(params)}`, async () => {
    await using ground = await Ground.create();
    const configuration = await ground.open();
    const refused = await refusalOf(
      offerFeatures(configuration, params),
      ground,
    );
    assert.equal(refused.code, -32600);
    assert.match(refused.message, message);
  });
}

Deno.test("experimentalFeature/list of a thread looks at the thread's project", async () => {
  await using ground = await Ground.create({
    "home/config.toml": '[projects."$R/work"]\ntrust_level = "trusted"\n',
    "work/.codex/config.toml": "features.memories = true\n",
  });
  const threadId = "01a1fefd-52bf-7d81-aaa1-c3b96abcf2aa";
  const configuration = await ground.open({
    findThreadCwd: (id) => id === threadId ? ground.work : undefined,
  });
  const isOn = async (params: { threadId?: string }) => {
    const { data } = await offerFeatures(configuration, params);
    return data.find(({ name }) => name === "memories")?.enabled;
  };
  assert.equal(await isOn({}), false);
  assert.equal(await isOn({ threadId }), true);
});

Deno.test("a broken configuration stops experimentalFeature/list, but not permissionProfile/list", async () => {
  await using ground = await Ground.create({ "home/config.toml": "model = 5" });
  const configuration = await ground.open();
  assert.deepEqual(await refusalOf(offerFeatures(configuration, {}), ground), {
    code: -32603,
    message: "failed to reload config: $R/home/config.toml:1:9: " +
      "invalid type: integer `5`, expected a string",
    data: undefined,
  });
  const { data } = await offerProfiles(configuration, {});
  assert.equal(data.length, 3);
});

Deno.test("experimentalFeature/enablement/set lies below every file, and leaves out what cannot be switched", async () => {
  await using ground = await Ground.create();
  const configuration = await ground.open();
  const taken = await configuration.setFeatures({
    memories: true,
    shell_tool: false,
    nobody: true,
  });
  assert.deepEqual(taken, { memories: true });
  const isOn = async () =>
    (await configuration.forThread({ cwd: ground.work, overrides: {} }))
      .get("features.memories");
  assert.equal(await isOn(), true);
  await ground.write("home/config.toml", "features.memories = false\n");
  assert.equal(await isOn(), false);
  const { origins } = await configuration.read({});
  assert.deepEqual(Object.keys(origins), ["features.memories"]);
});

Deno.test("permissionProfile/list knows the user's own, and what an administrator allows", async () => {
  await using ground = await Ground.create({
    "home/config.toml":
      '[permissions.mine]\ndescription = "My own"\n[permissions.also]\n',
    "etc/requirements.toml":
      'allowed_permission_profiles = { ":read-only" = true, "mine" = false }\n' +
      'default_permissions = ":read-only"\n',
  });
  const configuration = await ground.open();
  assert.deepEqual(
    await offerProfiles(configuration, { limit: 1 }),
    {
      data: [{ id: ":read-only", description: null, allowed: true }],
      nextCursor: "1",
    },
  );
  const { data } = await offerProfiles(configuration, { cursor: "1" });
  assert.deepEqual(data, [
    { id: ":workspace", description: null, allowed: false },
    { id: ":danger-full-access", description: null, allowed: false },
    { id: "also", description: null, allowed: false },
    { id: "mine", description: "My own", allowed: false },
  ]);
});

Deno.test("collaborationMode/list has a mode to plan and one to work", () => {
  assert.deepEqual(offerModes().data.map(({ mode }) => mode), [
    "plan",
    "default",
  ]);
});
