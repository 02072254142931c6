import assert from "node:assert/strict";
import { until } from "../../tests/kit/until.ts";
import fc from "fast-check";
import { Access } from "../access/mod.ts";
import {
  applyPlan,
  DiskFiles,
  EmptyPatchError,
  parsePatch,
  PatchError,
  type PatchFiles,
  type PatchPlan,
  planPatch,
} from "./mod.ts";

/** A directory of its own, and what patches do to it. */
class Playground implements AsyncDisposable {
  readonly cwd: string;
  readonly files: DiskFiles;

  private constructor(cwd: string, files: DiskFiles) {
    this.cwd = cwd;
    this.files = files;
  }

  static async create(
    tree: Readonly<Record<string, string | Uint8Array>> = {},
    allowWrite?: (cwd: string) => string[],
  ): Promise<Playground> {
    const cwd = await Deno.realPath(await Deno.makeTempDir());
    for (const [path, content] of Object.entries(tree)) {
      const parent = path.split("/").slice(0, -1).join("/");
      await Deno.mkdir(`${cwd}/${parent}`, { recursive: true });
      if (typeof content === "string") {
        await Deno.writeTextFile(`${cwd}/${path}`, content);
      } else await Deno.writeFile(`${cwd}/${path}`, content);
    }
    const access = await Access.create(
      allowWrite === undefined ? {} : { allowWrite: allowWrite(cwd) },
    );
    return new Playground(cwd, new DiskFiles(access));
  }

  async plan(
    body: string,
    isWritable?: (place: string) => boolean,
  ): Promise<PatchPlan> {
    const patch = parsePatch(`*** Begin Patch\n${body}\n*** End Patch`);
    const { cwd, files } = this;
    return await planPatch(
      patch,
      isWritable === undefined ? { cwd, files } : { cwd, files, isWritable },
    );
  }

  /** Every path with what it is: content, or where it links to. */
  async tree(directory = this.cwd): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for await (
      const { name, isDirectory, isSymlink } of Deno.readDir(directory)
    ) {
      const path = `${directory}/${name}`;
      if (isDirectory) Object.assign(found, await this.tree(path));
      else {
        found[path.slice(this.cwd.length + 1)] = isSymlink
          ? `-> ${await Deno.readLink(path)}`
          : await Deno.readTextFile(path);
      }
    }
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.cwd, { recursive: true });
  }
}

Deno.test("applyPlan() adds, changes, moves and deletes, and says so", async () => {
  await using ground = await Playground.create({
    up: "a\nb\n",
    mv: "m\n",
    del: "d",
  });
  const { cwd, files } = ground;
  const plan = await ground.plan(
    "*** Update File: up\n@@\n-a\n+A\n*** Add File: z/new\n+n\n" +
      "*** Delete File: del\n*** Update File: mv\n*** Move to: s/mv2\n@@\n-m\n+M",
  );
  assert.deepEqual(plan.changes, [
    { path: `${cwd}/del`, kind: { type: "delete" }, diff: "d" },
    {
      path: `${cwd}/mv`,
      kind: { type: "update", move_path: `${cwd}/s/mv2` },
      diff: `@@ -1 +1 @@\n-m\n+M\n\n\nMoved to: ${cwd}/s/mv2`,
    },
    {
      path: `${cwd}/up`,
      kind: { type: "update", move_path: null },
      diff: "@@ -1,2 +1,2 @@\n-a\n+A\n b\n",
    },
    { path: `${cwd}/z/new`, kind: { type: "add" }, diff: "n\n" },
  ]);
  const outcome = await applyPlan(plan, { files });
  assert.deepEqual(outcome, {
    isSuccess: true,
    stdout: "Success. Updated the following files:\nA z/new\nM up\nM s/mv2\n" +
      "D del\n",
    stderr: "",
    applied: [
      {
        path: `${cwd}/up`,
        movedTo: undefined,
        before: "a\nb\n",
        after: "A\nb\n",
        replaced: undefined,
      },
      {
        path: `${cwd}/z/new`,
        movedTo: undefined,
        before: undefined,
        after: "n\n",
        replaced: undefined,
      },
      {
        path: `${cwd}/del`,
        movedTo: undefined,
        before: "d",
        after: undefined,
        replaced: undefined,
      },
      {
        path: `${cwd}/mv`,
        movedTo: `${cwd}/s/mv2`,
        before: "m\n",
        after: "M\n",
        replaced: undefined,
      },
    ],
  });
  assert.deepEqual(await ground.tree(), {
    up: "A\nb\n",
    "z/new": "n\n",
    "s/mv2": "M\n",
  });
});

