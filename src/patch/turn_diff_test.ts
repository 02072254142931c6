import assert from "node:assert/strict";
import { Access } from "../access/mod.ts";
import {
  applyPlan,
  DiskFiles,
  parsePatch,
  planPatch,
  TurnDiff,
} from "./mod.ts";

/** Bodies of the patches of a turn, and the diff of it. */
const known: readonly (readonly [
  name: string,
  bodies: readonly string[],
  diff: string,
])[] = [
  ["addDel", ["*** Add File: n\n+x", "*** Delete File: n"], ""],
  [
    "delAdd",
    ["*** Delete File: f", "*** Add File: f\n+x"],
    "diff --git a/f b/f\nindex 78981922613b2afb6025042ff6bd878ac1994e85..587be6b4c3f93f93c489c0111bba5596147a26cb\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+x\n",
  ],
  [
    "addUpd",
    ["*** Add File: n\n+x", "*** Update File: n\n@@\n-x\n+y"],
    "diff --git a/n b/n\nnew file mode 100644\nindex 0000000000000000000000000000000000000000..975fbec8256d3e8a3797e7a3611380f27c49f4ac\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+y\n",
  ],
  [
    "addMove",
    ["*** Add File: n\n+x", "*** Update File: n\n*** Move to: m\n@@\n-x\n+y"],
    "diff --git a/m b/m\nnew file mode 100644\nindex 0000000000000000000000000000000000000000..975fbec8256d3e8a3797e7a3611380f27c49f4ac\n--- /dev/null\n+++ b/m\n@@ -0,0 +1 @@\n+y\n",
  ],
  ["mvBack", [
    "*** Update File: f\n*** Move to: g\n@@\n-a\n+b",
    "*** Update File: g\n*** Move to: f\n@@\n-b\n+a",
  ], ""],
  [
    "mvMv",
    [
      "*** Update File: f\n*** Move to: g\n@@\n-a\n+b",
      "*** Update File: g\n*** Move to: h\n@@\n-b\n+c",
    ],
    "diff --git a/f b/h\nindex 78981922613b2afb6025042ff6bd878ac1994e85..f2ad6c76f0115a6ba5b00456a849810e7ec0af20\n--- a/f\n+++ b/h\n@@ -1 +1 @@\n-a\n+c\n",
  ],
  [
    "mvAdd",
    ["*** Update File: f\n*** Move to: g\n@@\n-a\n+b", "*** Add File: f\n+zz"],
    "diff --git a/f b/f\nindex 78981922613b2afb6025042ff6bd878ac1994e85..d7f758cf571d30112a2690ffd7083c860afc9b02\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+zz\ndiff --git a/g b/g\nnew file mode 100644\nindex 0000000000000000000000000000000000000000..61780798228d17af2d34fce4cfbdf35556832472\n--- /dev/null\n+++ b/g\n@@ -0,0 +1 @@\n+b\n",
  ],
  [
    "mvDel",
    ["*** Update File: f\n*** Move to: g\n@@\n-a\n+b", "*** Delete File: g"],
    "diff --git a/f b/f\ndeleted file mode 100644\nindex 78981922613b2afb6025042ff6bd878ac1994e85..0000000000000000000000000000000000000000\n--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n",
  ],
  ["updBack", [
    "*** Update File: f\n@@\n-a\n+b",
    "*** Update File: f\n@@\n-b\n+a",
  ], ""],
  [
    "updUpd",
    ["*** Update File: f\n@@\n-a\n+b", "*** Update File: f\n@@\n-b\n+c"],
    "diff --git a/f b/f\nindex 78981922613b2afb6025042ff6bd878ac1994e85..f2ad6c76f0115a6ba5b00456a849810e7ec0af20\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+c\n",
  ],
  [
    "mvExist",
    ["*** Update File: f\n*** Move to: o\n@@\n-a\n+b"],
    "diff --git a/f b/f\ndeleted file mode 100644\nindex 78981922613b2afb6025042ff6bd878ac1994e85..0000000000000000000000000000000000000000\n--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\ndiff --git a/o b/o\nindex 13e7564ea0c889e81bcba6f8e496b2a74cdb32fa..61780798228d17af2d34fce4cfbdf35556832472\n--- a/o\n+++ b/o\n@@ -1 +1 @@\n-o\n+b\n",
  ],
  [
    "mvSub",
    ["*** Update File: f\n*** Move to: s/t/g\n@@\n-a\n+b"],
    "diff --git a/f b/s/t/g\nindex 78981922613b2afb6025042ff6bd878ac1994e85..61780798228d17af2d34fce4cfbdf35556832472\n--- a/f\n+++ b/s/t/g\n@@ -1 +1 @@\n-a\n+b\n",
  ],
  [
    "mode",
    ["*** Update File: x.sh\n@@\n-t\n+T", "*** Add File: y\n+1"],
    "diff --git a/x.sh b/x.sh\nindex 718f4d2ff533cf8ead8d3556cf43912bd245fbc4..62a6e3c9dfcb5f2a009cb85d9562145c1ea803a1\n--- a/x.sh\n+++ b/x.sh\n@@ -1 +1 @@\n-t\n+T\ndiff --git a/y b/y\nnew file mode 100644\nindex 0000000000000000000000000000000000000000..d00491fd7e5bb6fa28c517a0bb32b8b506539d4d\n--- /dev/null\n+++ b/y\n@@ -0,0 +1 @@\n+1\n",
  ],
  [
    "modeDel",
    ["*** Delete File: x.sh"],
    "diff --git a/x.sh b/x.sh\ndeleted file mode 100644\nindex 718f4d2ff533cf8ead8d3556cf43912bd245fbc4..0000000000000000000000000000000000000000\n--- a/x.sh\n+++ /dev/null\n@@ -1 +0,0 @@\n-t\n",
  ],
  [
    "modeMv",
    ["*** Update File: x.sh\n*** Move to: y.sh\n@@\n-t\n+T"],
    "diff --git a/x.sh b/y.sh\nindex 718f4d2ff533cf8ead8d3556cf43912bd245fbc4..62a6e3c9dfcb5f2a009cb85d9562145c1ea803a1\n--- a/x.sh\n+++ b/y.sh\n@@ -1 +1 @@\n-t\n+T\n",
  ],
  [
    "modeAddOver",
    ["*** Add File: x.sh\n+q"],
    "diff --git a/x.sh b/x.sh\nindex 718f4d2ff533cf8ead8d3556cf43912bd245fbc4..bca70f35318f31dd1d1d1d2d2e64c19b880899ff\n--- a/x.sh\n+++ b/x.sh\n@@ -1 +1 @@\n-t\n+q\n",
  ],
  [
    "nonl",
    ["*** Update File: nn\n@@\n-b\n+c"],
    "diff --git a/nn b/nn\nindex 0a207c060e61f3b88eaee0a8cd0696f46fb155eb..0f7bc766052a5a0ee28a393d51d2370f96d8ceb8\n--- a/nn\n+++ b/nn\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n",
  ],
  [
    "addOver",
    ["*** Add File: f\n+q"],
    "diff --git a/f b/f\nindex 78981922613b2afb6025042ff6bd878ac1994e85..bca70f35318f31dd1d1d1d2d2e64c19b880899ff\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+q\n",
  ],
  [
    "uni",
    ["*** Add File: ü ñ.txt\n+q"],
    "diff --git a/ü ñ.txt b/ü ñ.txt\nnew file mode 100644\nindex 0000000000000000000000000000000000000000..bca70f35318f31dd1d1d1d2d2e64c19b880899ff\n--- /dev/null\n+++ b/ü ñ.txt\n@@ -0,0 +1 @@\n+q\n",
  ],
  [
    "sort",
    [
      "*** Add File: z\n+1",
      "*** Add File: B\n+2",
      "*** Add File: a.b\n+3",
      "*** Add File: a/b\n+4",
      "*** Delete File: f",
    ],
    "diff --git a/B b/B\nnew file mode 100644\nindex 0000000000000000000000000000000000000000..0cfbf08886fca9a91cb753ec8734c84fcbe52c9f\n--- /dev/null\n+++ b/B\n@@ -0,0 +1 @@\n+2\ndiff --git a/a.b b/a.b\nnew file mode 100644\nindex 0000000000000000000000000000000000000000..00750edc07d6415dcc07ae0351e9397b0222b7ba\n--- /dev/null\n+++ b/a.b\n@@ -0,0 +1 @@\n+3\ndiff --git a/a/b b/a/b\nnew file mode 100644\nindex 0000000000000000000000000000000000000000..b8626c4cff2849624fb67f87cd0ad72b163671ad\n--- /dev/null\n+++ b/a/b\n@@ -0,0 +1 @@\n+4\ndiff --git a/f b/f\ndeleted file mode 100644\nindex 78981922613b2afb6025042ff6bd878ac1994e85..0000000000000000000000000000000000000000\n--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\ndiff --git a/z b/z\nnew file mode 100644\nindex 0000000000000000000000000000000000000000..d00491fd7e5bb6fa28c517a0bb32b8b506539d4d\n--- /dev/null\n+++ b/z\n@@ -0,0 +1 @@\n+1\n",
  ],
  [
    "empty",
    ["*** Add File: n\n+"],
    "diff --git a/n b/n\nnew file mode 100644\nindex 0000000000000000000000000000000000000000..8b137891791fe96927ad78e64b0aad7bded08bdc\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+\n",
  ],
  [
    "emptyReal",
    ["*** Add File: n"],
    "diff --git a/n b/n\nnew file mode 100644\nindex 0000000000000000000000000000000000000000..e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\n",
  ],
  [
    "updEmpty",
    ["*** Update File: f\n@@\n-a"],
    "diff --git a/f b/f\nindex 78981922613b2afb6025042ff6bd878ac1994e85..e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\n--- a/f\n+++ b/f\n@@ -1 +0,0 @@\n-a\n",
  ],
  [
    "delEmpty",
    ["*** Delete File: em"],
    "diff --git a/em b/em\ndeleted file mode 100644\nindex e69de29bb2d1d6434b8b29ae775ad8c2e48c5391..0000000000000000000000000000000000000000\n",
  ],
  ["noop", ["*** Update File: f\n@@\n a"], ""],
  [
    "crlf",
    ["*** Update File: cr\n@@\n-b\n+B"],
    "diff --git a/cr b/cr\nindex 85baf9b51b5a2c7e9e29fb8bbe7e22dabcfd2862..d5a6cc6abcf2268e05671de39c071470e30d5228\n--- a/cr\n+++ b/cr\n@@ -1,3 +1,3 @@\n a\r\n-b\r\n-c\n\\ No newline at end of file\n+B\r\n+c\r\n",
  ],
  [
    "cronly",
    ["*** Update File: co\n@@\n-b\n+B"],
    "diff --git a/co b/co\nindex 4f37eb710be07a0bc022833d7fcef343a9f4eac8..bccb1345fdedae08ad2e824bdfd54abcdb97a7b5\n--- a/co\n+++ b/co\n@@ -1,3 +1,3 @@\n a\r-b\r-c\n\\ No newline at end of file\n+B\r+c\r\n",
  ],
  [
    "same",
    ["*** Add File: n\n+1", "*** Add File: n\n+1"],
    "diff --git a/n b/n\nnew file mode 100644\nindex 0000000000000000000000000000000000000000..d00491fd7e5bb6fa28c517a0bb32b8b506539d4d\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+1\n",
  ],
  [
    "copyish",
    ["*** Delete File: f\n*** Add File: g\n+a"],
    "diff --git a/f b/f\ndeleted file mode 100644\nindex 78981922613b2afb6025042ff6bd878ac1994e85..0000000000000000000000000000000000000000\n--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\ndiff --git a/g b/g\nnew file mode 100644\nindex 0000000000000000000000000000000000000000..78981922613b2afb6025042ff6bd878ac1994e85\n--- /dev/null\n+++ b/g\n@@ -0,0 +1 @@\n+a\n",
  ],
  [
    "ctl",
    ["*** Add File: n\n+a\u001bb\u0007"],
    "diff --git a/n b/n\nnew file mode 100644\nindex 0000000000000000000000000000000000000000..5efafe3376c47e177b50b053a582d74ad2348f96\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+a\u001bb\u0007\n",
  ],
];

