import assert from "node:assert/strict";
import { Access } from "../access/mod.ts";
import { Files } from "./mod.ts";

/** What happens when the system says no in the middle. */

const room = new URL(".", import.meta.url).pathname;

async function scratch(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

async function namesIn(path: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(path), ({ name }) => name);
  return names.sort();
}

/**
 * Runs work on files in a process of its own and gives what it says: "ok" or
 * the code and message that a client would get.
 */
async function inChild(
  work: string,
  { shell = "", uid }: { shell?: string; uid?: number } = {},
): Promise<string> {
  const script = `
    import { Access } from "${room}../access/mod.ts";
    import { Files } from "${room}mod.ts";
    import { mapError } from "${room}_map_error.ts";
    const files = new Files(await Access.create({}));
    const bytes = (size) => new Uint8Array(size).fill(120);
    try {
      ${work}
      Deno.stdout.writeSync(new TextEncoder().encode("ok"));
    } catch (error) {
      const { code, message } = mapError(error);
      const text = code === undefined ? String(error) : code + " " + message;
      Deno.stdout.writeSync(new TextEncoder().encode(text));
    }`;
  const run = 'exec "$0" "$@"';
  const { stdout, stderr } = await new Deno.Command("/bin/sh", {
    args: [
      "-c",
      `${shell}\n${run}`,
      Deno.execPath(),
      "eval",
      "--no-check",
      "--ext=js",
      script,
    ],
    ...uid === undefined
      ? {}
      : { uid, gid: uid, env: { DENO_DIR: "/nowhere" } },
  }).output();
  const said = new TextDecoder().decode(stdout);
  return said || new TextDecoder().decode(stderr);
}

/** Signals are ignored across exec, so that a limit is an error. */
const smallFiles = "trap '' XFSZ; ulimit -f 64;";

Deno.test("writeFile that does not fit leaves the old file and no other", async () => {
  await using dir = await scratch();
  const file = `${dir.path}/file`;
  await Deno.writeTextFile(file, "old");
  const said = await inChild(
    `await files.writeFile("${file}", bytes(1 << 20));`,
    { shell: smallFiles },
  );
  assert.equal(said, "-32603 File too large (os error 27)");
  assert.equal(await Deno.readTextFile(file), "old");
  assert.deepEqual(await namesIn(dir.path), ["file"]);
});

Deno.test("writeFile of a new file that does not fit leaves nothing", async () => {
  await using dir = await scratch();
  const said = await inChild(
    `await files.writeFile("${dir.path}/new", bytes(1 << 20));`,
    { shell: smallFiles },
  );
  assert.equal(said, "-32603 File too large (os error 27)");
  assert.deepEqual(await namesIn(dir.path), []);
});

Deno.test("copy that does not fit leaves the old file and no other", async () => {
  await using dir = await scratch();
  const { path } = dir;
  await Deno.writeTextFile(`${path}/file`, "old");
  await Deno.writeFile(`${path}/large`, new Uint8Array(1 << 20));
  const said = await inChild(
    `await files.copy("${path}/large", "${path}/file");`,
    { shell: smallFiles },
  );
  assert.equal(said, "-32603 File too large (os error 27)");
  assert.equal(await Deno.readTextFile(`${path}/file`), "old");
  assert.deepEqual(await namesIn(path), ["file", "large"]);
});

Deno.test("writeFile tells a full device", async () => {
  const said = await inChild(`await files.writeFile("/dev/full", bytes(9));`);
  assert.equal(said, "-32603 No space left on device (os error 28)");
});

const asNobody = {
  uid: 65534,
  // The program and its cache may lie where only root may look.
  shell: "cd /",
};
const canBeNobody = Deno.uid() === 0 && await isOpenToAll(Deno.execPath()) &&
  await isOpenToAll(room);

/** Whether another user may come as far as a path. */
async function isOpenToAll(path: string): Promise<boolean> {
  for (let at = path; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
    const { mode } = await Deno.stat(at);
    if ((mode! & 0o005) !== 0o005) return false;
  }
  return true;
}

Deno.test({
  name:
    "Files tells what is not permitted (needs root, and a program that all may run)",
  ignore: !canBeNobody,
  async fn() {
    await using dir = await scratch();
    const { path } = dir;
    await Deno.chmod(path, 0o755);
    await Deno.mkdir(`${path}/closed`, { mode: 0o700 });
    await Deno.writeTextFile(`${path}/closed/file`, "");
    await Deno.writeTextFile(`${path}/mine`, "", { mode: 0o644 });
    const denied = "-32603 Permission denied (os error 13)";
    for (
      const work of [
        `files.readFile("${path}/closed/file")`,
        `files.writeFile("${path}/mine", bytes(1))`,
        `files.writeFile("${path}/new", bytes(1))`,
        `files.createDirectory("${path}/dir")`,
        `files.readDirectory("${path}/closed")`,
        `files.remove("${path}/mine")`,
        `files.copy("${path}/mine", "${path}/copy")`,
      ]
    ) assert.equal(await inChild(`await ${work};`, asNobody), denied, work);
    assert.deepEqual(await namesIn(path), ["closed", "mine"]);
  },
});

