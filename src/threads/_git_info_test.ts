import assert from "node:assert/strict";
import { createTempDir } from "../../tests/kit/temp_dir.ts";
import { readGitInfo } from "./_git_info.ts";

const SHA = "0123456789abcdef0123456789abcdef01234567";
const OTHER = "f".repeat(40);

async function write(path: string, files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    const whole = `${path}/${name}`;
    await Deno.mkdir(whole.slice(0, whole.lastIndexOf("/")), {
      recursive: true,
    });
    await Deno.writeTextFile(whole, text);
  }
}

Deno.test("readGitInfo reads branch, commit and origin, from anywhere below", async () => {
  await using dir = await createTempDir();
  await write(dir.path, {
    ".git/HEAD": "ref: refs/heads/a/b\n",
    ".git/refs/heads/a/b": `${SHA}\n`,
    ".git/config":
      '[core]\n\turl = no\n[remote "up"]\n\turl = no\n[remote "origin"]\n\turl = https://me:secret@host/r.git\n\tfetch = x\n',
    "sub/deep/file": "",
  });

  assert.deepEqual(await readGitInfo(`${dir.path}/sub/deep`), {
    sha: SHA,
    branch: "a/b",
    originUrl: "https://host/r.git",
  });
});

Deno.test("readGitInfo reads packed references, work trees and detached heads", async () => {
  await using dir = await createTempDir();
  await write(dir.path, {
    "main/.git/HEAD": "ref: refs/heads/main\n",
    "main/.git/packed-refs":
      `# pack-refs with: peeled\n${OTHER} refs/heads/main2\n${SHA} refs/heads/main\n`,
    "main/.git/worktrees/t/HEAD": `${OTHER}\n`,
    "main/.git/worktrees/t/commondir": "../..\n",
    "tree/.git": "gitdir: ../main/.git/worktrees/t\n",
    "new/.git/HEAD": "ref: refs/heads/main\n",
  });

  assert.deepEqual(await readGitInfo(`${dir.path}/main`), {
    sha: SHA,
    branch: "main",
    originUrl: null,
  });
  assert.deepEqual(await readGitInfo(`${dir.path}/tree`), {
    sha: OTHER,
    branch: null,
    originUrl: null,
  });
  assert.deepEqual(await readGitInfo(`${dir.path}/new`), {
    sha: null,
    branch: "main",
    originUrl: null,
  });
});

Deno.test("readGitInfo reads nothing that is no repository, leads out of it or must not be read", async () => {
  await using dir = await createTempDir();
  await write(dir.path, {
    "empty/x": "",
    "odd/.git/HEAD": "ref: ../../secret\n",
    "secret": SHA,
    "shut/.git/HEAD": "ref: refs/heads/main\n",
  });

  assert.equal(await readGitInfo(`${dir.path}/empty`), null);
  assert.deepEqual(await readGitInfo(`${dir.path}/odd`), {
    sha: null,
    branch: null,
    originUrl: null,
  });
  const refuse = () => Promise.reject(new Error("refused"));
  assert.equal(await readGitInfo(`${dir.path}/shut`, refuse), null);
});
