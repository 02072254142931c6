import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { createLogger, silentLogger } from "../telemetry/mod.ts";
import { openDatabase } from "./_open_database.ts";
import { TestHome, toId, toRow } from "./_home_test.ts";
import { toThreadQuery } from "./_thread_query.ts";
import { type Catalog, openCatalog } from "./mod.ts";

const pathIn = (home: TestHome): string => `${home.path}/gangway_1.sqlite`;

const asides = (home: TestHome): string[] =>
  Deno.readDirSync(home.path).map((entry) => entry.name)
    .filter((name) => /\.corrupt-[^-]*-[^-]*-[^-]*-[^-]*-[^-]*$/.test(name))
    .toArray();

const ids = async (catalog: Catalog): Promise<string[]> =>
  (await catalog.threads.list({})).data.map((thread) => thread.id);

Deno.test("openCatalog: the file is for its owner alone, and the journals, too", async () => {
  await using home = new TestHome();
  const catalog = await home.open();
  catalog.sections.create({ name: "A" });
  for (const name of ["", "-wal", "-shm"]) {
    const { mode } = await Deno.stat(`${pathIn(home)}${name}`);
    assert.equal(mode! & 0o777, 0o600, name);
  }
});

Deno.test("openCatalog: SQLite is not loaded with the room", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", new URL("./mod.ts", import.meta.url).href],
  }).output();
  const graph = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: {
      specifier: string;
      dependencies?: {
        specifier: string;
        isDynamic?: boolean;
        code?: unknown;
      }[];
    }[];
  };
  const loads = graph.modules.flatMap((module) =>
    (module.dependencies ?? []).filter((one) =>
      one.specifier === "node:sqlite" && one.code !== undefined &&
      !one.isDynamic
    ).map(() => module.specifier)
  ).filter((specifier) => specifier.includes("/catalog/"));
  assert.deepEqual(loads, []);
});

for (
  const [what, spoil] of [
    ["random bytes", async (path: string) => {
      const bytes = crypto.getRandomValues(new Uint8Array(20_000));
      await Deno.writeFile(path, bytes);
    }],
    [
      "a text",
      (path: string) => Deno.writeTextFile(path, "no database ".repeat(999)),
    ],
    ["a file cut off", async (path: string) => {
      await Deno.truncate(path, 10_000);
    }],
    ["a directory", async (path: string) => {
      await Deno.remove(path);
      await Deno.mkdir(`${path}/inside`, { recursive: true });
    }],
    ["the database of another program", async (path: string) => {
      await Deno.remove(path);
      const db = new DatabaseSync(path);
      db.exec("CREATE TABLE theirs (a)");
      db.close();
    }],
  ] as const
) {
  Deno.test(`openCatalog: ${what} in its place is put aside, and threads are found again`, async () => {
    await using home = new TestHome();
    await home.place(1);
    const before = await home.open();
    assert.deepEqual(await ids(before), [toId(1)]);
    await before.close();
    await spoil(pathIn(home));
    const catalog = await home.open();
    assert.equal(catalog.isInMemory, false);
    assert.deepEqual(await ids(catalog), [toId(1)]);
    assert.equal(catalog.sections.create({ name: "A" }).section.name, "A");
    assert.deepEqual(asides(home), [
      "gangway_1.sqlite.corrupt-2006-11-21T16-00-00.000Z",
    ]);
  });
}

