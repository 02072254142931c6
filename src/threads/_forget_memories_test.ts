import assert from "node:assert/strict";
import { forgetMemories } from "./_forget_memories.ts";

Deno.test("forgetMemories(): empties the directory, and follows no link", async () => {
  const home = await Deno.makeTempDir();
  const elsewhere = await Deno.makeTempDir();
  try {
    await forgetMemories(home); // nothing is there
    await Deno.writeTextFile(`${elsewhere}/precious`, "x");
    await Deno.mkdir(`${home}/memories`);
    await Deno.symlink(elsewhere, `${home}/memories/link`);
    await forgetMemories(home);
    const left = await Array.fromAsync(Deno.readDir(`${home}/memories`));
    assert.deepEqual(left, []);

    await Deno.remove(`${home}/memories`);
    await Deno.symlink(elsewhere, `${home}/memories`);
    await forgetMemories(home);
    assert.equal(await Deno.readTextFile(`${elsewhere}/precious`), "x");
  } finally {
    await Deno.remove(home, { recursive: true });
    await Deno.remove(elsewhere, { recursive: true });
  }
});