const tree: Readonly<Record<string, string>> = {
  f: "a\n",
  "x.sh": "t\n",
  nn: "a\nb",
  o: "o\n",
  em: "",
  cr: "a\r\nb\r\nc",
  co: "a\rb\rc",
};

for (const [name, bodies, diff] of known) {
  Deno.test(`TurnDiff tells ${name}`, async () => {
    const cwd = await Deno.makeTempDir();
    try {
      // Whatever lies above, paths start here.
      await Deno.mkdir(`${cwd}/.git`);
      for (const [path, content] of Object.entries(tree)) {
        await Deno.writeTextFile(`${cwd}/${path}`, content);
      }
      assert.equal(await play(cwd, bodies), diff);
    } finally {
      await Deno.remove(cwd, { recursive: true });
    }
  });
}

async function play(cwd: string, bodies: readonly string[]): Promise<string> {
  const files = new DiskFiles(await Access.create({}));
  const turn = new TurnDiff({ cwd });
  for (const body of bodies) {
    const patch = parsePatch(`*** Begin Patch\n${body}\n*** End Patch`);
    const plan = await planPatch(patch, { cwd, files });
    const { applied, isSuccess } = await applyPlan(plan, { files });
    assert.ok(isSuccess);
    turn.record(applied);
  }
  return await turn.toText();
}

