import assert from "node:assert/strict";
import { createHome, uuid } from "./_fixture_test.ts";
import { RolloutError, ThreadLockedError } from "./rollout_error.ts";
import { WriterLock } from "./writer_lock.ts";

const ID = uuid(1);

/** Names in the directory of locks. */
async function listLocks(home: string): Promise<string[]> {
  const entries = await Array.fromAsync(
    Deno.readDir(`${home}/thread-writer-locks`),
  );
  return entries.map(({ name }) => name).sort();
}

Deno.test("WriterLock: the second one is told who has the first", async () => {
  await using home = await createHome();
  {
    await using lock = await WriterLock.acquire(home.path, ID);
    assert.equal(lock.threadId, ID);
    assert.deepEqual(await listLocks(home.path), [
      ".coordination.lock",
      `${ID}.lock`,
    ]);
    await assert.rejects(WriterLock.acquire(home.path, ID), (error) => {
      assert.ok(error instanceof ThreadLockedError);
      assert.equal(error.threadId, ID);
      assert.equal(error.message, `thread ${ID} already has an active writer`);
      if (Deno.build.os === "linux") assert.equal(error.ownerPid, Deno.pid);
      return true;
    });
    await using _other = await WriterLock.acquire(home.path, uuid(2));
  }
  assert.deepEqual(await listLocks(home.path), [".coordination.lock"]);
  await using _again = await WriterLock.acquire(home.path, ID);
});

Deno.test("WriterLock: a file that was left behind locks nobody out", async () => {
  await using home = await createHome();
  await Deno.mkdir(`${home.path}/thread-writer-locks`);
  await Deno.writeTextFile(`${home.path}/thread-writer-locks/${ID}.lock`, "");
  await using lock = await WriterLock.acquire(home.path, ID);
  await lock[Symbol.asyncDispose]();
});

Deno.test("WriterLock: a process that is killed no longer has it", async () => {
  await using home = await createHome();
  const script = `${home.path}/hold.ts`;
  await Deno.writeTextFile(
    script,
    `import { WriterLock } from "${import.meta.resolve("./mod.ts")}";
     const lock = await WriterLock.acquire("${home.path}", "${ID}");
     console.log("held");
     setInterval(() => lock, 1e6);`,
  );
  await using child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--no-lock", script],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  await assert.rejects(WriterLock.acquire(home.path, ID), (error) => {
    assert.ok(error instanceof ThreadLockedError);
    if (Deno.build.os === "linux") assert.equal(error.ownerPid, child.pid);
    return true;
  });

  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();

  await using _lock = await WriterLock.acquire(home.path, ID);
});

Deno.test("WriterLock: of many that want it at once, one gets it", async () => {
  await using home = await createHome();
  const results = await Promise.allSettled(
    Array.from({ length: 8 }, () => WriterLock.acquire(home.path, ID)),
  );
  const held = results.flatMap((result) =>
    result.status === "fulfilled" ? [result.value] : []
  );
  assert.equal(held.length, 1);
  for (const lock of held) await lock[Symbol.asyncDispose]();
  assert.deepEqual(await listLocks(home.path), [".coordination.lock"]);
});

Deno.test("WriterLock.acquire: gives up when its signal says so", async () => {
  await using home = await createHome();
  await Deno.mkdir(`${home.path}/thread-writer-locks`);
  using coordination = await Deno.open(
    `${home.path}/thread-writer-locks/.coordination.lock`,
    { create: true, write: true },
  );
  await coordination.lock(true);
  const controller = new AbortController();
  const acquired = WriterLock.acquire(home.path, ID, {
    signal: controller.signal,
  });
  const reason = new Error("Enough");
  controller.abort(reason);
  await assert.rejects(acquired, reason);
});

Deno.test("WriterLock.acquire: a home that is none is refused with the system's words", async () => {
  await using home = await createHome();
  const file = `${home.path}/file`;
  await Deno.writeTextFile(file, "");
  await assert.rejects(WriterLock.acquire(file, ID), (error) => {
    assert.ok(error instanceof RolloutError);
    assert.match(
      error.message,
      /^The thread's writer lock can't be taken: Not a directory/,
    );
    return true;
  });
});
