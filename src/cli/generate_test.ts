import assert from "node:assert/strict";
import { printContract } from "../protocol/mod.ts";
import { createHome, runGangway } from "./_gangway_process.ts";

for (
  const [command, kind] of [
    ["generate-ts", "typescript"],
    ["generate-json-schema", "json-schema"],
  ] as const
) {
  for (const experimental of [false, true]) {
    const flags = experimental ? ["--experimental"] : [];
    Deno.test(`app-server ${command} ${flags} writes the contract`, async () => {
      await using home = await createHome();
      const out = `${home.path}/a/b`;
      assert.deepEqual(
        await runGangway(["app-server", command, "--out", out, ...flags]),
        { code: 0, signal: null, stdout: "", stderr: "" },
      );
      const files = await printContract({ kind, experimental });
      assert.ok(files.size > 0);
      for (const [name, text] of files) {
        assert.equal(await Deno.readTextFile(`${out}/${name}`), text);
      }
    });
  }
}

Deno.test("app-server generate-… leaves out what is experimental unless it is asked for", async () => {
  for (const command of ["generate-ts", "generate-json-schema"]) {
    const texts: string[] = [];
    for (const flags of [[], ["--experimental"]]) {
      await using home = await createHome();
      const out = `${home.path}/out`;
      await runGangway(["app-server", command, "--out", out, ...flags]);
      let text = "";
      for await (const { name } of Deno.readDir(out)) {
        text += await Deno.readTextFile(`${out}/${name}`);
      }
      texts.push(text);
    }
    const [stable, all] = texts as [string, string];
    for (const text of texts) assert.ok(text.includes("fs/readFile"));
    assert.ok(!stable.includes("mock/experimentalMethod"));
    assert.ok(all.includes("mock/experimentalMethod"));
  }
});

Deno.test("app-server generate-ts says why it can't write", async () => {
  await using home = await createHome();
  await Deno.writeTextFile(`${home.path}/file`, "");
  const { code, stderr } = await runGangway(
    [
      "app-server",
      "generate-ts",
      "-o",
      `${home.path}/file/x`,
      "-p",
      "prettier",
    ],
  );
  assert.deepEqual([code, stderr], [
    1,
    `Error: Failed to create ${home.path}/file/x\n\nCaused by:\n` +
    "    Not a directory (os error 20)\n",
  ]);
});

Deno.test("app-server daemon start says that there is none yet", async () => {
  const { code, stdout, stderr } = await runGangway([
    "app-server",
    "daemon",
    "start",
  ]);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(
    stderr,
    /^Error: the daemon is not offered yet; .*--listen unix/,
  );
});