Deno.test("TurnDiff agrees with git about the ids of blobs", async () => {
  const turn = new TurnDiff({ cwd: "/w" });
  turn.record([{
    path: "/w/hello",
    movedTo: undefined,
    before: undefined,
    after: "hello world\n",
    replaced: undefined,
  }]);
  // The id that `git hash-object` prints for this content.
  assert.match(
    await turn.toText(),
    /^index 0{40}\.\.3b18e512dba79e4c8300dd08aeb37f8e728b8dad$/m,
  );
});

Deno.test("TurnDiff names binary and very long files without comparing them", async () => {
  const turn = new TurnDiff({ cwd: "/w" });
  const change = { movedTo: undefined, replaced: undefined };
  turn.record([
    { ...change, path: "/w/b", before: new Uint8Array([255]), after: "b\n" },
    { ...change, path: "/w/l", before: "", after: "x\n".repeat(3_000_000) },
  ]);
  const text = await turn.toText();
  assert.ok(text.includes("\nBinary files a/b and b/b differ\n"));
  assert.ok(text.endsWith("\nBinary files a/l and b/l differ\n"));
  assert.ok(text.length < 1000);
});

Deno.test("TurnDiff shows paths outside of its directory as they are", async () => {
  const turn = new TurnDiff({ cwd: "/w" });
  turn.record([{
    path: "/wide/f",
    movedTo: undefined,
    before: "",
    after: undefined,
    replaced: undefined,
  }]);
  assert.match(await turn.toText(), /^diff --git a\/\/wide\/f b\/\/wide\/f\n/);
});

Deno.test("TurnDiff tells a file that only moved", async () => {
  const turn = new TurnDiff({ cwd: "/w" });
  turn.record([{
    path: "/w/f",
    movedTo: "/w/g",
    before: "a\n",
    after: "a\n",
    replaced: undefined,
  }]);
  assert.equal(
    await turn.toText(),
    "diff --git a/f b/g\nsimilarity index 100%\nrename from f\nrename to g\n",
  );
});

Deno.test("TurnDiff starts paths at the work tree of git", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/.git`);
    await Deno.mkdir(`${root}/w`);
    assert.match(
      await play(`${root}/w`, ["*** Add File: q\n+1"]),
      /^diff --git a\/w\/q b\/w\/q\n/,
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
