import assert from "node:assert/strict";
import { resolveHome, toStateDirectory } from "./home.ts";

function env(variables: Record<string, string>) {
  return { get: (name: string) => variables[name] };
}

Deno.test("resolveHome() takes CODEX_HOME and resolves links", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  await Deno.mkdir(`${root}/real`);
  await Deno.symlink("real", `${root}/link`);
  assert.equal(
    resolveHome(env({ CODEX_HOME: `${root}/link`, HOME: "/x" })),
    `${root}/real`,
  );
  await Deno.remove(root, { recursive: true });
});

Deno.test("resolveHome() refuses a CODEX_HOME that is missing or a file", async () => {
  const file = await Deno.makeTempFile();
  assert.throws(() => resolveHome(env({ CODEX_HOME: file })), {
    name: "NotADirectory",
    message: `CODEX_HOME points to "${file}", but that path is not a directory`,
  });
  await Deno.remove(file);
  assert.throws(() => resolveHome(env({ CODEX_HOME: file })), {
    name: "NotFound",
    message: `CODEX_HOME points to "${file}", but that path does not exist`,
  });
});

Deno.test("resolveHome() creates .codex in the user's home, for the user alone", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  const home = resolveHome(env({ CODEX_HOME: "", HOME: root }));
  assert.equal(home, `${root}/.codex`);
  assert.equal((await Deno.stat(home)).mode! & 0o777, 0o700);
  assert.equal(resolveHome(env({ HOME: root })), home);
  await Deno.remove(root, { recursive: true });
  assert.throws(() => resolveHome(env({})), Deno.errors.NotFound);
});

Deno.test("toStateDirectory() stays below the home", () => {
  assert.equal(toStateDirectory("/h"), "/h/gangway");
});
