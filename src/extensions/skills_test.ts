import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { makePlaceholder } from "../../tests/kit/placeholder.ts";
import { until } from "../../tests/kit/until.ts";
import { createGround, type Ground, skill } from "./_extension_ground_test.ts";

/** What is found, in few words. */
async function list(
  { extensions, work, root }: Ground,
  cwd = work,
): Promise<string[]> {
  const { skills } = await extensions.skills.tell(cwd, false);
  return skills.map(({ name, scope, path, enabled }) =>
    `${scope} ${name} ${path.replace(root, "")}${enabled ? "" : " off"}`
  );
}

Deno.test("skills/list finds skills in their places, the repository's first", async () => {
  await using ground = await createGround({
    "work/.agents/skills/r/SKILL.md": skill("r", "x"),
    "work/.codex/skills/c/SKILL.md": skill("c", "x"),
    "work/a/.agents/skills/in/SKILL.md": skill("in", "x"),
    "work/a/b/file": "",
    "home/skills/z/SKILL.md": skill("z", "x"),
    "home/skills/.system/s/SKILL.md": skill("s", "x"),
    "home/skills/.hidden/h/SKILL.md": skill("h", "x"),
    "home/skills/SKILL.md": skill("top", "x"),
    "home/skills/z/inner/SKILL.md": skill("inner", "x"),
    "home/skills/lower/skill.md": skill("lower", "x"),
    "user/.agents/skills/u/SKILL.md": skill("u", "x"),
    "etc/skills/e/SKILL.md": skill("e", "x"),
  });
  assert.deepEqual(await list(ground, `${ground.work}/a/b`), [
    "repo c /work/.codex/skills/c/SKILL.md",
    "repo in /work/a/.agents/skills/in/SKILL.md",
    "repo r /work/.agents/skills/r/SKILL.md",
    "user inner /home/skills/z/inner/SKILL.md",
    "user top /home/skills/SKILL.md",
    "user u /user/.agents/skills/u/SKILL.md",
    "user z /home/skills/z/SKILL.md",
    "system s /home/skills/.system/s/SKILL.md",
    "admin e /etc/skills/e/SKILL.md",
  ]);
});

Deno.test("skills/list looks six directories deep", async () => {
  await using ground = await createGround({
    "home/skills/a/b/c/d/e/f/SKILL.md": skill("six", "x"),
    "home/skills/a/b/c/d/e/f/g/SKILL.md": skill("seven", "x"),
  });
  assert.deepEqual(await list(ground), [
    "user six /home/skills/a/b/c/d/e/f/SKILL.md",
  ]);
});

Deno.test("skills/list tells each skill once, whatever links lead to it", async () => {
  await using ground = await createGround({
    "other/one/SKILL.md": skill("one", "x"),
    "home/skills/two/SKILL.md": skill("two", "x"),
  });
  const skills = `${ground.home}/skills`;
  await Deno.symlink(`${ground.root}/other`, `${skills}/other`);
  await Deno.symlink(`${ground.root}/other`, `${skills}/again`);
  await Deno.symlink(skills, `${skills}/loop`);
  await Deno.mkdir(`${skills}/linked`);
  await Deno.symlink(
    `${ground.root}/other/one/SKILL.md`,
    `${skills}/linked/SKILL.md`,
  );
  assert.deepEqual(await list(ground), [
    "user one /other/one/SKILL.md",
    "user two /home/skills/two/SKILL.md",
  ]);
});

Deno.test("skills/list tells which files are no skills, and goes on", async () => {
  await using ground = await createGround({
    "home/skills/good/SKILL.md": skill("good", "x"),
    "home/skills/bad/SKILL.md": "text",
    "home/skills/huge/SKILL.md": "x".repeat(1024 * 1024 + 1),
  });
  const { errors, skills } = await ground.extensions.skills
    .tell(ground.work, false);
  assert.deepEqual(skills.map(({ name }) => name), ["good"]);
  assert.deepEqual(errors, [
    {
      path: `${ground.home}/skills/bad/SKILL.md`,
      message: "missing YAML frontmatter delimited by ---",
    },
    {
      path: `${ground.home}/skills/huge/SKILL.md`,
      message: "file is larger than 1048576 bytes",
    },
  ]);
});

