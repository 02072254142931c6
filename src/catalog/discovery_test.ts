import assert from "node:assert/strict";
import { silentLogger } from "../telemetry/mod.ts";
import type { Database } from "./_database.ts";
import { Discovery } from "./_discovery.ts";
import { TestHome, toId, toRow } from "./_home_test.ts";
import { openDatabase } from "./_open_database.ts";
import type { Catalog } from "./mod.ts";

const ids = async (catalog: Catalog, archived = false): Promise<string[]> =>
  (await catalog.threads.list({ archived, limit: 100 })).data
    .map((thread) => thread.id);

Deno.test("thread/list: finds the rollouts of a home never seen, with the names of session_index.jsonl", async () => {
  await using home = new TestHome();
  await home.place(1, { day: "2024/02/03" });
  await home.place(2, {
    meta: {
      source: {
        subagent: {
          thread_spawn: {
            parent_thread_id: toId(1),
            depth: 1,
            agent_nickname: "Ada",
            agent_role: "explorer",
          },
        },
      },
      git: { commit_hash: "abc", branch: "main" },
    },
  });
  await home.place(3, { archived: true });
  await home.place(4, { message: null });
  await Deno.writeTextFile(
    `${home.path}/session_index.jsonl`,
    `${JSON.stringify({ id: toId(1), thread_name: "Old" })}\n` +
      `${JSON.stringify({ id: toId(1), thread_name: "New" })}\nhalf a li`,
  );
  const catalog = await home.open();
  assert.deepEqual(await ids(catalog), [toId(1)]);
  assert.deepEqual(await ids(catalog, true), [toId(3)]);
  assert.equal(catalog.threads.get(toId(1))!.name, "New");
  const { data } = await catalog.threads.list({ parentThreadId: toId(1) });
  const [{ id, agentNickname, agentRole, gitInfo, source } = assert.fail()] =
    data;
  assert.deepEqual({ id, agentNickname, agentRole, gitInfo, source }, {
    id: toId(2),
    agentNickname: "Ada",
    agentRole: "explorer",
    gitInfo: { sha: "abc", branch: "main", originUrl: null },
    source: {
      subAgent: {
        thread_spawn: {
          parent_thread_id: toId(1),
          depth: 1,
          agent_path: null,
          agent_nickname: "Ada",
          agent_role: "explorer",
        },
      },
    },
  });
});

Deno.test("thread/list: the next list shows what another server puts there, archives, names and removes", async () => {
  await using home = new TestHome();
  const first = await home.place(1);
  const catalog = await home.open();
  assert.deepEqual(await ids(catalog), [toId(1)]);
  await home.place(2);
  await home.place(3, { day: "2026/11/21" });
  assert.deepEqual(await ids(catalog), [toId(3), toId(2), toId(1)]);
  await Deno.remove(first);
  await home.place(1, { archived: true });
  await Deno.writeTextFile(
    `${home.path}/session_index.jsonl`,
    `${JSON.stringify({ id: toId(2), thread_name: "Two" })}\n`,
  );
  assert.deepEqual(await ids(catalog), [toId(3), toId(2)]);
  assert.deepEqual(await ids(catalog, true), [toId(1)]);
  assert.equal(catalog.threads.get(toId(2))!.name, "Two");
});

Deno.test("thread/list: a file that went away takes nothing that people gave the thread", async () => {
  await using home = new TestHome();
  const path = await home.place(1);
  const catalog = await home.open();
  await ids(catalog);
  const { section } = catalog.sections.create({ name: "A" });
  catalog.sections.move({ threadId: toId(1), sectionId: section.id });
  await Deno.rename(path, `${home.path}/elsewhere`);
  assert.deepEqual(await ids(catalog), []);
  assert.equal(await catalog.threads.find(toId(1)), undefined);
  await Deno.rename(`${home.path}/elsewhere`, path);
  assert.deepEqual(await ids(catalog), [toId(1)]);
  assert.deepEqual(catalog.threads.get(toId(1))!.section, section);
});