const unfit: Readonly<Record<string, [body: string, reason: string]>> = {
  "a missing file to change": [
    "*** Update File: no\n@@\n-a\n+b",
    "Failed to read file to update $/no: No such file or directory (os error 2)",
  ],
  "a missing file to delete": [
    "*** Delete File: no",
    "Failed to read $/no: No such file or directory (os error 2)",
  ],
  "a directory to change": [
    "*** Update File: d\n@@\n-a\n+b",
    "Failed to read file to update $/d: path `$/d` is not a file",
  ],
  "a directory to delete": [
    "*** Delete File: d",
    "Failed to read $/d: path `$/d` is not a file",
  ],
  "a directory to replace": [
    "*** Add File: d\n+x",
    "Failed to write file $/d: path `$/d` is not a file",
  ],
  "a directory to move to": [
    "*** Update File: f\n*** Move to: d\n@@\n-a\n+b",
    "Failed to write file $/d: path `$/d` is not a file",
  ],
  "a file as a directory": [
    "*** Add File: f/x\n+x",
    "Failed to write file $/f/x: Not a directory (os error 20)",
  ],
  "bytes that are no text": [
    "*** Update File: bin\n@@\n-a\n+b",
    "Failed to read file to update $/bin: invalid utf-8 sequence",
  ],
  "lines that are not there": [
    "*** Add File: new\n+x\n*** Update File: f\n@@\n-z\n+b",
    "Failed to find expected lines in $/f:\nz",
  ],
  "one file twice": [
    "*** Update File: f\n@@\n-a\n+b\n*** Delete File: ./d/../f",
    "invalid patch: multiple operations target $/f",
  ],
  "one file under two names": [
    "*** Update File: f\n@@\n-a\n+b\n*** Update File: link\n@@\n-a\n+c",
    "invalid patch: multiple operations target $/f",
  ],
  "one target of two moves": [
    "*** Update File: f\n*** Move to: t\n@@\n-a\n+b\n*** Add File: t\n+x",
    "invalid patch: multiple operations target $/t",
  ],
  "a loop of links": [
    "*** Update File: loop\n@@\n-a\n+b",
    "Failed to read file to update $/loop: " +
    "Too many levels of symbolic links (os error 40)",
  ],
};

for (const [name, [body, reason]] of Object.entries(unfit)) {
  Deno.test(`planPatch() refuses ${name} and writes nothing`, async () => {
    await using ground = await Playground.create({
      f: "a\n",
      "d/x": "x",
      bin: new Uint8Array([0xff]),
    });
    await Deno.symlink("f", `${ground.cwd}/link`);
    await Deno.symlink("loop", `${ground.cwd}/loop`);
    const before = await ground.tree();
    await assert.rejects(ground.plan(body), (error) => {
      assert.ok(error instanceof PatchError);
      assert.equal(error.message.replaceAll(ground.cwd, "$"), reason);
      return true;
    });
    assert.deepEqual(await ground.tree(), before);
  });
}

Deno.test("planPatch() refuses a patch of no operations", async () => {
  await using ground = await Playground.create();
  const { cwd, files } = ground;
  const patch = parsePatch("*** Begin Patch\n*** End Patch");
  await assert.rejects(planPatch(patch, { cwd, files }), (error) => {
    assert.ok(error instanceof EmptyPatchError);
    assert.equal(error.answer, "patch rejected: empty patch");
    return true;
  });
});

Deno.test("planPatch() keeps a file that moves to where it is", async () => {
  await using ground = await Playground.create({ f: "a\n" });
  const plan = await ground.plan(
    "*** Update File: f\n*** Move to: ./f\n@@\n-a\n+b",
  );
  await applyPlan(plan, ground);
  assert.deepEqual(await ground.tree(), { f: "b\n" });
});

