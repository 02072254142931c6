import assert from "node:assert/strict";
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
  const heard = async (times: number) => {
    const deadline = performance.now() + 10_000;
    while (told.length < times && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(told.length, times);
  };
  await ground.write("work/.agents/skills/a/SKILL.md", skill("a", "x"));
  await heard(1);
  assert.deepEqual(await list(ground), [
    "repo a /work/.agents/skills/a/SKILL.md",
  ]);
  await ground.write("work/.agents/skills/a/SKILL.md", skill("b", "x"));
  await heard(2);
  assert.deepEqual(await list(ground), [
    "repo b /work/.agents/skills/a/SKILL.md",
  ]);
  await Deno.remove(`${work}/.agents`, { recursive: true });
  await heard(3);
  assert.deepEqual(await list(ground), []);
});
