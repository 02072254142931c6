import assert from "node:assert/strict";
import { HeadScanner } from "./head_scanner.ts";
import { readHead } from "./read_edges.ts";

const id = "01a1f000-0000-7000-8000-000000000001";

async function write(
  records: readonly (readonly [string, object])[],
): Promise<{ path: string } & AsyncDisposable> {
  const home = await Deno.makeTempDir();
  const path = `${home}/rollout-2026-01-01T00-00-00-${id}.jsonl`;
  const lines = records.map(([type, payload], ordinal) =>
    JSON.stringify({ timestamp: "2026-01-01", ordinal, type, payload }) + "\n"
  );
  await Deno.writeTextFile(path, lines.join(""));
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(home, { recursive: true }),
  };
}

const meta = ["session_meta", { id, timestamp: "t", cwd: "/" }] as const;
const says = (message: string) =>
  ["event_msg", { type: "user_message", message }] as const;
const long = ["response_item", { text: "x".repeat(70_000) }] as const;

Deno.test("HeadScanner.scan() says the same as readHead()", async () => {
  const scanner = new HeadScanner("/nowhere");
  for (const records of [[meta, says("Hello"), long], [meta], [says("no")]]) {
    await using file = await write(records);
    const scanned = scanner.scan(file.path);
    const { mtime, size } = await Deno.stat(file.path);
    assert.deepEqual(scanned, {
      head: await readHead(file.path),
      changedMs: mtime!.getTime(),
      bytes: size,
    });
    assert.deepEqual(await scanner.scanFully(file.path), scanned);
  }
});

Deno.test("HeadScanner.scan() leaves to scanFully() what is said late", async () => {
  const scanner = new HeadScanner("/nowhere");
  await using file = await write([meta, long, says("Late")]);
  assert.equal(scanner.scan(file.path), undefined);
  const { head } = await scanner.scanFully(file.path);
  assert.equal(head?.preview, "Late");
});

Deno.test("HeadScanner.scan() leaves to scanFully() what only goes on from another file", async () => {
  const scanner = new HeadScanner("/nowhere");
  const base = { thread_id: id, end_ordinal_exclusive: 1, end_byte_offset: 1 };
  const further = ["session_meta", { ...meta[1], history_base: base }] as const;
  await using silent = await write([further]);
  assert.equal(scanner.scan(silent.path), undefined);
  const { head } = await scanner.scanFully(silent.path);
  assert.equal(head?.preview, "");
  await using file = await write([further, says("Later")]);
  assert.equal(scanner.scan(file.path)?.head?.preview, "Later");
});

Deno.test("HeadScanner does not hide that there is no file", async () => {
  const scanner = new HeadScanner("/nowhere");
  const gone = `/nowhere/rollout-2026-01-01T00-00-00-${id}.jsonl`;
  assert.throws(() => scanner.scan(gone), Deno.errors.NotFound);
  await assert.rejects(scanner.scanFully(gone), Deno.errors.NotFound);
});
