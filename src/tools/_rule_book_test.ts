import assert from "node:assert/strict";
import { createTempDir } from "../../tests/kit/temp_dir.ts";
import { Config } from "../config/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { RuleBook } from "./_rule_book.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const log = silent as unknown as Logger;
const rule = (word: string, decision: string) =>
  `prefix_rule(pattern=["${word}"], decision="${decision}")\n`;

Deno.test("RuleBook reads the administrator's rules, the user's and a trusted project's", async () => {
  await using directory = await createTempDir();
  const base = directory.path;
  const project = `${base}/project`;
  const cwd = `${project}/part/deep`;
  const write = async (path: string, text: string) => {
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text);
  };
  await write(`${base}/etc/s.rules`, rule("system", "forbidden"));
  await write(`${base}/home/rules/u.rules`, rule("user", "allow"));
  await write(`${project}/.git/HEAD`, "ref: refs/heads/main\n");
  for (
    const [name, at] of Object.entries({
      root: project,
      part: `${project}/part`,
      own: cwd,
    })
  ) {
    await write(
      `${at}/.codex/rules/p.rules`,
      rule(`${name}-no`, "forbidden") + rule(`${name}-yes`, "allow"),
    );
  }
  const judge = async (
    projects: Record<string, "trusted" | "untrusted">,
    ignoresRules = false,
  ): Promise<Record<string, string | undefined>> => {
    const config = new Config({
      effective: {
        projects: Object.fromEntries(
          Object.entries(projects).map(([path, trust_level]) => [
            path,
            { trust_level },
          ]),
        ),
      },
    });
    const rules = await new RuleBook({
      home: `${base}/home`,
      systemRules: `${base}/etc`,
      config,
      ignoresRules,
      log,
    }).read(cwd);
    const words = ["system", "user"].concat(
      ["root", "part", "own"].flatMap((one) => [`${one}-no`, `${one}-yes`]),
    );
    return Object.fromEntries(
      words.map((word) => [word, rules.judge([word])?.decision])
        .filter(([, decision]) => decision !== undefined),
    );
  };
  const common = { system: "forbidden", user: "allow" };
  assert.deepEqual(await judge({ [project]: "trusted" }, true), {
    system: "forbidden",
  });
  assert.deepEqual(await judge({}), common);
  assert.deepEqual(await judge({ [project]: "untrusted" }), common);
  assert.deepEqual(await judge({ [base]: "trusted" }), common);
  assert.deepEqual(await judge({ [cwd]: "trusted" }), {
    ...common,
    "own-no": "forbidden",
    "own-yes": "allow",
  });
  assert.deepEqual(await judge({ [project]: "trusted" }), {
    ...common,
    "root-no": "forbidden",
    "part-no": "forbidden",
    "own-no": "forbidden",
    "own-yes": "allow",
  });
  assert.deepEqual(await judge({ [project]: "trusted", [cwd]: "untrusted" }), {
    ...common,
    "root-no": "forbidden",
    "part-no": "forbidden",
  });
});
