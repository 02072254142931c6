import assert from "node:assert/strict";
import { normalize, realWithin, resolveWithin } from "./_paths.ts";

const outside = [
  "",
  ".",
  "./",
  "./.",
  "..",
  "../a",
  "./..",
  "./../a",
  "./a/../..",
  "./a/../../b",
  "./a/../b",
  "/etc/passwd",
  "a/b",
  "~/a",
  "./a\0b",
  "\\\\server\\share",
  "C:\\a",
];

for (const path of outside) {
  Deno.test(`resolveWithin() refuses ${JSON.stringify(path)}`, () => {
    assert.equal(resolveWithin("/root", path), undefined);
  });
}

Deno.test("resolveWithin() takes what begins with ./ and stays within", () => {
  assert.equal(resolveWithin("/root", "./a"), "/root/a");
  assert.equal(resolveWithin("/root", "./a//./b/"), "/root/a/b");
  assert.equal(resolveWithin("/root", "./..a/b.."), "/root/..a/b..");
});

Deno.test("normalize() leaves nothing to be resolved", () => {
  assert.equal(normalize("/a/./b//c/../d/"), "/a/b/d");
  assert.equal(normalize("/../.."), "/");
});

Deno.test("realWithin() follows links, but not out of the directory", async () => {
  const home = await Deno.realPath(await Deno.makeTempDir());
  try {
    const root = `${home}/root`;
    await Deno.mkdir(`${root}/inner`, { recursive: true });
    await Deno.mkdir(`${home}/root-beside`);
    await Deno.writeTextFile(`${home}/secret`, "");
    await Deno.writeTextFile(`${root}/inner/file`, "");
    await Deno.symlink("inner", `${root}/good`);
    await Deno.symlink("../root-beside", `${root}/beside`);
    await Deno.symlink(`${home}/secret`, `${root}/secret`);
    await Deno.symlink("..", `${root}/up`);
    await Deno.symlink("loop", `${root}/loop`);
    const real = (path: string) => realWithin(`${root}/${path}`, root);
    assert.equal(await real("inner/file"), `${root}/inner/file`);
    assert.equal(await real("good/file"), `${root}/inner/file`);
    for (
      const path of ["beside", "secret", "up", "up/secret", "loop", "none"]
    ) {
      assert.equal(await real(path), undefined, path);
    }
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
