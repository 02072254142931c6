import assert from "node:assert/strict";
import { readFile } from "./_read_file.ts";

const { signal } = new AbortController();
const reading = { signal };

Deno.test("readFile reads up to a limit and says if there is more", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "12345");
    const read = async (maxBytes: number) => {
      const file = await readFile(path, maxBytes, reading);
      assert.ok("bytes" in file);
      return [new TextDecoder().decode(file.bytes), file.isCut];
    };
    assert.deepEqual(await read(4), ["1234", true]);
    assert.deepEqual(await read(5), ["12345", false]);
    assert.deepEqual(await read(100), ["12345", false]);
    assert.deepEqual(await read(0), ["", true]);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("readFile refuses what may never end", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await new Deno.Command("mkfifo", { args: [`${directory}/pipe`] }).output();
    for (const path of [directory, `${directory}/pipe`, "/dev/zero"]) {
      assert.deepEqual(await readFile(path, 10, reading), {
        error: "not a regular file",
      });
    }
    const missing = await readFile(`${directory}/none`, 10, reading);
    assert.ok("error" in missing && missing.error.startsWith("No such file"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("readFile does not begin under an aborted signal", async () => {
  assert.deepEqual(
    await readFile("/dev/null", 10, { signal: AbortSignal.abort() }),
    {
      error: "the turn was interrupted",
    },
  );
});