Deno.test({
  name:
    "writeFile writes in place where it may not create beside (needs root, and a program that all may run)",
  ignore: !canBeNobody,
  async fn() {
    await using dir = await scratch();
    const { path } = dir;
    const file = `${path}/file`;
    await Deno.chmod(path, 0o755);
    await Deno.writeTextFile(file, "a longer text");
    await Deno.chmod(file, 0o666);
    const { ino } = await Deno.stat(file);
    const work = `await files.writeFile("${file}", bytes(3));`;
    assert.equal(await inChild(work, asNobody), "ok");
    assert.equal(await Deno.readTextFile(file), "xxx");
    assert.equal((await Deno.stat(file)).ino, ino);
    // And where it may, but could not keep the owner.
    await Deno.chmod(path, 0o777);
    assert.equal(await inChild(work, asNobody), "ok");
    const after = await Deno.stat(file);
    assert.deepEqual([after.ino, after.uid], [ino, 0]);
    assert.deepEqual(await namesIn(path), ["file"]);
    // A file that may not be written is not replaced either.
    await Deno.chmod(file, 0o444);
    assert.equal(
      await inChild(work, asNobody),
      "-32603 Permission denied (os error 13)",
    );
  },
});

Deno.test("writeFile of a program that is killed leaves a file with our name at most", async () => {
  await using dir = await scratch();
  const file = `${dir.path}/file`;
  await Deno.writeTextFile(file, "old");
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--no-check",
      `import { Access } from "${room}../access/mod.ts";
       import { Files } from "${room}mod.ts";
       const files = new Files(await Access.create({}));
       Deno.stdout.writeSync(new Uint8Array([10]));
       for (let size = 0;; size = (size + 99991) % 9999999) {
         await files.writeFile("${file}", new Uint8Array(size).fill(120));
       }`,
    ],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  // Some of the writes are over: the next one is on its way.
  while ((await Deno.readTextFile(file)) === "old");
  child.kill("SIGKILL");
  await reader.cancel();
  await child.status;
  const names = await namesIn(dir.path);
  assert.ok(names.length <= 2, names.join());
  for (const name of names) {
    assert.match(name, /^(file|\.gangway-tmp-old-[0-9a-f-]{36})$/);
  }
  assert.match(await Deno.readTextFile(file), /^x*$/);
});

Deno.test("readFile tells of a file that vanishes before it is opened", async () => {
  await using dir = await scratch();
  const files = new Files(await Access.create({}));
  const file = `${dir.path}/file`;
  const outcomes = new Set<string>();
  for (let round = 0; round < 50; round++) {
    await Deno.writeTextFile(file, "x");
    const [read] = await Promise.allSettled([
      files.readFile(file),
      Deno.remove(file),
    ]);
    if (read.status === "fulfilled") {
      assert.ok(read.value.size <= 1);
    } else assert.ok(read.reason instanceof Deno.errors.NotFound);
    outcomes.add(read.status);
  }
  assert.ok(outcomes.size > 0);
});

Deno.test("copy of a tree that shrinks meanwhile copies what is left", async () => {
  await using dir = await scratch();
  const { path } = dir;
  const files = new Files(await Access.create({}));
  const from = `${path}/from`;
  for (let at = 0; at < 20; at++) {
    await Deno.mkdir(`${from}/d${at}`, { recursive: true });
    for (const name of ["a", "b", "c"]) {
      await Deno.writeTextFile(`${from}/d${at}/${name}`, name);
    }
  }
  const shrinking = (async () => {
    for (let at = 19; at >= 10; at--) {
      await Deno.remove(`${from}/d${at}`, { recursive: true });
    }
  })();
  await files.copy(from, `${path}/to`, { recursive: true });
  await shrinking;
  for (let at = 0; at < 10; at++) {
    assert.deepEqual(await namesIn(`${path}/to/d${at}`), ["a", "b", "c"]);
  }
});

Deno.test("copy that is cancelled stops", async () => {
  await using dir = await scratch();
  const { path } = dir;
  const files = new Files(await Access.create({}));
  await Deno.mkdir(`${path}/from`);
  await Deno.writeTextFile(`${path}/from/file`, "");
  const signal = AbortSignal.abort(new Error("Enough"));
  await assert.rejects(
    files.copy(`${path}/from`, `${path}/to`, { recursive: true, signal }),
    /Enough/,
  );
  assert.deepEqual(await namesIn(`${path}/to`), []);
});
