import assert from "node:assert/strict";
import type { ProgramRunner } from "../exec/mod.ts";
import { clone, isGitPlace, isGitUrl, toGithubUrl } from "./_git.ts";

for (
  const said of [
    "o/r",
    "o/r.git",
    "https://github.com/o/r",
    "https://github.com/o/r/",
    "https://github.com/o/r.git",
  ]
) {
  Deno.test(`toGithubUrl() of ${said}`, () => {
    assert.equal(toGithubUrl(said), "https://github.com/o/r.git");
  });
}

for (
  const said of [
    ...["", "o", "o/", "/r", "a/b/c", "../r", "o/..", "./r", "-o/r", "o/-r"],
    ...["https://example.com/o/r", "http://github.com/o/r", "o r/x", "o/r@v1"],
  ]
) {
  Deno.test(`toGithubUrl() knows no repository in ${JSON.stringify(said)}`, () => {
    assert.equal(toGithubUrl(said), undefined);
  });
}

const remote = [
  "https://h/x",
  "http://h/x",
  "ssh://git@h/x",
  "git@h:o/r.git",
];
const local = ["file:///x", "/x/y"];
const neither = [
  ...["", "-x", "--upload-pack=x", "ext::sh -c x", "https://", "ssh://-oX/y"],
  ...["https://h/a b", "file://", "x", "../x", "-u@h:x", "file:///a b"],
];

Deno.test("isGitUrl() knows repositories elsewhere, isGitPlace() those here as well", () => {
  const all = [...remote, ...local, ...neither];
  assert.deepEqual(all.filter(isGitUrl), remote);
  assert.deepEqual(all.filter(isGitPlace), [...remote, ...local]);
});

Deno.test("clone() works in no repository of whoever started the server", async () => {
  const envs: unknown[] = [];
  const programs: ProgramRunner = {
    start({ env }) {
      envs.push(env);
      throw new Error("seen");
    },
  };
  const git = { url: "/x", ref: null, sparsePaths: null };
  await assert.rejects(clone(git, "/y", { programs }), { message: "seen" });
  const [env] = envs as [Record<string, unknown>];
  const { stdout } = await new Deno.Command("git", {
    args: ["rev-parse", "--local-env-vars"],
  }).output();
  const places = new TextDecoder().decode(stdout).trim().split("\n")
    .filter((name) => /_DIR|_DIRECTORIES|_DIRECTORY|_TREE|_FILE$/.test(name));
  assert.ok(places.length > 4, places.join());
  for (const name of places) assert.equal(env[name], null, name);
});