Deno.test("skills/list tells how a skill shows itself, and no picture of elsewhere", async () => {
  await using ground = await createGround({
    "home/skills/a/SKILL.md": skill("a", "x"),
    "home/skills/a/agents/openai.yaml": `interface:
  display_name: A
  icon_small: ./assets/./a.png
  icon_large: assets/../../b.png
  brand_color: red
dependencies:
  tools:
    - type: mcp
      value: srv
      url: https://example.com
    - type: mcp
`,
    "home/skills/b/SKILL.md": skill("b", "x"),
    "home/skills/b/agents/openai.yaml": "interface: [",
  });
  const { skills } = await ground.extensions.skills.tell(ground.work, false);
  const common = {
    description: "x",
    scope: "user",
    enabled: true,
    pluginId: null,
  };
  assert.deepEqual(skills, [
    {
      ...common,
      name: "a",
      path: `${ground.home}/skills/a/SKILL.md`,
      interface: {
        displayName: "A",
        shortDescription: null,
        iconSmall: `${ground.home}/skills/a/assets/a.png`,
        iconLarge: null,
        iconSmallUrl: null,
        iconLargeUrl: null,
        brandColor: null,
        defaultPrompt: null,
      },
      dependencies: {
        tools: [{ type: "mcp", value: "srv", url: "https://example.com" }],
      },
    },
    { ...common, name: "b", path: `${ground.home}/skills/b/SKILL.md` },
  ]);
});

Deno.test("skills/config/write turns skills off by path and name, and on again", async () => {
  await using ground = await createGround({
    "home/skills/a/SKILL.md": skill("a", "x"),
    "home/skills/b/SKILL.md": skill("b", "x"),
  });
  const { skills } = ground.extensions;
  const path = `${ground.home}/skills/a/SKILL.md`;
  assert.equal(await skills.turn({ path, enabled: false }), false);
  assert.equal(await skills.turn({ name: " b ", enabled: false }), false);
  assert.deepEqual(await list(ground), [
    "user a /home/skills/a/SKILL.md off",
    "user b /home/skills/b/SKILL.md off",
  ]);
  assert.equal(
    await ground.read("home/config.toml"),
    `[[skills.config]]\npath = "${path}"\nenabled = false\n\n` +
      `[[skills.config]]\nname = "b"\nenabled = false\n`,
  );
  assert.equal(await skills.turn({ path, enabled: true }), true);
  assert.equal(await skills.turn({ name: "b", enabled: true }), true);
  assert.equal(await ground.read("home/config.toml"), "");
  assert.equal((await list(ground)).length, 2);
});

Deno.test("skills/config/write leaves alone what else the file says", async () => {
  const before = `# mine\n[skills]\nbundled = { enabled = true }\n\n`;
  const after = "# after\n[features]\nx = true # x\n";
  const a = '[[skills.config]]\n# a\npath = "/a"\nenabled = false\n\n';
  const b = '[[skills.config]]\nname = "b"\nenabled = false\n\n';
  await using ground = await createGround({
    "home/config.toml": before + a + after,
  });
  const { skills } = ground.extensions;
  await skills.turn({ name: "b", enabled: false });
  assert.equal(await ground.read("home/config.toml"), before + a + b + after);
  await skills.turn({ path: "/a", enabled: true });
  assert.equal(await ground.read("home/config.toml"), before + b + after);
  await skills.turn({ name: "b", enabled: true });
  assert.equal(await ground.read("home/config.toml"), before + after);
});

for (const params of [{}, { path: "/a", name: "b" }, { name: " " }]) {
  Deno.test(`skills/config/write refuses ${JSON.stringify(params)}`, async () => {
    await using ground = await createGround();
    await assert.rejects(
      ground.extensions.skills.turn({ ...params, enabled: false }),
      {
        code: -32602,
        message: "skills/config/write requires exactly one of path or name",
      },
    );
  });
}