Deno.test("openCatalog: what is kept survives broken pages elsewhere", async () => {
  await using home = new TestHome();
  await home.place(1);
  const before = await home.open();
  await ids(before);
  for (let n = 100; n < 2_000; n++) before.threads.upsert(toRow(toId(n)));
  const { section } = before.sections.create({ name: "Mine" });
  before.sections.move({ threadId: toId(1), sectionId: section.id });
  before.goals.set({ threadId: toId(1), objective: "survive" });
  await before.threads.setName(toId(1), "Named");
  await before.close();
  // The b-tree of the newest order is broken: seen only by a list.
  const db = new DatabaseSync(pathIn(home));
  const page = db.prepare(
    "SELECT rootpage FROM sqlite_schema WHERE name = 'threads_by_creation'",
  ).get()!.rootpage as number;
  const size = db.prepare("PRAGMA page_size").get()!.page_size as number;
  db.close();
  const file = await Deno.open(pathIn(home), { write: true });
  await file.seek((page - 1) * size, Deno.SeekMode.Start);
  await file.write(new Uint8Array(size).fill(0xab));
  file.close();

  const catalog = await home.open();
  assert.deepEqual(await ids(catalog), [toId(1)]);
  assert.equal(asides(home).length, 1);
  const { name, section: kept } = catalog.threads.get(toId(1))!;
  assert.deepEqual([name, kept], ["Named", section]);
  assert.equal(
    catalog.goals.get({ threadId: toId(1) }).goal?.objective,
    "survive",
  );
});

Deno.test("openCatalog: one that is newer than this server is left alone", async () => {
  await using home = new TestHome();
  await home.place(1);
  await (await home.open()).close();
  const db = new DatabaseSync(pathIn(home));
  db.exec("PRAGMA user_version = 999");
  db.close();
  const catalog = await home.open();
  assert.equal(catalog.isInMemory, true);
  assert.deepEqual(await ids(catalog), [toId(1)]);
  assert.deepEqual(asides(home), []);
});

Deno.test("openCatalog: one that cannot be opened gives way to memory, with a warning", async () => {
  await using home = new TestHome();
  const lines: string[] = [];
  const catalog = await openCatalog({
    home: `${home.path}/missing`,
    log: createLogger({ write: (line) => lines.push(line) }).child("test"),
    nextId: () => toId(1),
  });
  assert.equal(catalog.isInMemory, true);
  catalog.threads.upsert(toRow(toId(1)));
  assert.deepEqual(await ids(catalog), [toId(1)]);
  await catalog.close();
});

Deno.test("openCatalog: works under the permissions of the home alone", async () => {
  await using home = new TestHome();
  await home.place(1);
  const code = `
    import { openCatalog } from ${
    JSON.stringify(new URL("./mod.ts", import.meta.url).href)
  };
    import { silentLogger } from ${
    JSON.stringify(new URL("../telemetry/mod.ts", import.meta.url).href)
  };
    const catalog = await openCatalog({
      home: ${JSON.stringify(home.path)}, log: silentLogger, cwd: "/",
      nextId: () => crypto.randomUUID(),
    });
    const { data } = await catalog.threads.list({});
    console.log(catalog.isInMemory, data.length);
    await catalog.close();`;
  const script = `${home.path}/script.ts`;
  await Deno.writeTextFile(script, code);
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--config",
      new URL("../../deno.json", import.meta.url).pathname,
      `--allow-read=${home.path}`,
      `--allow-write=${home.path}`,
      script,
    ],
  }).output();
  assert.equal(
    new TextDecoder().decode(stdout),
    "false 1\n",
    new TextDecoder().decode(stderr),
  );
});

