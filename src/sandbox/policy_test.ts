import assert from "node:assert/strict";
import { createTempDir } from "../../tests/kit/temp_dir.ts";
import type { SandboxPolicy } from "../protocol/mod.ts";
import type { Permission } from "./permission.ts";
import { toPermission, toWritable } from "./policy.ts";

const nowhere = { cwd: "/", home: undefined, tmpdir: undefined };
const all = { reads: "all", hidden: [], writes: [], shielded: [] } as const;

/** Policies that touch no file, and what they allow. */
const plain: [SandboxPolicy, Permission][] = [
  [{ type: "dangerFullAccess" }, { limits: undefined, network: true }],
  [{ type: "externalSandbox" }, { limits: undefined, network: false }],
  [{ type: "externalSandbox", networkAccess: "restricted" }, {
    limits: undefined,
    network: false,
  }],
  [{ type: "externalSandbox", networkAccess: "enabled" }, {
    limits: undefined,
    network: true,
  }],
  [{ type: "readOnly" }, {
    limits: { ...all, network: false },
    network: false,
  }],
  [{ type: "readOnly", networkAccess: false }, {
    limits: { ...all, network: false },
    network: false,
  }],
  [{ type: "readOnly", networkAccess: true }, {
    limits: { ...all, network: true },
    network: true,
  }],
];

for (const [policy, expected] of plain) {
  Deno.test(`toPermission() of ${JSON.stringify(policy)}`, async () => {
    assert.deepEqual(await toPermission(policy, nowhere), expected);
  });
}

const names = [".git", ".agents", ".codex", ".aws"];
const shieldsOf = (...roots: string[]) =>
  roots.flatMap((root) => names.map((name) => `${root}/${name}`));

Deno.test("toPermission() lets write where the server runs, in /tmp, $TMPDIR and the roots", async () => {
  await using place = await createTempDir();
  const { path } = place;
  for (const name of ["cwd", "root", "tmp"]) {
    await Deno.mkdir(`${path}/${name}`);
  }
  const tmp = await Deno.realPath("/tmp");
  assert.deepEqual(
    await toPermission({
      type: "workspaceWrite",
      writableRoots: [`${path}/root`, `${path}/missing`],
    }, { cwd: `${path}/cwd`, home: undefined, tmpdir: `${path}/tmp` }),
    {
      limits: {
        reads: "all",
        hidden: [],
        writes: [`${path}/cwd`, `${path}/root`, tmp, `${path}/tmp`],
        shielded: shieldsOf(
          `${path}/cwd`,
          `${path}/root`,
          tmp,
          `${path}/tmp`,
        ),
        network: false,
      },
      network: false,
    },
  );
});

Deno.test("toPermission() leaves out /tmp and $TMPDIR if told to", async () => {
  await using place = await createTempDir();
  const { path } = place;
  await Deno.mkdir(`${path}/tmp`);
  const surroundings = { cwd: path, home: undefined, tmpdir: `${path}/tmp` };
  const writes = async (policy: SandboxPolicy) =>
    (await toPermission(policy, surroundings)).limits?.writes;
  const type = "workspaceWrite";
  const tmp = await Deno.realPath("/tmp");
  assert.deepEqual(
    await Promise.all([
      writes({ type, excludeSlashTmp: true }),
      writes({ type, excludeTmpdirEnvVar: true }),
      writes({ type, excludeSlashTmp: true, excludeTmpdirEnvVar: true }),
    ]),
    [[path, `${path}/tmp`], [path, tmp], [path]],
  );
});

Deno.test("toPermission() follows no relative $TMPDIR", async () => {
  await using place = await createTempDir();
  const { limits } = await toPermission(
    { type: "workspaceWrite", excludeSlashTmp: true },
    { cwd: place.path, home: undefined, tmpdir: "tmp" },
  );
  assert.deepEqual(limits?.writes, [place.path]);
});

Deno.test("toPermission() opens the network of a workspace if told to", async () => {
  await using place = await createTempDir();
  const { network, limits } = await toPermission(
    { type: "workspaceWrite", networkAccess: true },
    { cwd: place.path, home: undefined, tmpdir: undefined },
  );
  assert.deepEqual([network, limits?.network], [true, true]);
});

Deno.test("toWritable() takes roots by their real paths, each once", async () => {
  await using place = await createTempDir();
  const { path } = place;
  await Deno.mkdir(`${path}/real`);
  await Deno.symlink("real", `${path}/link`);
  assert.deepEqual(await toWritable([`${path}/link`, `${path}/real`]), {
    writes: [`${path}/real`],
    shielded: shieldsOf(`${path}/real`),
  });
});

Deno.test("toWritable() shields nothing in a root that is a file", async () => {
  await using place = await createTempDir();
  const file = `${place.path}/file`;
  await Deno.writeTextFile(file, "");
  assert.deepEqual(await toWritable([file]), { writes: [file], shielded: [] });
});

Deno.test("toWritable() shields the repository that a .git file leads to, and what it shares", async () => {
  await using place = await createTempDir();
  const { path } = place;
  await Deno.mkdir(`${path}/main/.git/worktrees/one`, { recursive: true });
  await Deno.mkdir(`${path}/tree`);
  await Deno.writeTextFile(
    `${path}/tree/.git`,
    "gitdir: ../main/.git/worktrees/one\n",
  );
  await Deno.writeTextFile(
    `${path}/main/.git/worktrees/one/commondir`,
    "../..\n",
  );
  const { shielded } = await toWritable([`${path}/tree`]);
  assert.deepEqual(shielded, [
    ...shieldsOf(`${path}/tree`),
    `${path}/main/.git/worktrees/one`,
    `${path}/main/.git`,
  ]);
});

Deno.test("toWritable() shields a repository that a .git file names before it is there", async () => {
  await using place = await createTempDir();
  const path = await Deno.realPath(place.path);
  for (const target of ["later/repository", `${path}/later//repository/`]) {
    await Deno.writeTextFile(`${path}/.git`, `gitdir: ${target}\n`);
    const { shielded } = await toWritable([path]);
    assert.deepEqual(shielded, [
      ...shieldsOf(path),
      `${path}/later/repository`,
    ]);
  }
});

for (
  const [what, text] of [
    ["leads nowhere", "gitdir: missing/../place\n"],
    ["is empty", ""],
    ["is no link", "hello\n"],
    ["names nothing", "gitdir: \n"],
    ["is huge", "x".repeat(70_000)],
  ] as const
) {
  Deno.test(`toWritable() makes nothing of a .git file that ${what}`, async () => {
    await using place = await createTempDir();
    await Deno.writeTextFile(`${place.path}/.git`, text);
    const { shielded } = await toWritable([place.path]);
    assert.deepEqual(shielded, shieldsOf(place.path));
  });
}
