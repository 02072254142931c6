import assert from "node:assert/strict";
import { SourceCache } from "./_source_cache.ts";

/** A file that was left alone for a while. */
async function settle(path: string): Promise<void> {
  const then = new Date(Date.now() - 60_000);
  await Deno.utime(path, then, then);
}

Deno.test("SourceCache gives the same object until the file changes", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/f`;
  const files = new SourceCache();
  assert.equal(await files.read(path), undefined);
  await Deno.writeTextFile(path, "one");
  await settle(path);
  const first = await files.read(path);
  assert.deepEqual(first, { path, text: "one" });
  assert.equal(await files.read(path), first);

  // Neither its time nor its size tell, but it is another file.
  await Deno.writeTextFile(`${directory}/new`, "two");
  await settle(`${directory}/new`);
  await Deno.rename(`${directory}/new`, path);
  assert.deepEqual(await files.read(path), { path, text: "two" });

  await Deno.remove(path);
  assert.equal(await files.read(path), undefined);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("SourceCache sees two changes within one tick of the clock", async () => {
  const path = await Deno.makeTempFile();
  const files = new SourceCache();
  for (let turn = 0; turn < 200; turn++) {
    const text = String(turn % 10);
    await Deno.writeTextFile(path, text);
    assert.deepEqual(await files.read(path), { path, text });
  }
  await Deno.remove(path);
});

Deno.test("SourceCache tells why a file cannot be read", async () => {
  const directory = await Deno.makeTempDir();
  const files = new SourceCache();
  assert.deepEqual(await files.read(directory), {
    path: directory,
    problem: `path \`${directory}\` is not a file`,
  });
  const path = `${directory}/f`;
  await Deno.writeFile(path, new Uint8Array([0xff]));
  assert.deepEqual(await files.read(path), {
    path,
    garbled: Uint8Array.of(255),
  });
  await Deno.remove(directory, { recursive: true });
});
