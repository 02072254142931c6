import assert from "node:assert/strict";
import { createTempDir } from "../../tests/kit/temp_dir.ts";
import { holdFile } from "./_held_file.ts";

const bytes = new Uint8Array([1, 2, 0, 255]);

Deno.test({
  name: "holdFile() holds bytes without a name, again and again",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const file = await holdFile(bytes);
    assert.equal(file.isNamed, false);
    const held = await Deno.readLink(file.path);
    assert.match(held, / \(deleted\)$/);
    assert.deepEqual(await Deno.readFile(file.path), bytes);
    assert.deepEqual(await Deno.readFile(file.path), bytes);
    await file[Symbol.asyncDispose]();
    // Tests of other files share the process, and may have got the number.
    const left = await Deno.readLink(file.path).catch(() => undefined);
    assert.notEqual(left, held);
  },
});

Deno.test("holdFile() gives a name to what it can't hold without, and removes it", async () => {
  const module = new URL("./_held_file.ts", import.meta.url).href;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-read",
      "--allow-write",
      `data:application/typescript,${
        encodeURIComponent(`
          import { holdFile } from ${JSON.stringify(module)};
          const file = await holdFile(new Uint8Array([7]));
          const bytes = await Deno.readFile(file.path);
          await file[Symbol.asyncDispose]();
          const rest = await Deno.stat(file.path).catch(() => "gone");
          console.log(JSON.stringify([file.isNamed, [...bytes], rest]));
        `)
      }`,
    ],
  }).output();
  assert.equal(
    new TextDecoder().decode(stdout),
    '[true,[7],"gone"]\n',
    new TextDecoder().decode(stderr),
  );
});

Deno.test({
  name:
    "holdFile() gives it no name but in a directory, where that is possible",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using place = await createTempDir();
    const { path } = place;
    await using file = await holdFile(bytes, path);
    const target = await Deno.readLink(file.path);
    assert.ok(target.startsWith(`${await Deno.realPath(path)}/gangway-`));
    await using other = await holdFile(bytes, `${path}/missing`);
    assert.deepEqual(await Deno.readFile(other.path), bytes);
  },
});