/** A process that writes into the home and tells of each entry that it made. */
async function spawnWriter(
  home: TestHome,
  first: number,
  count: number,
): Promise<Deno.ChildProcess> {
  const url = (path: string): string =>
    JSON.stringify(new URL(path, import.meta.url).href);
  const script = `${home.path}/writer-${first}.ts`;
  await Deno.writeTextFile(
    script,
    `import { openCatalog } from ${url("./mod.ts")};
    import { toId, toRow } from ${url("./_home_test.ts")};
    import { silentLogger } from ${url("../telemetry/mod.ts")};
    let ids = ${first + 500_000};
    const catalog = await openCatalog({
      home: ${JSON.stringify(home.path)},
      log: silentLogger,
      nextId: () => toId(++ids),
    });
    const output = Deno.stdout.writable.getWriter();
    for (let n = 0; n < ${count}; n++) {
      const id = toId(${first} + n);
      catalog.threads.upsert(toRow(id));
      catalog.queues.add({
        threadId: id,
        input: [{ type: "text", text: id }],
        clientUserMessageId: id,
      });
      catalog.goals.set({ threadId: id, objective: id });
      await output.write(new TextEncoder().encode(n + "\\n"));
    }
    await catalog.close();
    await output.close();`,
  );
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      "--config",
      new URL("../../deno.json", import.meta.url).pathname,
      script,
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

Deno.test("openCatalog: after kill -9 in the middle of writing, all that was told is there", async () => {
  await using home = new TestHome();
  for (let round = 0; round < 3; round++) {
    const child = await spawnWriter(home, round * 10_000, 10_000);
    const reader = child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    let told = "";
    while (told.split("\n").length < 20 + round * 31) {
      told += (await reader.read()).value ?? "";
    }
    child.kill("SIGKILL");
    for (let rest = await reader.read(); !rest.done;) {
      told += rest.value;
      rest = await reader.read();
    }
    await child.status;
    const catalog = await home.open();
    assert.equal(catalog.isInMemory, false);
    const last = told.split("\n").length - 2;
    for (let n = 0; n <= last; n++) {
      const threadId = toId(round * 10_000 + n);
      assert.equal(catalog.goals.get({ threadId }).goal?.objective, threadId);
      assert.equal(catalog.queues.list({ threadId }).data.length, 1);
    }
    await catalog.close();
    const db = new DatabaseSync(pathIn(home));
    assert.deepEqual(
      { ...db.prepare("PRAGMA integrity_check").get() },
      { integrity_check: "ok" },
    );
    db.close();
  }
  assert.deepEqual(asides(home), []);
});

Deno.test("openCatalog: two processes and this one write into one home at once", async () => {
  await using home = new TestHome();
  const catalog = await home.open();
  const children = [
    await spawnWriter(home, 0, 200),
    await spawnWriter(home, 10_000, 200),
  ];
  const ended = Promise.all(children.map((child) => child.output()));
  let isOver = false;
  void ended.then(() => isOver = true);
  let own = 0;
  while (!isOver) {
    const threadId = toId(20_000 + own++);
    catalog.goals.set({ threadId, objective: threadId });
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assert.deepEqual((await ended).map((one) => one.code), [0, 0]);
  for (const [first, count] of [[0, 200], [10_000, 200], [20_000, own]]) {
    for (let n = 0; n < count!; n++) {
      const threadId = toId(first! + n);
      assert.equal(catalog.goals.get({ threadId }).goal?.objective, threadId);
    }
  }
});

Deno.test("thread/list: the usual pages walk an index in their order, and sort nothing", async () => {
  await using home = new TestHome();
  const { db } = await openDatabase({
    home: home.path,
    log: silentLogger,
    now: Date.now,
  });
  const usual = { archived: false, excluded: [] };
  for (
    const sortKey of ["created_at", "updated_at", "recency_at"] as const
  ) {
    for (const direction of ["asc", "desc"] as const) {
      for (
        const more of [
          {},
          { cwds: ["/work"] },
          { sourceKinds: ["exec" as const] },
          { modelProviders: ["x"] },
          { sectionId: null },
        ]
      ) {
        const place = {
          value: 1,
          id: toId(1),
          inclusive: false,
          wholeSeconds: false,
        };
        const query = toThreadQuery(
          { ...usual, sortKey, direction, ...more },
          place,
          26,
          "walk",
        );
        const plan = db.all(`EXPLAIN QUERY PLAN ${query.sql}`, ...query.values)
          .map((row) => row.detail as string);
        assert.match(plan[0]!, /^SEARCH t USING INDEX threads_by_/);
        assert.match(
          plan[0]!,
          /archived=\? AND shown=\? AND \(\w+_ms,id\)[<>]\(\?,\?\)\)$/,
        );
        assert.deepEqual(
          plan.filter((line) => /TEMP B-TREE|SCAN t\b/.test(line)),
          [],
        );
      }
    }
  }
  db.close();
});
