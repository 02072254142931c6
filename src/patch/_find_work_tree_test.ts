import assert from "node:assert/strict";
import { makePlaceholder } from "../../tests/kit/placeholder.ts";
import { createTempDir } from "../../tests/kit/temp_dir.ts";
import { findWorkTree } from "./_find_work_tree.ts";

Deno.test("findWorkTree() finds the nearest one, by a directory or a file", async () => {
  await using root = await createTempDir();
  const { path } = root;
  await Deno.mkdir(`${path}/a/b/c`, { recursive: true });
  await Deno.mkdir(`${path}/.git`);
  assert.equal(await findWorkTree(`${path}/a/b/c`), path);
  await Deno.writeTextFile(`${path}/a/b/.git`, "gitdir: elsewhere\n");
  assert.equal(await findWorkTree(`${path}/a/b/c`), `${path}/a/b`);
  assert.equal(await findWorkTree(`${path}/a`), path);
});

Deno.test("findWorkTree() takes what a sandbox leaves while a command runs for none", async () => {
  await using root = await createTempDir();
  const { path } = root;
  await Deno.mkdir(`${path}/.git`);
  const below = `${path}/a/b`;
  await makePlaceholder(`${path}/a/.git`);
  assert.equal(await findWorkTree(below), path);
  await Deno.chmod(`${path}/a/.git`, 0o755);
  assert.equal(await findWorkTree(below), `${path}/a`);
});