Deno.test("thread/list: changes made while no server ran are found", async () => {
  await using home = new TestHome();
  for (let day = 10; day < 15; day++) {
    await home.place(day, { day: `2026/11/${day}` });
  }
  const before = await home.open();
  await ids(before);
  await before.close();
  const path = await home.place(20, { day: "2026/11/10" });
  await Deno.utime(path, new Date(), new Date("2027-01-01T00:00:00Z"));
  const catalog = await home.open();
  const deadline = performance.now() + 60_000;
  // Old days are looked at behind the answer.
  while (!(await ids(catalog)).includes(toId(20))) {
    assert(performance.now() < deadline, "never found");
  }
  assert.equal(
    catalog.threads.get(toId(20))!.updatedAtMs,
    Date.parse("2027-01-01T00:00:00Z"),
  );
});

Deno.test("thread/list: threads of a day that was removed as a whole are gone", async () => {
  await using home = new TestHome();
  for (let day = 10; day < 15; day++) {
    await home.place(day, { day: `2026/11/${day}` });
  }
  const before = await home.open();
  assert.equal((await ids(before)).length, 5);
  await before.close();
  await Deno.remove(`${home.path}/sessions/2026/11/10`, { recursive: true });
  const catalog = await home.open();
  const deadline = performance.now() + 60_000;
  while ((await ids(catalog)).includes(toId(10))) {
    assert(performance.now() < deadline, "still there");
  }
  assert.equal((await ids(catalog)).length, 4);
});

Deno.test("thread/list: a folder that cannot be read is not taken for an empty one", async () => {
  await using home = new TestHome();
  await home.place(1, { archived: true });
  const catalog = await home.open();
  assert.deepEqual(await ids(catalog, true), [toId(1)]);
  const folder = `${home.path}/archived_sessions`;
  await Deno.rename(folder, `${folder}.away`);
  await Deno.writeTextFile(folder, "not a folder");
  assert.deepEqual(await ids(catalog, true), [toId(1)]);
});

Deno.test("thread/list: model and effort come from the end of the file", async () => {
  await using home = new TestHome();
  const path = await home.place(1);
  await Deno.writeTextFile(
    path,
    `${
      JSON.stringify({
        timestamp: "2026-11-10T10:00:01.000Z",
        ordinal: 9,
        type: "turn_context",
        payload: { model: "late-model", effort: "high" },
      })
    }\n`,
    { append: true },
  );
  const catalog = await home.open();
  const [thread] = (await catalog.threads.list({})).data;
  assert.deepEqual(
    [thread?.model, thread?.reasoningEffort],
    ["late-model", "high"],
  );
});

Deno.test("ThreadIndex.find: a thread whose file was moved or just put there", async () => {
  await using home = new TestHome();
  const path = await home.place(1);
  const catalog = await home.open();
  assert.equal((await catalog.threads.find(toId(1)))?.path, path);
  const target = `${home.path}/archived_sessions/${path.split("/").at(-1)}`;
  await Deno.mkdir(`${home.path}/archived_sessions`);
  await Deno.rename(path, target);
  const found = await catalog.threads.find(toId(1));
  assert.deepEqual([found?.path, found?.archived], [target, true]);
  assert.equal(await catalog.threads.find(toId(2)), undefined);
});

Deno.test("ThreadIndex.adopt: takes a rollout by its path, and nothing else", async () => {
  await using home = new TestHome();
  const path = await home.place(1);
  const catalog = await home.open();
  assert.equal((await catalog.threads.adopt(path))?.id, toId(1));
  assert.equal(await catalog.threads.adopt(`${home.path}/none`), undefined);
  const empty = path.replace(toId(1), toId(2));
  await Deno.writeTextFile(empty, "");
  assert.equal(await catalog.threads.adopt(empty), undefined);
});

Deno.test("ThreadIndex.find: a thread that has no file before its first message", async () => {
  await using home = new TestHome();
  const catalog = await home.open();
  catalog.threads.upsert(
    toRow(toId(1), { preview: "", hasUserMessage: false }),
  );
  assert.equal((await catalog.threads.find(toId(1)))?.id, toId(1));
});

Deno.test("ThreadIndex.setName: other servers of the home read it", async () => {
  await using home = new TestHome();
  const catalog = await home.open();
  catalog.threads.upsert(toRow(toId(1)));
  assert.equal(await catalog.threads.setName(toId(1), "  A name "), "A name");
  assert.equal(
    await Deno.readTextFile(`${home.path}/session_index.jsonl`),
    `{"id":"${toId(1)}","thread_name":"A name",` +
      `"updated_at":"2006-11-21T16:00:00.000Z"}\n`,
  );
  await assert.rejects(catalog.threads.setName(toId(1), " "), {
    message: "thread name must not be empty",
  });
});

