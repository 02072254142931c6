import assert from "node:assert/strict";
import { createTempDir } from "../../tests/kit/temp_dir.ts";
import { withoutPlanted } from "./_planted_links.ts";
import { toProfilePermission } from "./profile.ts";

Deno.test("withoutPlanted() leaves out what leads through a link that could be put there", async () => {
  await using directory = await createTempDir();
  const base = await Deno.realPath(directory.path);
  const at = (name: string) => `${base}/${name}`;
  await Deno.mkdir(at("ws/deep"), { recursive: true });
  await Deno.mkdir(at("out/below"), { recursive: true });
  await Deno.symlink(at("out"), at("ws/planted"));
  await Deno.symlink("../../out", at("ws/deep/relative"));
  await Deno.symlink("ws/planted", at("first"));
  await Deno.symlink("out", at("genuine"));
  await Deno.symlink("loop", at("ws/loop"));
  const genuine = [at("genuine"), at("genuine/below"), at("ws/deep"), at("no")];
  const paths = [
    at("ws/planted"),
    at("ws/planted/below"),
    at("ws/deep/../planted"),
    at("ws/deep/relative"),
    at("first"),
    at("ws/loop"),
    ...genuine,
  ];
  assert.deepEqual(await withoutPlanted(paths, [at("ws")]), [
    at("ws/loop"), // leads nowhere
    ...genuine,
  ]);
  assert.deepEqual(
    await withoutPlanted([at("ws"), at("ws/planted")]),
    [at("ws")],
  );
  // Nothing else lets write where the link lies.
  assert.deepEqual(await withoutPlanted([at("ws/planted")]), [
    at("ws/planted"),
  ]);
});

Deno.test("toProfilePermission() opens nothing through a link in the workspace", async () => {
  await using directory = await createTempDir();
  const base = await Deno.realPath(directory.path);
  await Deno.mkdir(`${base}/ws`);
  await Deno.mkdir(`${base}/out`);
  await Deno.symlink(`${base}/out`, `${base}/ws/cache`);
  const { limits } = await toProfilePermission(
    "p",
    {
      p: {
        filesystem: {
          ":minimal": "read",
          ":workspace_roots": { ".": "write", "cache": "write" },
          [`${base}/ws/cache`]: "read",
        },
      },
    },
    `${base}/ws`,
    { cwd: base, home: undefined, tmpdir: undefined },
  );
  assert.deepEqual(limits?.writes, [`${base}/ws`]);
  assert.ok(limits.reads !== "all" && !limits.reads.includes(`${base}/out`));
});
