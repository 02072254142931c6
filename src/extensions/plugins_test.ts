import assert from "node:assert/strict";
import { appHandlers } from "./app_methods.ts";
import {
  createGround,
  type Ground,
  skill,
  threadId,
} from "./_extension_ground_test.ts";

const { signal } = new AbortController();

/** A marketplace in the work, and its plugins' manifests. */
function offering(
  plugins: readonly Record<string, unknown>[],
  manifests: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const files: Record<string, unknown> = {
    "work/.agents/plugins/marketplace.json": { name: "mp", plugins },
  };
  for (const [name, manifest] of Object.entries(manifests)) {
    files[`work/plugins/${name}/.codex-plugin/plugin.json`] = manifest;
  }
  return files;
}

function local(name: string, more: Record<string, unknown> = {}) {
  const source = { source: "local", path: `./plugins/${name}` };
  return { name, source, ...more };
}

function toPath({ work }: Ground): string {
  return `${work}/.agents/plugins/marketplace.json`;
}

function install(ground: Ground, pluginName: string): Promise<unknown> {
  const marketplacePath = toPath(ground);
  return ground.extensions.plugins
    .install({ marketplacePath, pluginName }, signal);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

Deno.test("plugin/list tells offers with what holds unless they say otherwise", async () => {
  await using ground = await createGround(offering(
    [
      local("a"),
      local("b", {
        policy: { installation: "NOT_AVAILABLE", authentication: "ON_USE" },
      }),
      local("a"),
      { name: "bad name", source: "./plugins/a" },
      { name: "odd", source: { source: "odd" } },
    ],
    { a: { name: "a", version: "1.0", keywords: ["k"] } },
  ));
  const { marketplaces, marketplaceLoadErrors } = await ground.extensions
    .plugins.list({ cwds: [ground.work] });
  assert.deepEqual(marketplaceLoadErrors, []);
  assert.deepEqual(
    marketplaces[0]?.plugins.map((plugin) => ({
      id: plugin.id,
      localVersion: plugin.localVersion,
      installPolicy: plugin.installPolicy,
      authPolicy: plugin.authPolicy,
      installed: plugin.installed,
      keywords: plugin.keywords,
    })),
    [
      {
        id: "a@mp",
        localVersion: "1.0",
        installPolicy: "AVAILABLE",
        authPolicy: "ON_INSTALL",
        installed: false,
        keywords: ["k"],
      },
      {
        id: "b@mp",
        localVersion: null,
        installPolicy: "NOT_AVAILABLE",
        authPolicy: "ON_USE",
        installed: false,
        keywords: [],
      },
    ],
  );
});

Deno.test("plugin/list passes by a marketplace that is broken, and tells of it", async () => {
  await using ground = await createGround({
    "work/.agents/plugins/marketplace.json": { plugins: [] },
    "user/.agents/plugins/marketplace.json": {
      name: "mine",
      plugins: [local("a")],
    },
  });
  const marketplacePath = toPath(ground);
  const { marketplaces, ...rest } = await ground.extensions.plugins
    .list({ cwds: [ground.work] });
  assert.deepEqual(marketplaces.map(({ name }) => name), ["mine"]);
  assert.deepEqual(rest, {
    marketplaceLoadErrors: [{
      marketplacePath,
      message:
        `invalid marketplace file \`${marketplacePath}\`: missing field \`name\` at line 1 column 14`,
    }],
    featuredPluginIds: [],
  });
});

const broken: readonly [what: string, file: unknown, message: string][] = [
  [
    "no JSON",
    "{no",
    "Expected property name or '}' at line 1 column 2",
  ],
  ["words", "hush words", "Unexpected token 'h' at line 1 column 1"],
  [
    "words for a value",
    '{\n  "name": "x",\n  "é": hush, "plugins": []\n}',
    "Unexpected token 'h' at line 3 column 8",
  ],
  [
    "a half word",
    '{"name": truth}',
    "Unexpected token 't' at line 1 column 13",
  ],
  ["nothing", "", "EOF while parsing a value at line 1 column 0"],
  [
    "a number for a name",
    '{\n  "name": 7, "plugins": []}',
    "invalid type: integer `7`, expected a string at line 2 column 11",
  ],
  [
    "a text for plugins",
    { name: "m", plugins: "x" },
    'invalid type: string "x", expected a sequence at line 1 column 25',
  ],
  [
    "a plugin of nowhere",
    { name: "m", plugins: [{ name: "a" }] },
    "missing field `source` at line 1 column 35",
  ],
  [
    "a policy that nobody knows",
    {
      name: "m",
      plugins: [{ name: "a", source: "./a", policy: { installation: "NO" } }],
    },
    "unknown variant `NO`, expected one of `NOT_AVAILABLE`, `AVAILABLE`, `INSTALLED_BY_DEFAULT` at line 1 column 79",
  ],
  [
    "another policy that nobody knows",
    {
      name: "m",
      plugins: [{ name: "a", source: "./a", policy: { authentication: "NO" } }],
    },
    "unknown variant `NO`, expected `ON_INSTALL` or `ON_USE` at line 1 column 81",
  ],
];

for (const [what, file, message] of broken) {
  Deno.test(`plugin/list tells where a marketplace has ${what}`, async () => {
    await using ground = await createGround({
      "work/.agents/plugins/marketplace.json": file,
    });
    const path = toPath(ground);
    const { marketplaceLoadErrors } = await ground.extensions.plugins
      .list({ cwds: [ground.work] });
    assert.deepEqual(marketplaceLoadErrors, [{
      marketplacePath: path,
      message: `invalid marketplace file \`${path}\`: ${message}`,
    }]);
  });
}

const strange: readonly [what: string, source: unknown][] = [
  ["no source", null],
  ["a kind that nobody knows", { source: "zip", url: "https://x/y" }],
  ["a path that is none", { source: "local", path: 7 }],
  ["a URL that is an option", { source: "url", url: "--upload-pack=x" }],
  ["a URL that is a command", { source: "url", url: "ext::sh -c x" }],
  ["a URL that is empty", { source: "url", url: "" }],
  [
    "a directory above the repository",
    { source: "git-subdir", url: "https://x/y", path: "../z" },
  ],
  [
    "a directory of the machine",
    { source: "git-subdir", url: "https://x/y", path: "/etc" },
  ],
  ["no directory", { source: "git-subdir", url: "https://x/y" }],
  ["a package that is a path", { source: "npm", package: "../x" }],
  [
    "a registry that anybody can change",
    { source: "npm", package: "x", registry: "http://x" },
  ],
];

for (const [what, source] of strange) {
  Deno.test(`plugin/list leaves out a plugin that comes from ${what}`, async () => {
    await using ground = await createGround(
      offering([{ name: "a", source }, local("b")]),
    );
    const { marketplaces, marketplaceLoadErrors } = await ground.extensions
      .plugins.list({ cwds: [ground.work] });
    assert.deepEqual(marketplaceLoadErrors, []);
    assert.deepEqual(
      marketplaces.flatMap(({ plugins }) => plugins.map(({ name }) => name)),
      ["b"],
    );
  });
}

const sources: readonly [source: unknown, told: unknown][] = [
  [{ source: "url", url: "o/r" }, { url: "https://github.com/o/r.git" }],
  [{ source: "url", url: "https://github.com/o/r" }, {
    url: "https://github.com/o/r.git",
  }],
  [{ source: "git-subdir", url: "git@h:o/r", path: "./d", ref: " v1 " }, {
    url: "git@h:o/r",
    path: "d",
    refName: "v1",
  }],
  [{ source: "url", url: "https://x/y.git", sha: "" }, {
    url: "https://x/y.git",
  }],
];

for (const [source, told] of sources) {
  Deno.test(`plugin/list tells of the source ${JSON.stringify(source)}`, async () => {
    await using ground = await createGround(offering([{ name: "a", source }]));
    const { marketplaces } = await ground.extensions.plugins
      .list({ cwds: [ground.work] });
    const nothing = { type: "git", path: null, refName: null, sha: null };
    assert.deepEqual(marketplaces[0]?.plugins[0]?.source, {
      ...nothing,
      ...told as object,
    });
  });
}

Deno.test("plugin/list shows what the marketplace says where the plugin is silent, and none of other products", async () => {
  await using ground = await createGround(offering(
    [
      {
        ...local("far"),
        version: "9",
        keywords: ["k"],
        interface: { displayName: "Far" },
      },
      {
        ...local("near"),
        version: "9",
        category: "C",
        interface: { displayName: "E" },
      },
      { ...local("other"), policy: { products: ["OTHER"] } },
      { ...local("ours"), policy: { products: ["codex"] } },
    ],
    { near: { name: "near", version: " 1 " } },
  ));
  const { marketplaces } = await ground.extensions.plugins
    .list({ cwds: [ground.work] });
  assert.deepEqual(
    marketplaces[0]?.plugins.map((plugin) => [
      plugin.name,
      plugin.localVersion,
      plugin.keywords,
      plugin.interface?.displayName,
      plugin.interface?.category,
    ]),
    [
      ["far", "9", ["k"], "Far", null],
      ["near", "1", [], null, "C"],
      ["ours", null, [], undefined, undefined],
    ],
  );
});

for (
  const [what, manifest, message] of [
    [
      "a number for a version",
      { version: 7 },
      "invalid plugin version in plugin.json: expected string",
    ],
    [
      "a blank version",
      { version: " " },
      "invalid plugin version in plugin.json: must not be blank",
    ],
    [
      "a number for a text",
      { interface: { displayName: 7 } },
      "missing or invalid plugin.json",
    ],
    ["null for a list", { keywords: null }, "missing or invalid plugin.json"],
    [
      "a name that is none",
      { name: "a b" },
      "invalid plugin name: only ASCII letters, digits, `.`, `_`, and `-` are allowed",
    ],
  ] as const
) {
  Deno.test(`plugin/install refuses a plugin with ${what}`, async () => {
    await using ground = await createGround(
      offering([local("a")], { a: { name: "a", ...manifest } }),
    );
    await assert.rejects(install(ground, "a"), { code: -32600, message });
  });
}

Deno.test("plugin/install takes the name of its directory for a plugin without one", async () => {
  await using ground = await createGround(
    offering([local("a")], { a: { skills: ["../elsewhere"] } }),
  );
  await install(ground, "a");
  assert.ok(await exists(`${ground.home}/plugins/cache/mp/a/local`));
});

const escapes = [
  "../outside",
  "./../outside",
  "./plugins/../../outside",
  "/etc",
  "plugins/a",
  "",
];

for (const path of escapes) {
  Deno.test(`plugin/list and plugin/install know no plugin at ${JSON.stringify(path)}`, async () => {
    await using ground = await createGround({
      ...offering([{ name: "a", source: { source: "local", path } }]),
      "outside/.codex-plugin/plugin.json": { name: "a" },
    });
    const { marketplaces } = await ground.extensions.plugins
      .list({ cwds: [ground.work] });
    assert.deepEqual(marketplaces, []);
    await assert.rejects(install(ground, "a"), {
      code: -32600,
      message: "plugin `a` was not found in marketplace `mp`",
    });
  });
}

Deno.test("plugin/list, plugin/read and plugin/install follow no link out of the marketplace", async () => {
  await using ground = await createGround({
    ...offering([local("a")]),
    "outside/.codex-plugin/plugin.json": {
      name: "a",
      version: "6.6.6",
      description: "secret",
    },
  });
  const { extensions, work, root, home } = ground;
  await Deno.mkdir(`${work}/plugins`);
  await Deno.symlink(`${root}/outside`, `${work}/plugins/a`);
  const { marketplaces } = await extensions.plugins.list({ cwds: [work] });
  assert.equal(marketplaces[0]?.plugins[0]?.localVersion, null);
  await assert.rejects(
    extensions.plugins.read({
      marketplacePath: toPath(ground),
      pluginName: "a",
    }),
    { message: "path does not exist or is not a directory" },
  );
  await assert.rejects(install(ground, "a"), {
    message: "missing plugin.json",
  });
  assert.equal(await exists(`${home}/plugins/cache/mp`), false);
});

for (const link of ["/etc/hostname", "../../../outside", "..", "none"]) {
  Deno.test(`plugin/install refuses a plugin with a link to ${link}`, async () => {
    await using ground = await createGround({
      ...offering([local("a")], { a: { name: "a" } }),
      outside: "secret",
    });
    await Deno.symlink(link, `${ground.work}/plugins/a/link`);
    await assert.rejects(install(ground, "a"), {
      code: -32600,
      message: "plugin has a link that leads to no file of its own: `link`",
    });
    assert.deepEqual(
      await Array.fromAsync(Deno.readDir(`${ground.home}/plugins/cache/mp`)),
      [],
    );
  });
}

for (const version of ["../../../x", "..", "a/b", "", "1 0"]) {
  Deno.test(`plugin/install takes no version ${JSON.stringify(version)} for a directory`, async () => {
    await using ground = await createGround(
      offering([local("a")], { a: { name: "a", version } }),
    );
    await assert.rejects(install(ground, "a"), /invalid plugin version/);
  });
}

Deno.test("plugin/install copies, turns on, and puts a new version in place of the old", async () => {
  await using ground = await createGround({
    ...offering([local("a")], { a: { name: "a", version: "1.0" } }),
    "work/plugins/a/skills/s/SKILL.md": skill("s", "x"),
    "work/plugins/a/shared/text": "text",
  });
  const { extensions, home, work } = ground;
  await Deno.symlink("shared/text", `${work}/plugins/a/link`);
  assert.deepEqual(await install(ground, "a"), {
    authPolicy: "ON_INSTALL",
    appsNeedingAuth: [],
  });
  const cache = `${home}/plugins/cache/mp/a`;
  assert.equal(await Deno.readTextFile(`${cache}/1.0/link`), "text");
  assert.ok((await Deno.lstat(`${cache}/1.0/link`)).isFile);
  assert.equal(
    await ground.read("home/config.toml"),
    '[plugins."a@mp"]\nenabled = true\n',
  );
  const { skills } = await extensions.skills.tell(work, false);
  assert.deepEqual(skills, [{
    name: "a:s",
    description: "x",
    path: `${cache}/1.0/skills/s/SKILL.md`,
    scope: "user",
    enabled: true,
    pluginId: "a@mp",
  }]);
  await ground.write("work/plugins/a/.codex-plugin/plugin.json", {
    name: "a",
    version: "2.0",
  });
  await install(ground, "a");
  assert.deepEqual(
    (await Array.fromAsync(Deno.readDir(cache))).map(({ name }) => name),
    ["2.0"],
  );
  await extensions.plugins.uninstall("a@mp");
  await extensions.plugins.uninstall("a@mp");
  assert.equal(await exists(cache), false);
  assert.equal(await ground.read("home/config.toml"), "");
  assert.deepEqual((await extensions.skills.tell(work, false)).skills, []);
});

Deno.test("plugin/install and plugin/uninstall are for loaded threads too, other writes for those opened later", async () => {
  await using ground = await createGround({
    ...offering([local("a")], { a: { name: "a" } }),
    "work/plugins/a/skills/s/SKILL.md": skill("s", "x"),
  });
  const { extensions, configuration, work } = ground;
  const config = await configuration.forThread({ cwd: work, overrides: {} });
  const thread = extensions.forThread({ threadId, transcriptPath: null });
  const names = async () => {
    const { skills } = await thread.resolve(
      [{ type: "text", text: "$a:s", text_elements: [] }],
      work,
      config,
    );
    const text = await thread.describe(work, config);
    assert.equal(text?.includes("- a:s: x") ?? false, skills.length > 0);
    return skills.map(({ name }) => name);
  };
  const turn = (enabled: boolean) =>
    configuration.write({
      edits: [{
        keyPath: 'plugins."a@mp".enabled',
        value: enabled,
        mergeStrategy: "replace",
      }],
      filePath: null,
      expectedVersion: null,
    });
  assert.deepEqual(await names(), []);
  await install(ground, "a");
  assert.deepEqual(await names(), ["a:s"]);
  await turn(false);
  assert.deepEqual(await names(), ["a:s"]);
  extensions.renewThreads();
  assert.deepEqual(await names(), []);
  await turn(true);
  extensions.renewThreads();
  const intact = await ground.read("home/config.toml");
  await ground.write("home/config.toml", "[broken");
  assert.deepEqual(await names(), []);
  await ground.write("home/config.toml", intact);
  assert.deepEqual(await names(), ["a:s"]);
  await extensions.plugins.uninstall("a@mp");
  assert.deepEqual(await names(), []);
});

const refused: [name: string, manifest: unknown, message: string][] = [
  [
    "off",
    { name: "off" },
    "plugin `off` is not available for install in marketplace `mp`",
  ],
  ["none", undefined, "missing plugin.json"],
  [
    "other",
    { name: "else" },
    "plugin.json name `else` does not match marketplace plugin name `other`",
  ],
  ["absent", undefined, "plugin `absent` was not found in marketplace `mp`"],
  ["a b", undefined, "plugin `a b` was not found in marketplace `mp`"],
  [
    "mis named",
    undefined,
    "invalid plugin name: only ASCII letters, digits, `.`, `_`, and `-` are allowed",
  ],
];

for (const [name, manifest, message] of refused) {
  Deno.test(`plugin/install refuses ${name}`, async () => {
    await using ground = await createGround(offering(
      [
        local("off", { policy: { installation: "NOT_AVAILABLE" } }),
        local("none"),
        local("other"),
        { ...local("a"), name: "mis named" },
      ],
      manifest === undefined ? {} : { [name]: manifest },
    ));
    await assert.rejects(install(ground, name), { code: -32600, message });
  });
}

for (const id of ["a@b@c", "../x@y", "@", "x@", " ", "x@..", "..@x", "x@a/b"]) {
  Deno.test(`plugin/uninstall refuses ${JSON.stringify(id)} and removes nothing`, async () => {
    await using ground = await createGround({ "home/plugins/cache/a/b/c": "" });
    await assert.rejects(ground.extensions.plugins.uninstall(id), {
      message: "invalid remote plugin id",
    });
    assert.ok(await exists(`${ground.home}/plugins/cache/a/b/c`));
  });
}

Deno.test("plugin/read tells skills, hooks and servers of a plugin, but none of elsewhere", async () => {
  await using ground = await createGround({
    ...offering([local("a")], {
      a: {
        name: "a",
        description: "A plugin",
        skills: ["./skills", "../../../outside", "/etc"],
        hooks: "../../outside/hooks.json",
        mcpServers: "./servers.json",
      },
    }),
    "work/plugins/a/skills/s/SKILL.md": skill("s", "x"),
    "work/plugins/a/servers.json": { mcpServers: { two: {}, one: {} } },
    "outside/t/SKILL.md": skill("t", "x"),
  });
  const plugin = await ground.extensions.plugins.read({
    marketplacePath: toPath(ground),
    pluginName: "a",
  });
  assert.equal(plugin.description, "A plugin");
  assert.deepEqual(plugin.skills.map(({ name }) => name), ["a:s"]);
  assert.deepEqual(plugin.mcpServers, ["one", "two"]);
  assert.deepEqual(plugin.hooks, []);
});

Deno.test("plugin/search finds words of names, then of keywords, on one page", async () => {
  await using ground = await createGround(offering(
    [local("one"), local("two"), local("three")],
    {
      one: { name: "one", keywords: ["Number"] },
      two: { name: "two", interface: { displayName: "A number" } },
      three: { name: "three" },
    },
  ));
  const { plugins } = ground.extensions;
  const cwds = [ground.work];
  const { data, nextCursor } = await plugins
    .search({ searchTerm: "NUMBER", cwds, limit: 1 });
  assert.deepEqual(data.map(({ plugin }) => plugin.name), ["two", "one"]);
  assert.equal(nextCursor, null);
  const nothing = { data: [], nextCursor: null };
  assert.deepEqual(await plugins.search({ searchTerm: " ", cwds }), nothing);
  assert.deepEqual(
    await plugins.search({ searchTerm: "number", cwds, cursor: "1" }),
    nothing,
  );
});

Deno.test("plugin/install does not wait for a manifest that is a pipe", async () => {
  await using ground = await createGround(offering([local("a")]));
  const directory = `${ground.work}/plugins/a/.codex-plugin`;
  await Deno.mkdir(directory, { recursive: true });
  const path = `${directory}/plugin.json`;
  await new Deno.Command("mkfifo", { args: [path] }).output();
  assert.ok((await Deno.lstat(path)).isFifo);
  await assert.rejects(install(ground, "a"), {
    message: "missing plugin.json",
  });
});

Deno.test("plugins that are switched off as a whole are not there, and are again when they are on", async () => {
  await using ground = await createGround({
    ...offering([local("a")], { a: { name: "a" } }),
    "work/plugins/a/skills/s/SKILL.md": skill("s", "x"),
  });
  const { extensions, work } = ground;
  const { plugins } = extensions;
  await install(ground, "a");
  const turn = async (isOn: boolean) => {
    await ground.write(
      "home/config.toml",
      `[plugins."a@mp"]\nenabled = true\n[features]\nplugins = ${isOn}\n`,
    );
    const { skills } = await extensions.skills.tell(work, true);
    const listed = await plugins.list({ cwds: [work] });
    const installed = await plugins.installed({ cwds: [work] });
    return [skills, listed.marketplaces, installed.marketplaces]
      .map(({ length }) => length);
  };
  assert.deepEqual(await turn(false), [0, 0, 0]);
  await assert.rejects(
    plugins.read({ marketplacePath: toPath(ground), pluginName: "a" }),
    { code: -32600, message: "plugins feature is disabled" },
  );
  assert.deepEqual(await turn(true), [1, 1, 1]);
});

Deno.test("skills/list, hooks/list, plugin/list and app/list tell of a broken configuration, each in its way", async () => {
  await using ground = await createGround({
    "home/skills/s/SKILL.md": skill("s", "x"),
  });
  const { extensions, home, work } = ground;
  await ground.write("home/config.toml", "model = 5\n");
  const fault = `${home}/config.toml:1:9: invalid type: integer \`5\`, ` +
    "expected a string";
  const message = `failed to reload config: ${fault}`;
  assert.deepEqual(await extensions.skills.tell(work, false), {
    cwd: work,
    skills: [],
    errors: [{ path: work, message }],
  });
  assert.deepEqual(await extensions.hooks.tell(work), {
    cwd: work,
    hooks: [],
    warnings: [],
    errors: [{ path: work, message: fault }],
  });
  await assert.rejects(extensions.plugins.list({}), { code: -32603, message });
  await assert.rejects(
    async () =>
      await appHandlers["app/list"](extensions, {}, undefined as never),
    { code: -32603, message },
  );
});
