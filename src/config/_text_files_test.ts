import assert from "node:assert/strict";
import { Ground } from "./_ground_test.ts";

Deno.test("texts in files of their own count as if they were written in the configuration", async () => {
  await using ground = await Ground.create({
    "home/config.toml": 'instructions = "Written down"\n' +
      'model_instructions_file = "i.md"\n' +
      'experimental_compact_prompt_file = "c.md"\n',
    "home/i.md": "\nBe brief.\n\nAlways.\n",
    "home/c.md": "Sum up\n",
  });
  const configuration = await ground.open();
  const config = await configuration.forThread({
    cwd: ground.work,
    overrides: {},
  });
  for (const each of [config, await configuration.atStart()]) {
    assert.equal(each.get("instructions"), "Be brief.\n\nAlways.");
    assert.equal(each.get("compact_prompt"), "Sum up");
  }
  // Clients read what is written, not what it stands for.
  const { config: values } = await configuration.read({});
  assert.equal(values.instructions, "Written down");
  assert.equal(values.compact_prompt, null);
});