Deno.test("planPatch() never writes", async () => {
  const names = fc.constantFrom("f", "g", "d/x", "n", "d", "link");
  const operation = fc.oneof(
    names.map((name) => `*** Add File: ${name}\n+x`),
    names.map((name) => `*** Delete File: ${name}`),
    names.map((name) => `*** Update File: ${name}\n@@\n-a\n+b`),
    fc.tuple(names, names).map(([from, to]) =>
      `*** Update File: ${from}\n*** Move to: ${to}\n@@\n-a\n+b`
    ),
  );
  await using ground = await Playground.create({
    f: "a\n",
    g: "a\n",
    "d/x": "a\n",
  });
  await Deno.symlink("f", `${ground.cwd}/link`);
  const before = await ground.tree();
  await fc.assert(
    fc.asyncProperty(
      fc.array(operation, { minLength: 1, maxLength: 3 }),
      async (operations) => {
        await ground.plan(operations.join("\n")).catch((error) =>
          assert.ok(error instanceof PatchError)
        );
        assert.deepEqual(await ground.tree(), before);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("planPatch() says which places are writable, by where links lead", async () => {
  await using ground = await Playground.create({
    "in/f": "a\n",
    "out/g": "a\n",
    "out/h": "a\n",
  });
  const { cwd } = ground;
  await Deno.symlink(`${cwd}/out`, `${cwd}/in/door`);
  await Deno.symlink(`${cwd}/out/h`, `${cwd}/in/h`);
  await Deno.symlink(`${cwd}/out/nothing`, `${cwd}/in/dangling`);
  const inside = (place: string) => place.startsWith(`${cwd}/in/`);
  const verdicts: [body: string, isWritable: boolean][] = [
    ["*** Update File: in/f\n@@\n-a\n+b", true],
    ["*** Add File: in/new/x\n+b", true],
    ["*** Update File: out/g\n@@\n-a\n+b", false],
    ["*** Update File: in/../out/g\n@@\n-a\n+b", false],
    ["*** Update File: in/door/g\n@@\n-a\n+b", false],
    ["*** Add File: in/door/new\n+b", false],
    ["*** Update File: in/h\n@@\n-a\n+b", false],
    ["*** Add File: in/dangling\n+b", false],
    // Taking a link away leaves alone what it leads to.
    ["*** Delete File: in/h", true],
    ["*** Delete File: in/door/g", false],
    ["*** Update File: in/f\n*** Move to: out/f\n@@\n-a\n+b", false],
    ["*** Update File: out/g\n*** Move to: in/g\n@@\n-a\n+b", false],
  ];
  for (const [body, isWritable] of verdicts) {
    const plan = await ground.plan(body, inside);
    assert.equal(plan.isWritable, isWritable, body);
  }
});

Deno.test("applyPlan() keeps the mode of a file, moved or not", async () => {
  await using ground = await Playground.create({ a: "a\n", b: "a\n" });
  await Deno.chmod(`${ground.cwd}/a`, 0o750);
  await Deno.chmod(`${ground.cwd}/b`, 0o755);
  await applyPlan(
    await ground.plan(
      "*** Update File: a\n@@\n-a\n+b\n*** Update File: b\n*** Move to: c\n" +
        "@@\n-a\n+b",
    ),
    ground,
  );
  const modeOf = async (name: string) =>
    ((await Deno.stat(`${ground.cwd}/${name}`)).mode ?? 0) & 0o777;
  assert.deepEqual([await modeOf("a"), await modeOf("c")], [0o750, 0o755]);
});

Deno.test("applyPlan() writes through a link and keeps it", async () => {
  await using ground = await Playground.create({ "d/f": "a\n" });
  await Deno.symlink("d/f", `${ground.cwd}/link`);
  await applyPlan(
    await ground.plan("*** Update File: link\n@@\n-a\n+b"),
    ground,
  );
  assert.deepEqual(await ground.tree(), { "d/f": "b\n", link: "-> d/f" });
});

Deno.test("applyPlan() keeps the other names of a file", async () => {
  await using ground = await Playground.create({ f: "a\nlonger\n" });
  await Deno.link(`${ground.cwd}/f`, `${ground.cwd}/g`);
  await applyPlan(await ground.plan("*** Update File: f\n@@\n-longer"), ground);
  assert.deepEqual(await ground.tree(), { f: "a\n", g: "a\n" });
});

Deno.test("applyPlan() refuses a file that changed since the plan", async () => {
  await using ground = await Playground.create({ f: "a\n", g: "a\n" });
  const { cwd } = ground;
  const plan = await ground.plan(
    "*** Add File: new\n+x\n*** Update File: f\n@@\n-a\n+b\n" +
      "*** Update File: g\n@@\n-a\n+b",
  );
  await Deno.writeTextFile(`${cwd}/f`, "changed\n");
  const outcome = await applyPlan(plan, ground);
  assert.deepEqual(
    [outcome.isSuccess, outcome.stdout, outcome.stderr],
    [
      false,
      "",
      `Failed to write file ${cwd}/f: it changed after the patch was verified\n` +
      `Changed before that:\n${cwd}/new\nNot changed:\n${cwd}/f\n${cwd}/g\n`,
    ],
  );
  assert.deepEqual(outcome.applied.map(({ path }) => path), [`${cwd}/new`]);
  assert.deepEqual(await ground.tree(), {
    f: "changed\n",
    g: "a\n",
    new: "x\n",
  });
});

Deno.test("applyPlan() refuses a file that appeared or went since the plan", async () => {
  await using ground = await Playground.create({ f: "a\n" });
  const added = await ground.plan("*** Add File: new\n+x");
  const deleted = await ground.plan("*** Delete File: f");
  await Deno.rename(`${ground.cwd}/f`, `${ground.cwd}/new`);
  for (const plan of [added, deleted]) {
    const outcome = await applyPlan(plan, ground);
    assert.ok(!outcome.isSuccess);
    assert.ok(outcome.stderr.endsWith("No file was changed.\n"));
  }
  assert.deepEqual(await ground.tree(), { new: "a\n" });
});

Deno.test("applyPlan() refuses a directory that became a link since the plan", async () => {
  await using ground = await Playground.create({
    "in/f": "a\n",
    "out/f": "a\n",
  });
  const { cwd } = ground;
  const plans = [
    await ground.plan("*** Update File: in/f\n@@\n-a\n+b"),
    await ground.plan("*** Add File: in/new\n+b"),
    await ground.plan("*** Add File: in/deep/er/new\n+b"),
    await ground.plan("*** Delete File: in/f"),
  ];
  await Deno.rename(`${cwd}/in`, `${cwd}/was`);
  await Deno.symlink(`${cwd}/out`, `${cwd}/in`);
  for (const plan of plans) {
    assert.ok(!(await applyPlan(plan, ground)).isSuccess);
  }
  assert.deepEqual(await ground.tree(), {
    in: `-> ${cwd}/out`,
    "out/f": "a\n",
    "was/f": "a\n",
  });
});

Deno.test("applyPlan() never follows a directory that is swapped all the time", async () => {
  await using ground = await Playground.create({
    "in/f": "a\n",
    "out/f": "o\n",
  });
  const { cwd } = ground;
  await Deno.symlink(`${cwd}/out`, `${cwd}/trap`);
  const swapping = new AbortController();
  const swapper = (async () => {
    while (!swapping.signal.aborted) {
      // One of these may fail: a patch creates directories that are missing.
      for (
        const [from, to] of [
          ["in", "aside"],
          ["trap", "in"],
          ["in", "trap"],
          ["aside", "in"],
        ]
      ) {
        const isLink = await Deno.readLink(`${cwd}/${from}`)
          .then(() => true, () => false);
        if (isLink === (from === "trap" || to === "trap")) {
          await Deno.rename(`${cwd}/${from}`, `${cwd}/${to}`).catch(() => {});
        }
      }
    }
  })();
  for (let round = 0; round < 150; round++) {
    try {
      const plan = await ground.plan(
        `*** Add File: in/new${round}\n+x`,
        (place) => place.startsWith(`${cwd}/in/`),
      );
      if (!plan.isWritable) continue;
      await applyPlan(plan, ground);
    } catch (error) {
      assert.ok(error instanceof PatchError);
    }
  }
  swapping.abort();
  await swapper;
  const outside: string[] = [];
  for await (const { name } of Deno.readDir(`${cwd}/out`)) outside.push(name);
  assert.deepEqual(outside, ["f"]);
});

Deno.test("DiskFiles holds to the rules for reading and writing", async () => {
  await using ground = await Playground.create(
    { "in/f": "a\n", "out/f": "a\n" },
    (cwd) => [`${cwd}/in`],
  );
  const { cwd } = ground;
  await Deno.symlink(`${cwd}/out`, `${cwd}/in/door`);
  for (
    const body of [
      "*** Update File: out/f\n@@\n-a\n+b",
      "*** Add File: in/door/new\n+b",
      "*** Delete File: in/door/f",
      "*** Update File: in/f\n*** Move to: out/g\n@@\n-a\n+b",
    ]
  ) {
    await assert.rejects(ground.plan(body), (error) => {
      assert.ok(error instanceof PatchError);
      assert.match(error.message, /Writing is not allowed/);
      return true;
    });
  }
  const plan = await ground.plan("*** Update File: in/f\n@@\n-a\n+b");
  assert.ok((await applyPlan(plan, ground)).isSuccess);
});

/** Files of which one can't be changed. */
function failingAt(files: PatchFiles, path: string): PatchFiles {
  const fail = () => {
    throw new Error("No space left on device (os error 28)");
  };
  return {
    look: (one) => files.look(one),
    write: async (sight, content, mode) => {
      if (sight.path === path) fail();
      await files.write(sight, content, mode);
    },
    remove: async (sight) => {
      if (sight.path === path) fail();
      await files.remove(sight);
    },
  };
}

Deno.test("applyPlan() tells how far it came on a full disk", async () => {
  await using ground = await Playground.create({ f: "a\n", g: "a\n" });
  const { cwd } = ground;
  const plan = await ground.plan(
    "*** Update File: f\n@@\n-a\n+b\n*** Add File: n\n+x\n*** Delete File: g",
  );
  const files = failingAt(ground.files, `${cwd}/n`);
  const { isSuccess, stderr, applied } = await applyPlan(plan, { files });
  assert.ok(!isSuccess);
  assert.equal(
    stderr,
    `Failed to write file ${cwd}/n: No space left on device (os error 28)\n` +
      `Changed before that:\n${cwd}/f\nNot changed:\n${cwd}/n\n${cwd}/g\n`,
  );
  assert.equal(applied.length, 1);
});

Deno.test("applyPlan() owns up to a move whose old file stayed", async () => {
  await using ground = await Playground.create({ f: "a\n" });
  const { cwd } = ground;
  const plan = await ground.plan(
    "*** Update File: f\n*** Move to: g\n@@\n-a\n+b",
  );
  const files = failingAt(ground.files, `${cwd}/f`);
  const outcome = await applyPlan(plan, { files });
  assert.deepEqual(outcome.applied, [{
    path: `${cwd}/g`,
    movedTo: undefined,
    before: undefined,
    after: "b\n",
    replaced: undefined,
  }]);
  assert.match(outcome.stderr, /^Failed to remove original /);
  assert.deepEqual(await ground.tree(), { f: "a\n", g: "b\n" });
});

Deno.test("applyPlan() stops between two files when it is told to", async () => {
  await using ground = await Playground.create();
  const plan = await ground.plan("*** Add File: a\n+1\n*** Add File: b\n+2");
  const stop = new AbortController();
  const files: PatchFiles = {
    look: (path) => ground.files.look(path),
    remove: (sight) => ground.files.remove(sight),
    write: async (sight, content) => {
      await ground.files.write(sight, content);
      stop.abort(new Error("stopped"));
    },
  };
  const outcome = await applyPlan(plan, { files, signal: stop.signal });
  assert.match(outcome.stderr, /^stopped\nChanged before that:/);
  assert.deepEqual(await ground.tree(), { a: "1\n" });
});

Deno.test("applyPlan() leaves nothing of its own behind when it fails", async () => {
  await using ground = await Playground.create({ f: "a\n" });
  const plan = await ground.plan("*** Update File: f\n@@\n-a\n+b");
  await Deno.remove(`${ground.cwd}/f`);
  await Deno.mkdir(`${ground.cwd}/f`);
  assert.ok(!(await applyPlan(plan, ground)).isSuccess);
  assert.deepEqual(await ground.tree(), {});
});

Deno.test("applyPlan() leaves whole files when it is killed", async () => {
  await using ground = await Playground.create();
  const { cwd } = ground;
  const content = "x".repeat(200_000);
  const script = `
    import { Access } from "${new URL("../access/mod.ts", import.meta.url)}";
    import { applyPlan, DiskFiles, parsePatch, planPatch } from
      "${new URL("./mod.ts", import.meta.url)}";
    const files = new DiskFiles(await Access.create({}));
    const body = Array.from({ length: 400 }, (_one, at) =>
      "*** Add File: f" + at + "\\n+" + "x".repeat(200_000)).join("\\n");
    const patch = parsePatch("*** Begin Patch\\n" + body + "\\n*** End Patch");
    const plan = await planPatch(patch, { cwd: ${JSON.stringify(cwd)}, files });
    console.log("ready");
    await applyPlan(plan, { files });`;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      `data:text/typescript,${encodeURIComponent(script)}`,
    ],
    cwd: new URL("../..", import.meta.url),
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  await until(
    "some of the files",
    async () => (await names(cwd)).length > 20,
    { timeoutMs: 120_000, everyMs: 1 },
  );
  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();
  const done = (await names(cwd)).filter((name) => !name.startsWith("."));
  assert.ok(done.length > 0);
  for (const name of done) {
    assert.equal(await Deno.readTextFile(`${cwd}/${name}`), `${content}\n`);
  }
});

async function names(directory: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(directory)) found.push(name);
  return found;
}
