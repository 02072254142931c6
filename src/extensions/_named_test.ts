import assert from "node:assert/strict";
import type { UserInput } from "../protocol/mod.ts";
import { findNamedPlugins, toPluginText } from "./_plugin_words.ts";
import { findNamedSkills } from "./_skill_words.ts";
import type { Skill } from "./skill.ts";

function toSkill(name: string, place = "user", enabled = true): Skill {
  return {
    told: {
      name,
      description: "x",
      path: `/${place}/${name}/SKILL.md`,
      scope: "user",
      enabled,
      pluginId: null,
    },
    root: `/${place}`,
    isImplicit: true,
  };
}

const skills = [
  toSkill("a"),
  toSkill("twice"),
  toSkill("twice", "repo"),
  toSkill("off", "user", false),
  toSkill("p:s", "plugin"),
];

function text(text: string): UserInput {
  return { type: "text", text, text_elements: [] };
}

const named: readonly [input: UserInput, paths: readonly string[]][] = [
  [text("use $a, please: $a."), ["/user/a/SKILL.md"]],
  [text("($a) and $p:s: both"), ["/user/a/SKILL.md", "/plugin/p:s/SKILL.md"]],
  [text("$A $as a $twice $off $PATH $s"), []],
  [text("$a:: is $a:b, not $:a"), ["/user/a/SKILL.md"]],
  [text("[$twice](/repo/twice/SKILL.md)"), ["/repo/twice/SKILL.md"]],
  [text("[$a](skill:///user/a/SKILL.md)"), ["/user/a/SKILL.md"]],
  [text("[a](/user/a/SKILL.md) [$a](app://a) [$a](/x)"), []],
  [{ type: "skill", name: "x", path: "/repo/twice/SKILL.md" }, [
    "/repo/twice/SKILL.md",
  ]],
  [{ type: "skill", name: "off", path: "/user/off/SKILL.md" }, []],
  [{ type: "mention", name: "a", path: "/user/a/SKILL.md" }, []],
  [{ type: "mention", name: "a", path: "skill:///user/a/SKILL.md" }, []],
];

for (const [input, paths] of named) {
  Deno.test(`findNamedSkills() in ${JSON.stringify(input)}`, () => {
    assert.deepEqual(
      findNamedSkills([input], skills).map(({ told }) => told.path),
      paths,
    );
  });
}

const plugins: readonly [input: UserInput, ids: readonly string[]][] = [
  [{ type: "mention", name: "P", path: "plugin://p@m" }, ["p@m"]],
  [{ type: "mention", name: "P", path: "app://p@m" }, []],
  [text("[@P](plugin://p@m) [@P](plugin://p@m)"), ["p@m"]],
  [text("[$P](plugin://p@m) [P](plugin://p@m) plugin://p@m @p"), []],
];

for (const [input, ids] of plugins) {
  Deno.test(`findNamedPlugins() in ${JSON.stringify(input)}`, () => {
    assert.deepEqual(findNamedPlugins([input]), ids);
  });
}

Deno.test("words that only begin like links are read once, however many they are", () => {
  const count = 300_000;
  const startedAt = performance.now();
  for (const part of ["[$", "[@", "[$a](x", "[@a](plugin://x", "$a:::"]) {
    const input = text(part.repeat(count) + ":".repeat(count) + "b");
    findNamedSkills([input], skills);
    assert.deepEqual(findNamedPlugins([input]), []);
  }
  const ms = performance.now() - startedAt;
  assert.ok(ms < 30_000, `${ms} ms`); // minutes where each is read to the end
});

Deno.test("toPluginText() says nothing of a plugin that brings nothing", () => {
  const plugin = { name: "p", displayName: "P", hasSkills: false };
  assert.equal(toPluginText({ ...plugin, mcpServers: [] }), null);
  assert.match(toPluginText({ ...plugin, mcpServers: ["s"] })!, /`P`.*`s`/s);
});
