import assert from "node:assert/strict";
import { createHome, createMeta, event, uuid } from "./_fixture_test.ts";
import { Rollout } from "./rollout.ts";
import { RolloutError } from "./rollout_error.ts";
import { toRolloutPath } from "./rollout_path.ts";

const ID = uuid(1);
const now = (): number => Date.UTC(2026, 10, 21, 16, 11, 51, 394);

async function readLines(path: string): Promise<unknown[]> {
  const text = await Deno.readTextFile(path);
  assert.ok(text.endsWith("\n"));
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

function at(ordinal: number, type: string): Record<string, unknown> {
  return {
    timestamp: "2026-11-21T16:11:51.394Z",
    ordinal,
    type: "event_msg",
    payload: { type },
  };
}

Deno.test("Rollout.create: nothing is written before the first append", async () => {
  await using home = await createHome();
  const path = toRolloutPath(home.path, ID, new Date(now()));
  await using rollout = Rollout.create(path, createMeta(ID), { now });
  rollout.defer(event("one"));
  assert.equal(rollout.isMaterialized, false);
  await assert.rejects(Deno.stat(`${home.path}/sessions`));

  rollout.append(event("two"));
  rollout.defer(event("three"));

  assert.deepEqual(await readLines(path), [
    {
      timestamp: "2026-11-21T16:11:51.394Z",
      ordinal: 0,
      type: "session_meta",
      payload: createMeta(ID),
    },
    at(1, "one"),
    at(2, "two"),
    at(3, "three"),
  ]);
  assert.equal(rollout.bytes, (await Deno.stat(path)).size);
});

Deno.test("Rollout.create: numbers go on from those of the history base", async () => {
  await using home = await createHome();
  const base = { thread_id: ID, end_ordinal_exclusive: 7, end_byte_offset: 9 };
  const meta = createMeta(uuid(2), { history_base: base });
  await using rollout = Rollout.create(`${home.path}/a/b.jsonl`, meta, { now });

  rollout.append(event("one"));

  assert.deepEqual((await readLines(rollout.path))[1], at(8, "one"));
});

Deno.test("Rollout.append: what is appended is there when it returns", async () => {
  await using home = await createHome();
  await using rollout = Rollout.create(
    `${home.path}/a.jsonl`,
    createMeta(ID),
    { now },
  );
  for (let number = 0; number < 20; number++) {
    rollout.append(event("one"), event("two"));
    assert.equal((await Deno.stat(rollout.path)).size, rollout.bytes);
  }
  assert.equal(rollout.nextOrdinal, 41);
});

Deno.test("Rollout: only its owner may read the file", async () => {
  await using home = await createHome();
  await using rollout = Rollout.create(`${home.path}/a.jsonl`, createMeta(ID));
  rollout.append(event("one"));
  assert.equal(((await Deno.stat(rollout.path)).mode ?? 0) & 0o777, 0o600);
});

Deno.test("Rollout.create: a file that is there is not touched", async () => {
  await using home = await createHome();
  const path = `${home.path}/a.jsonl`;
  await Deno.writeTextFile(path, "mine");
  await using rollout = Rollout.create(path, createMeta(ID));
  assert.throws(
    () => rollout.append(event("one")),
    (error) =>
      error instanceof RolloutError &&
      error.message === `Rollout "${path}" can't be written: File exists`,
  );
  assert.equal(await Deno.readTextFile(path), "mine");
});

Deno.test("Rollout.open: a torn last line is removed, and said", async () => {
  await using home = await createHome();
  const path = `${home.path}/a.jsonl`;
  {
    await using rollout = Rollout.create(path, createMeta(ID), { now });
    rollout.append(event("one"));
  }
  await Deno.writeTextFile(path, `{"timestamp":"2026`, { append: true });
  const warnings: unknown[] = [];
  const log = {
    warn: (...args: unknown[]) => void warnings.push(args),
  } as never;

  await using rollout = await Rollout.open(path, { now, log });
  rollout.append(event("two"));

  assert.deepEqual((await readLines(path)).slice(1), [
    at(1, "one"),
    at(2, "two"),
  ]);
  assert.deepEqual(warnings, [[
    "A torn last line was removed from a rollout",
    { path, bytes: 18 },
  ]]);
});

Deno.test("Rollout.open: numbers go on behind broken lines", async () => {
  await using home = await createHome();
  const path = `${home.path}/a.jsonl`;
  await Deno.writeTextFile(
    path,
    `${JSON.stringify(at(41, "one"))}\nbroken\n\0\0\0\n`,
  );
  await using rollout = await Rollout.open(path, { now });
  assert.equal(rollout.nextOrdinal, 42);
});

Deno.test("Rollout.open: lines without numbers are counted", async () => {
  await using home = await createHome();
  const path = `${home.path}/a.jsonl`;
  const { ordinal: _, ...line } = at(0, "one");
  await Deno.writeTextFile(path, `${JSON.stringify(line)}\n`.repeat(3));
  await using rollout = await Rollout.open(path, { now });
  assert.equal(rollout.nextOrdinal, 3);
});

Deno.test("Rollout.open: an empty file, and none", async () => {
  await using home = await createHome();
  const path = `${home.path}/a.jsonl`;
  await assert.rejects(Rollout.open(path), Deno.errors.NotFound);
  await Deno.writeTextFile(path, "");
  await using rollout = await Rollout.open(path);
  assert.equal(rollout.nextOrdinal, 0);
});

Deno.test("Rollout: after its end nothing is appended", async () => {
  await using home = await createHome();
  const rollout = Rollout.create(`${home.path}/a.jsonl`, createMeta(ID));
  rollout.append(event("one"));
  await rollout.sync();
  await rollout[Symbol.asyncDispose]();
  await rollout[Symbol.asyncDispose]();
  assert.throws(() => rollout.append(event("two")), RolloutError);
  await rollout.sync();
});