Deno.test("skills/extraRoots/set replaces the roots of before, and tells that skills changed", async () => {
  await using ground = await createGround({
    "one/a/SKILL.md": skill("a", "x"),
    "two/b/SKILL.md": skill("b", "x"),
  });
  const { skills } = ground.extensions;
  skills.setExtraRoots([`${ground.root}/one`, `${ground.root}/none`]);
  assert.deepEqual(await list(ground), ["user a /one/a/SKILL.md"]);
  skills.setExtraRoots([`${ground.root}/two`]);
  assert.deepEqual(await list(ground), ["user b /two/b/SKILL.md"]);
  assert.deepEqual(
    ground.told.map(({ method }) => method),
    ["skills/changed", "skills/changed"],
  );
});

Deno.test("skills/changed is told when a skill comes, changes or goes, and lists are new", async () => {
  await using ground = await createGround();
  const { extensions, work, told } = ground;
  await extensions.skills.attend(work);
  const startedAt = performance.now();
  let heard = 0;
  /** Lists whenever it is told to, as clients do, until the list is that. */
  const lists = (what: string, expected: readonly string[]) =>
    until(what, async () => {
      if (told.length === heard) return false;
      heard = told.length;
      return isDeepStrictEqual(await list(ground), expected);
    });
  const path = "/work/.agents/skills/a/SKILL.md";
  await ground.write(path, skill("a", "x"));
  await lists("a skill comes", [`repo a ${path}`]);
  await ground.write(path, skill("b", "x"));
  await lists("it changes", [`repo b ${path}`]);
  await Deno.remove(`${work}/.agents`, { recursive: true });
  await lists("it goes", []);
  const seconds = (performance.now() - startedAt) / 1000;
  assert.ok(told.length <= seconds + 1, `${told.length} in ${seconds} s`);
});

Deno.test("skills/list gives a skill that two places lead to the scope of the first, the project's .agents last", async () => {
  await using ground = await createGround({
    "a/one/SKILL.md": skill("one", "x"),
    "b/two/SKILL.md": skill("two", "x"),
    "work/.agents/skills/own/SKILL.md": skill("own", "x"),
  });
  const { root, home, work } = ground;
  await Deno.mkdir(`${work}/.codex/skills`, { recursive: true });
  await Deno.mkdir(`${home}/skills`);
  for (const name of ["a", "b"]) {
    await Deno.symlink(`${root}/${name}`, `${work}/.agents/skills/${name}`);
    await Deno.symlink(`${root}/${name}`, `${home}/skills/${name}`);
  }
  await Deno.symlink(`${root}/b`, `${work}/.codex/skills/b`);
  assert.deepEqual(await list(ground), [
    "repo own /work/.agents/skills/own/SKILL.md",
    "repo two /b/two/SKILL.md",
    "user one /a/one/SKILL.md",
  ]);
});

Deno.test("skills/list finds what is switched off by whatever links lead there; both path and name mean nothing", async () => {
  await using ground = await createGround({
    "other/one/SKILL.md": skill("one", "x"),
    "home/skills/two/SKILL.md": skill("two", "x"),
    "home/skills/three/SKILL.md": skill("three", "x"),
    "home/config.toml": [
      ["path", "${ROOT}/home/skills/link/one/SKILL.md"],
      ["name", " two "],
      ["name", "three"],
    ].map(([key, value], at) =>
      `[[skills.config]]\n${key} = "${value}"\nenabled = false\n${
        at === 2 ? 'path = "${ROOT}/home/skills/three/SKILL.md"\n' : ""
      }`
    ).join(""),
  });
  const { root, home, extensions } = ground;
  await Deno.symlink(`${root}/other`, `${home}/skills/link`);
  assert.deepEqual(await list(ground), [
    "user one /other/one/SKILL.md off",
    "user three /home/skills/three/SKILL.md",
    "user two /home/skills/two/SKILL.md off",
  ]);
  const path = `${home}/skills/link/one/SKILL.md`;
  assert.equal(await extensions.skills.turn({ path, enabled: true }), true);
  assert.equal((await list(ground))[0], "user one /other/one/SKILL.md");
});

