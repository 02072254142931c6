import assert from "node:assert/strict";
import { makePlaceholder } from "../../tests/kit/placeholder.ts";
import { IgnoreRules } from "./_ignore_rules.ts";
import { TreeWalk, type TreeWalkOptions } from "./_tree_walk.ts";

/** A tree of files by path; a value that begins with `->` is a link. */
async function createTree(
  files: Record<string, string>,
): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  for (const [name, text] of Object.entries(files)) {
    const full = `${path}/${name}`;
    const directory = full.slice(0, full.lastIndexOf("/"));
    await Deno.mkdir(directory, { recursive: true });
    if (name.endsWith("/")) continue;
    if (text.startsWith("->")) await Deno.symlink(text.slice(2), full);
    else await Deno.writeTextFile(full, text);
  }
  const dispose = () => Deno.remove(path, { recursive: true });
  return { path, [Symbol.asyncDispose]: dispose };
}

/** All that is listed, directories with a slash, sorted. */
function list(
  roots: readonly string[],
  options: Partial<TreeWalkOptions> = {},
): string[] {
  const walk = new TreeWalk({
    roots,
    bounds: { allowed: "all", denied: [] },
    excludes: undefined,
    ...options,
  });
  while (walk.step()) {
    // one directory after the other
  }
  return walk.paths.map((path, at) => {
    const kind = walk.kinds[at]!;
    const slash = kind % 2 === 1 ? "/" : "";
    return `${roots.length > 1 ? `${kind >> 1}:` : ""}${path}${slash}`;
  }).sort();
}

Deno.test("TreeWalk lists files and directories, hidden ones too, and nothing twice", async () => {
  await using tree = await createTree({
    "a.txt": "",
    ".hidden/b.txt": "",
    "empty/": "",
    "node_modules/x/c.js": "",
  });
  assert.deepEqual(list([tree.path]), [
    ".hidden/",
    ".hidden/b.txt",
    "a.txt",
    "empty/",
    "node_modules/",
    "node_modules/x/",
    "node_modules/x/c.js",
  ]);
});

Deno.test("TreeWalk lists several roots, and passes over what is no directory", async () => {
  await using tree = await createTree({ "a/x": "", "b/y": "", file: "" });
  const roots = ["a", "b", "file", "none"].map((name) =>
    `${tree.path}/${name}`
  );
  assert.deepEqual(list(roots), ["0:x", "1:y"]);
});

Deno.test("TreeWalk follows links, but not around in a circle and not to nowhere", async () => {
  await using tree = await createTree({
    "src/a.txt": "",
    "src/up": "->..",
    "src/self": "->.",
    also: "->src",
    file: "->src/a.txt",
    dangling: "->nowhere",
    circle: "->circle",
  });
  assert.deepEqual(list([tree.path]), [
    "also/",
    "also/a.txt",
    "file",
    "src/",
    "src/a.txt",
  ]);
  // From here the way up is none that leads around.
  assert.deepEqual(
    list([`${tree.path}/src`]).filter((path) => path.startsWith("up/")),
    ["up/", "up/file", "up/src/", "up/src/a.txt"],
  );
});

Deno.test("TreeWalk leaves out what a repository ignores, from its root down", async () => {
  await using tree = await createTree({
    ".gitignore": "*.log\n",
    "repo/.git/info/exclude": "secret\n",
    "repo/.gitignore": "out/\n*.tmp\n!keep.tmp\n/top\nsub/**/x\n",
    "repo/out/a": "",
    "repo/a.tmp": "",
    "repo/keep.tmp": "",
    "repo/top": "",
    "repo/secret": "",
    "repo/mine": "",
    "repo/inner.log": "",
    "repo/sub/top": "",
    "repo/sub/deep/x": "",
    "repo/sub/.gitignore": "!a.tmp\nown\n",
    "repo/sub/a.tmp": "",
    "repo/sub/own": "",
  });
  const excludes = new IgnoreRules("mine");
  const seen = (root: string) =>
    list([root], { excludes }).filter((path) => !path.includes(".git"));
  assert.deepEqual(seen(`${tree.path}/repo`), [
    "inner.log",
    "keep.tmp",
    "sub/",
    "sub/a.tmp",
    "sub/deep/",
    "sub/top",
  ]);
  // Files above a root count too; the root itself was asked for by name.
  assert.deepEqual(seen(`${tree.path}/repo/sub`), ["a.tmp", "deep/", "top"]);
  assert.deepEqual(seen(`${tree.path}/repo/out`), ["a"]);
});

/** Whether temporary directories lie in a repository, as on some machines. */
const isInRepository = await (async () => {
  const path = await Deno.realPath(await Deno.makeTempDir());
  await Deno.remove(path);
  for (let at = path; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
    if (await Deno.lstat(`${at}/.git`).then(() => true, () => false)) {
      return true;
    }
  }
  return false;
})();

Deno.test({
  name: "TreeWalk does not go by .gitignore where there is no repository" +
    (isInRepository ? " (temporary directories lie in one here)" : ""),
  ignore: isInRepository,
  async fn() {
    await using tree = await createTree({ ".gitignore": "*", "a.log": "" });
    const excludes = new IgnoreRules("*");
    assert.deepEqual(list([tree.path], { excludes }), [".gitignore", "a.log"]);
  },
});

Deno.test("TreeWalk takes no repository from a directory that only keeps that name from being used", async () => {
  await using tree = await createTree({
    "dir/.gitignore": "*.log",
    "dir/a.log": "",
  });
  const seen = () => list([`${tree.path}/dir`]).includes("a.log");
  const held = `${tree.path}/dir/.git`;
  await makePlaceholder(held);
  assert.equal(seen(), !isInRepository);
  // One that may be written is somebody's.
  await Deno.chmod(held, 0o755);
  assert.equal(seen(), false);
});

Deno.test("TreeWalk goes by .ignore files everywhere, and before those of git", async () => {
  await using tree = await createTree({
    ".ignore": "a.txt\n!b.log\n",
    "a.txt": "",
    "repo/.git/HEAD": "",
    "repo/.gitignore": "*.log\n",
    "repo/a.txt": "",
    "repo/b.log": "",
    "repo/c.log": "",
  });
  assert.deepEqual(
    list([tree.path]).filter((path) => !path.includes(".git")),
    [".ignore", "repo/", "repo/b.log"],
  );
});

Deno.test("TreeWalk stays where reading is allowed, whatever links say", async () => {
  await using tree = await createTree({
    "open/a.txt": "",
    "open/shut/b.txt": "",
    "open/out": "->../other",
    "open/in": "->shut",
    "open/file": "->../other/c.txt",
    "open/fine": "->a.txt",
    "other/c.txt": "",
  });
  const bounds = {
    allowed: [`${tree.path}/open`],
    denied: [`${tree.path}/open/shut`],
  };
  assert.deepEqual(list([`${tree.path}/open`], { bounds }), ["a.txt", "fine"]);
  assert.deepEqual(list([`${tree.path}/other`], { bounds }), []);
  assert.deepEqual(list([tree.path], { bounds }), []);
});