Deno.test("thread/list: broken and half-written files are no obstacle", async () => {
  await using home = new TestHome();
  const path = await home.place(1);
  await Deno.writeTextFile(path.replace(toId(1), toId(2)), `{"timesta`);
  await Deno.writeFile(path.replace(toId(1), toId(3)), new Uint8Array(9_000));
  await Deno.mkdir(path.replace(toId(1), toId(4)));
  const catalog = await home.open();
  assert.deepEqual(await ids(catalog), [toId(1)]);
});

Deno.test("thread/list: in a home never seen, the newest threads do not wait for the oldest", async () => {
  await using home = new TestHome();
  const days = Array.from(
    { length: 60 },
    (_, at) => new Date(Date.UTC(2026, 8, 30 - at)).toISOString().slice(0, 10),
  );
  for (const [at, day] of days.entries()) {
    await home.place(at, { day: day.replaceAll("-", "/") });
  }
  const newestFirst = days.map((_, at) => toId(at));
  const catalog = await home.open();
  const early = await catalog.threads.list({ limit: 3 });
  const known = await catalog.threads.list({
    limit: 100,
    useStateDbOnly: true,
  });
  const shown = early.data.map(({ id }) => id);
  assert.deepEqual(shown, newestFirst.slice(0, 3));
  assert.ok(known.data.length < days.length, `${known.data.length} are in`);
  // A page that may hold older ones waits for them, and so does another order.
  const next = await catalog.threads.list({
    limit: 100,
    cursor: early.nextCursor,
  });
  assert.deepEqual(next.data.map(({ id }) => id), newestFirst.slice(3));
});

Deno.test("thread/list: another order waits for all threads of a home never seen", async () => {
  await using home = new TestHome();
  const paths: string[] = [];
  for (const n of Array.from({ length: 30 }).keys()) {
    const day = new Date(Date.UTC(2026, 8, 30 - n)).toISOString().slice(0, 10);
    paths.push(await home.place(n, { day: day.replaceAll("-", "/") }));
  }
  await Deno.utime(paths.at(-1)!, new Date(), new Date(Date.now() + 60_000));
  const catalog = await home.open();
  const { data: [newest] } = await catalog.threads.list({
    limit: 1,
    sortKey: "updated_at",
  });
  assert.equal(newest?.id, toId(29));
});

/** A database that can be said to be another one from now on. */
function replaceable(db: Database): { db: Database; replace: () => void } {
  let generation = 0;
  return {
    db: new Proxy(db, {
      get(target, name) {
        if (name === "generation") return generation;
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    }),
    replace: () => generation++,
  };
}

Deno.test({
  name:
    "Discovery.close: waits for a scan whose database was put aside meanwhile",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using home = new TestHome();
    await home.place(1);
    const now = () => home.nowMs;
    const options = { home: home.path, log: silentLogger, now };
    const opened = (await openDatabase(options)).db;
    const { db, replace } = replaceable(opened);
    const before = new Discovery({ ...options, db });
    await before.refresh();
    await before.close();

    // Who reads a pipe waits for somebody who writes, and then for the end.
    const pipe = `${home.path}/pipe`;
    const { success } = await new Deno.Command("mkfifo", { args: [pipe] })
      .output();
    assert.ok(success);
    const names = `${home.path}/session_index.jsonl`;
    const discovery = new Discovery({ ...options, db });
    await discovery.refresh();
    // The scan behind that answer has not come to the names yet.
    Deno.renameSync(pipe, names);
    const writer = await Deno.open(names, { write: true });
    await Deno.remove(names);
    replace();
    await discovery.refresh();
    const order: string[] = [];
    const closing = discovery.close().then(() => order.push("closed"));
    // Another one, which scans as much, is closed meanwhile.
    const other = new Discovery({ ...options, db });
    await other.refresh();
    await other.close();
    order.push("read");
    writer.close();
    await closing;

    assert.deepEqual(order, ["read", "closed"]);
    opened.close();
  },
});