Deno.test("skills/list finds the root of a project past a name that a sandbox keeps", async () => {
  await using ground = await createGround({
    "work/.git/HEAD": "ref: refs/heads/main\n",
    "work/.agents/skills/a/SKILL.md": skill("a", "x"),
    "work/sub/file": "",
  });
  const cwd = `${ground.work}/sub`;
  const names = async () => {
    const { skills } = await ground.extensions.skills.tell(cwd, true);
    return skills.map(({ name }) => name);
  };
  await makePlaceholder(`${cwd}/.git`);
  assert.deepEqual(await names(), ["a"]);
  await Deno.chmod(`${cwd}/.git`, 0o755);
  assert.deepEqual(await names(), []);
});

Deno.test("skills/list lets no project say which skills are on", async () => {
  const off = (name: string) =>
    `[[skills.config]]\nname = "${name}"\nenabled = false\n`;
  await using ground = await createGround({
    "home/skills/a/SKILL.md": skill("a", "x"),
    "home/skills/b/SKILL.md": skill("b", "x"),
    "home/config.toml": off("a") +
      '[projects."${ROOT}/work"]\ntrust_level = "trusted"\n',
    "work/.git/HEAD": "ref: refs/heads/main\n",
    "work/.codex/config.toml": off("b"),
  });
  assert.deepEqual(await list(ground), [
    "user a /home/skills/a/SKILL.md off",
    "user b /home/skills/b/SKILL.md",
  ]);
});

for (
  const [what, text] of [
    ["a list for a text", "display_name: [a]"],
    ["a text for a table", "display_name: a\npolicy: no"],
    [
      "a text for a switch",
      'display_name: a\npolicy: {allow_implicit_invocation: "false"}',
    ],
    ["a key twice", "display_name: a\n  display_name: b"],
    ["a tool that is none", "display_name: a\ndependencies: {tools: [7]}"],
  ]
) {
  Deno.test(`skills/list takes nothing from a file for agents with ${what}`, async () => {
    await using ground = await createGround({
      "home/skills/a/SKILL.md": skill("a", "x"),
      "home/skills/a/agents/openai.yaml": `interface:\n  ${text}\n`,
    });
    const { skills } = await ground.extensions.skills.tell(ground.work, false);
    assert.deepEqual(skills.map((one) => one.interface), [undefined]);
  });
}

Deno.test("skills/list takes what is written without quotes as it is written", async () => {
  await using ground = await createGround({
    "home/skills/a/SKILL.md": skill("a", "x"),
    "home/skills/a/agents/openai.yaml":
      "interface:\n  display_name: true\n  short_description: 1.50\n",
  });
  const { skills } = await ground.extensions.skills.tell(ground.work, false);
  const { displayName, shortDescription } = skills[0]!.interface!;
  assert.deepEqual([displayName, shortDescription], ["true", "1.50"]);
});

Deno.test("skills/list is encoded as it is told, the same bytes again while nothing changes", async () => {
  await using ground = await createGround({
    "home/skills/ä/SKILL.md": skill("ä", "“x”"),
    "home/skills/bad/SKILL.md": "text",
  });
  const { skills } = ground.extensions;
  const around = { head: '{"id":1,"result":', tail: "}" };
  const text = async (...cwds: string[]) => {
    const entries = await Promise.all(
      cwds.map((cwd) => skills.tell(cwd, false)),
    );
    const said = new TextDecoder().decode(skills.encode(entries, around));
    assert.deepEqual(JSON.parse(said), { id: 1, result: { data: entries } });
    return said;
  };
  const { work, root } = ground;
  const first = await text(work);
  assert.equal(await text(work), first);
  await text(work, `${root}/"other"`);
  await text();
});
