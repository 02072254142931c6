import assert from "node:assert/strict";
import { Ground, refusalOf } from "./_ground_test.ts";

Deno.test("config/read tells every layer, strongest first, and whose each value is", async () => {
  await using ground = await Ground.create({
    "home/config.toml":
      'notify = ["a", "b"]\nmodel = "user"\n[a]\nx = 1\n[b.c]\ny = 1\n[projects."$R/work"]\ntrust_level = "trusted"\n',
    "work/.git": "",
    "work/.codex/config.toml":
      'model = "root"\na = 5\nlist = [{ q = 1 }, [2]]\n',
    "work/sub/.codex/other": "",
  });
  const configuration = await ground.open({
    overrides: { assignments: ["b.c=[]"] },
  });
  const { config, layers, origins } = await configuration.read({
    includeLayers: true,
    cwd: `${ground.work}/sub`,
  });
  assert.deepEqual(
    layers!.map((layer) => [
      layer.name,
      JSON.parse(JSON.stringify(layer.config)),
      "disabledReason" in layer,
    ]),
    [
      [{ type: "sessionFlags" }, { b: { c: [] } }, false],
      [
        { type: "project", dotCodexFolder: `${ground.work}/sub/.codex` },
        {},
        false,
      ],
      [
        { type: "project", dotCodexFolder: `${ground.work}/.codex` },
        { model: "root", a: 5, list: [{ q: 1 }, [2]] },
        false,
      ],
      [
        {
          type: "user",
          file: `${ground.home}/config.toml`,
          profile: null,
        },
        {
          notify: ["a", "b"],
          model: "user",
          a: { x: 1 },
          b: { c: { y: 1 } },
          projects: { [ground.work]: { trust_level: "trusted" } },
        },
        false,
      ],
      [{ type: "system", file: `${ground.root}/etc/config.toml` }, {}, false],
    ],
  );
  assert.deepEqual(
    Object.fromEntries(
      Object.entries(origins).map(([path, { name }]) => [path, name.type]),
    ),
    {
      "notify.0": "user",
      "notify.1": "user",
      model: "project",
      a: "project",
      [`projects.${ground.work}.trust_level`]: "user",
      "list.0.q": "project",
      "list.1.0": "project",
    },
  );
  assert.equal(config.model, "root");
  assert.equal(config.review_model, null);
  assert.equal(Object.hasOwn(config, "list"), false);
});

Deno.test("config/read leaves projects out without a directory, and layers unless asked", async () => {
  await using ground = await Ground.create({
    "home/config.toml": '[projects."$R/work"]\ntrust_level = "trusted"\n',
    "work/.codex/config.toml": 'model = "root"\n',
  });
  const configuration = await ground.open();
  const response = await configuration.read({});
  assert.equal(response.config.model, null);
  assert.equal("layers" in response, false);
});

Deno.test("config/read lists a project nobody trusts, with what to do about it", async () => {
  await using ground = await Ground.create({
    "work/.codex/config.toml": 'model = "root"\n',
  });
  const configuration = await ground.open();
  const { config, origins, layers } = await configuration.read({
    cwd: ground.work,
    includeLayers: true,
  });
  assert.deepEqual([config.model, Object.keys(origins)], [null, []]);
  assert.equal(
    layers![0]!.disabledReason,
    "To load project-local config, hooks, and exec policies, add " +
      `${ground.work} as a trusted project in ${ground.home}/config.toml.`,
  );
});

Deno.test("config/read fills in what is not set", async () => {
  await using ground = await Ground.create({
    "home/config.toml":
      '[model_providers.x]\nname = "X"\n[mcp_servers.s]\ncommand = "c"\n[history]\n[tools]\nweb_search = true\n[agents]\nmax_threads = 3\n',
  });
  const configuration = await ground.open();
  const { config } = await configuration.read({});
  const plain = JSON.parse(JSON.stringify(config));
  assert.deepEqual(plain.mcp_servers, {
    s: {
      command: "c",
      args: [],
      environment_id: "local",
      enabled: true,
      tool_timeout_sec: null,
    },
  });
  assert.equal(plain.model_providers.x.wire_api, "responses");
  assert.equal(plain.model_providers.x.base_url, null);
  assert.deepEqual(plain.history, { persistence: "save-all", max_bytes: null });
  assert.deepEqual(plain.tools, { web_search: null });
  assert.equal(plain.agents.max_concurrent_threads_per_session, 3);
  assert.equal(Object.hasOwn(plain.agents, "max_threads"), false);
  assert.equal(plain.features.memories, false);
});

const broken: [what: string, text: string, message: string][] = [
  [
    "cannot be parsed",
    "model = ",
    "failed to read configuration layers: $R/home/config.toml:1:9: ",
  ],
  [
    "has a wrong value",
    "model = 5",
    "invalid configuration: invalid type: integer `5`, expected a string\n" +
    "in `model`\n",
  ],
  [
    "cannot be used",
    'model_provider = "no"',
    "failed to resolve feature override precedence: " +
    "Model provider `no` not found",
  ],
];

for (const [what, text, message] of broken) {
  Deno.test(`config/read fails on a file that ${what}`, async () => {
    await using ground = await Ground.create({ "home/config.toml": text });
    const configuration = await ground.open();
    const refused = await refusalOf(configuration.read({}), ground);
    assert.equal(refused.code, -32603);
    assert.ok(refused.message.startsWith(message), refused.message);
  });
}
