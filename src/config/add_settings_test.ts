import assert from "node:assert/strict";
import { addSettings, lacksSettings } from "./add_settings.ts";

async function inDirectory(
  test: (path: string) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await test(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

Deno.test("addSettings() makes a file, its directory too, and is done the second time", () =>
  inDirectory(async (path) => {
    const file = `${path}/deep/config.toml`;
    const settings = { a: 1n, t: { b: "x" } };
    assert.equal(await lacksSettings(file, settings), true);
    assert.equal(await addSettings(file, settings), true);
    assert.equal(
      await Deno.readTextFile(file),
      'a = 1\n\n[t]\nb = "x"\n',
    );
    assert.equal(await lacksSettings(file, settings), false);
    assert.equal(await addSettings(file, settings), false);
  }));

Deno.test("addSettings() leaves what is there, comments and all", () =>
  inDirectory(async (path) => {
    const file = `${path}/config.toml`;
    await Deno.writeTextFile(file, "# mine\na = 2 # two\n\n[t]\nc = 3\n");
    const settings = { a: 1n, t: { b: "x", c: { d: 4n } } };
    assert.equal(await addSettings(file, settings, { home: path }), true);
    assert.equal(
      await Deno.readTextFile(file),
      '# mine\na = 2 # two\n\n[t]\nc = 3\nb = "x"\n',
    );
  }));

Deno.test("addSettings() does not touch a broken file", () =>
  inDirectory(async (path) => {
    const file = `${path}/config.toml`;
    await Deno.writeTextFile(file, "a = = 1\n");
    await assert.rejects(addSettings(file, { b: 1n }), SyntaxError);
    await assert.rejects(lacksSettings(file, { b: 1n }), SyntaxError);
    assert.equal(await Deno.readTextFile(file), "a = = 1\n");
  }));
