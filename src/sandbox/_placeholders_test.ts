import assert from "node:assert/strict";
import { createTempDir, namesIn } from "../../tests/kit/temp_dir.ts";
import { until } from "../../tests/kit/until.ts";
import { SandboxUnavailable } from "./confinement.ts";
import { Placeholders } from "./_placeholders.ts";

/** Starts another process that takes placeholders, and waits until it has. */
async function startOther(
  paths: readonly string[],
): Promise<Deno.ChildProcess> {
  const module = new URL("./_placeholders.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { Placeholders } from ${JSON.stringify(module.href)};
       await new Placeholders().take(${JSON.stringify(paths)});
       console.log("ready");
       setInterval(() => {}, 1000);`,
    ],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  return child;
}

Deno.test("Placeholders stand as long as somebody uses them", async () => {
  await using directory = await createTempDir();
  const { path } = directory;
  await using placeholders = new Placeholders();
  const one = await placeholders.take([`${path}/a`, `${path}/b`]);
  const two = await placeholders.take([`${path}/b`, `${path}/c`]);
  assert.deepEqual(namesIn(path), ["a", "b", "c"]);
  assert.equal((await Deno.stat(`${path}/a`)).mode! & 0o777, 0o555);
  await one[Symbol.asyncDispose]();
  assert.deepEqual(namesIn(path), ["b", "c"]);
  await one[Symbol.asyncDispose]();
  await two[Symbol.asyncDispose]();
  assert.deepEqual(namesIn(path), []);
});

Deno.test("Placeholders of many commands at once are made and removed once", async () => {
  await using directory = await createTempDir();
  const { path } = directory;
  await using placeholders = new Placeholders();
  const uses = await Promise.all(
    Array.from({ length: 50 }, () => placeholders.take([`${path}/a`])),
  );
  await Promise.all(
    uses.slice(1).map((use) => use[Symbol.asyncDispose]()),
  );
  assert.deepEqual(namesIn(path), ["a"]);
  await uses[0]![Symbol.asyncDispose]();
  assert.deepEqual(namesIn(path), []);
});

Deno.test("Placeholders leave alone what has come to be there", async () => {
  await using directory = await createTempDir();
  const { path } = directory;
  await using placeholders = new Placeholders();
  for (const name of ["empty", "full/x"]) {
    await Deno.mkdir(`${path}/${name}`, { recursive: true });
  }
  await Deno.mkdir(`${path}/sealed`, { mode: 0o555 });
  await Deno.writeTextFile(`${path}/file`, "");
  const before = namesIn(path);
  const use = await placeholders.take(
    before.map((name) => `${path}/${name}`),
  );
  await use[Symbol.asyncDispose]();
  assert.deepEqual(namesIn(path), before);
});

Deno.test("Placeholders that somebody filled are theirs", async () => {
  await using directory = await createTempDir();
  const { path } = directory;
  await using placeholders = new Placeholders();
  const use = await placeholders.take([`${path}/.git`]);
  await Deno.chmod(`${path}/.git`, 0o755);
  await Deno.writeTextFile(`${path}/.git/HEAD`, "");
  await use[Symbol.asyncDispose]();
  assert.deepEqual(namesIn(`${path}/.git`), ["HEAD"]);
});

Deno.test("Placeholders that somebody removed are no failure", async () => {
  await using directory = await createTempDir();
  const { path } = directory;
  await using placeholders = new Placeholders();
  const use = await placeholders.take([`${path}/.git`]);
  await Deno.remove(`${path}/.git`);
  await use[Symbol.asyncDispose]();
  assert.deepEqual(namesIn(path), []);
});

Deno.test("Placeholders.take() leaves none behind when one can't be made", async () => {
  await using directory = await createTempDir();
  const { path } = directory;
  await using placeholders = new Placeholders();
  await assert.rejects(
    placeholders.take([`${path}/a`, `${path}/none/b`, `${path}/c`]),
    SandboxUnavailable,
  );
  assert.deepEqual(namesIn(path), []);
  const use = await placeholders.take([`${path}/a`]);
  assert.deepEqual(namesIn(path), ["a"]);
  await use[Symbol.asyncDispose]();
});

Deno.test("Placeholders are gone when their owner is disposed", async () => {
  await using directory = await createTempDir();
  const { path } = directory;
  const placeholders = new Placeholders();
  await placeholders.take([`${path}/a`]);
  await placeholders.take([`${path}/a`]);
  await placeholders[Symbol.asyncDispose]();
  assert.deepEqual(namesIn(path), []);
});

Deno.test("Placeholders of two servers are removed by the last one", async () => {
  await using directory = await createTempDir();
  const { path } = directory;
  await using one = new Placeholders();
  await using two = new Placeholders();
  const first = await one.take([`${path}/a`]);
  const second = await two.take([`${path}/a`]);
  await first[Symbol.asyncDispose]();
  assert.deepEqual(namesIn(path), ["a"]);
  await second[Symbol.asyncDispose]();
  assert.deepEqual(namesIn(path), []);
});

Deno.test("Placeholders that a crash of the machine left are removed by the next user", async () => {
  await using directory = await createTempDir();
  const { path } = directory;
  await Deno.mkdir(`${path}/a`, { mode: 0o555 });
  await Deno.utime(`${path}/a`, 1, 1);
  await using placeholders = new Placeholders();
  const use = await placeholders.take([`${path}/a`]);
  await use[Symbol.asyncDispose]();
  assert.deepEqual(namesIn(path), []);
});

Deno.test("Placeholders are removed though their server was killed", async () => {
  await using directory = await createTempDir();
  const { path } = directory;
  const odd = ["plain", "with space", "line\nbreak", "back\\slash", "é*$(x)"];
  const other = await startOther(odd.map((name) => `${path}/${name}`));
  assert.deepEqual(namesIn(path), [...odd].sort());
  other.kill("SIGKILL");
  await other.status;
  await until("all are gone", () => namesIn(path).length === 0);
});

Deno.test("Placeholders of a server that was killed stay for another that uses them", async () => {
  await using directory = await createTempDir();
  const { path } = directory;
  await Deno.mkdir(`${path}/kept`);
  const other = await startOther([`${path}/a`, `${path}/b`]);
  await using placeholders = new Placeholders();
  const use = await placeholders.take([`${path}/a`]);
  other.kill("SIGKILL");
  await other.status;
  await until("one is gone", () => !namesIn(path).includes("b"));
  assert.deepEqual(namesIn(path), ["a", "kept"]);
  await use[Symbol.asyncDispose]();
  assert.deepEqual(namesIn(path), ["kept"]);
});

Deno.test("Placeholders.take() refuses a link that came in between, and leaves nothing", async () => {
  await using place = await createTempDir();
  await Deno.symlink("/tmp", `${place.path}/b`);
  await using placeholders = new Placeholders();
  await assert.rejects(
    placeholders.take([`${place.path}/a`, `${place.path}/b`]),
    new SandboxUnavailable(
      `Cannot protect "${place.path}/b": it has become a symbolic link`,
    ),
  );
  assert.deepEqual(namesIn(place.path), ["b"]);
});
