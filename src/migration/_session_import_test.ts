import assert from "node:assert/strict";
import { Access, type AccessRules } from "../access/mod.ts";
import type {
  ExternalAgentConfigDetectParams,
  ExternalAgentConfigImportTypeResult,
  ExternalAgentConfigMigrationItem,
  SessionMigration,
} from "../protocol/mod.ts";
import {
  type ForeignSession,
  MigrationDesk,
  type SessionKeeper,
} from "./mod.ts";

/** Keeps sessions in memory, and says no when it is told to. */
class Shoebox implements SessionKeeper {
  readonly kept: { session: ForeignSession; clientName: string }[] = [];
  readonly extended: [string, ForeignSession][] = [];
  canExtend = true;
  failure: Error | undefined;

  keep(session: ForeignSession, clientName: string): Promise<string> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return Promise.resolve(`t${this.kept.push({ session, clientName })}`);
  }

  extend(threadId: string, session: ForeignSession): Promise<boolean> {
    this.extended.push([threadId, session]);
    return Promise.resolve(this.canExtend);
  }
}

/** A user's home with sessions in it. */
class World implements AsyncDisposable {
  readonly keeper = new Shoebox();
  readonly desk: MigrationDesk;
  readonly told: ExternalAgentConfigImportTypeResult[] = [];

  private constructor(readonly path: string, access: Access) {
    this.desk = new MigrationDesk({
      home: `${path}/.codex`,
      userHome: path,
      access,
      sessionKeeper: this.keeper,
      pluginKeeper: {
        offered: () => Promise.resolve(new Map()),
        add: () => Promise.reject(new Error("No plugins here")),
        install: () => Promise.reject(new Error("No plugins here")),
      },
    });
  }

  static async create(
    toRules: (path: string) => AccessRules = () => ({}),
  ): Promise<World> {
    const path = await Deno.realPath(await Deno.makeTempDir());
    await Deno.mkdir(`${path}/work`);
    await Deno.mkdir(`${path}/.codex`);
    await Deno.mkdir(`${path}/.claude/projects/p`, { recursive: true });
    return new World(path, await Access.create(toRules(path)));
  }

  get ledger(): string {
    return `${this.path}/.codex/external_agent_session_imports.json`;
  }

  /** Where a session lies. */
  at(name: string): string {
    return `${this.path}/.claude/projects/p/${name}.jsonl`;
  }

  /** Writes a session of the given lines. */
  async put(
    name: string,
    lines: readonly object[],
    changed?: Date,
  ): Promise<string> {
    const path = this.at(name);
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    await Deno.writeTextFile(path, text);
    if (changed !== undefined) await Deno.utime(path, changed, changed);
    return path;
  }

  said(type: "user" | "assistant", content: unknown): object {
    const timestamp = "2026-11-21T20:00:00.000Z";
    return { type, timestamp, cwd: `${this.path}/work`, message: { content } };
  }

  async find(
    limits: ExternalAgentConfigDetectParams = {},
  ): Promise<readonly SessionMigration[]> {
    const [item] = await this.desk.detect({ includeHome: true, ...limits });
    return item?.details?.sessions ?? [];
  }

  async import(
    ...paths: readonly string[]
  ): Promise<ExternalAgentConfigImportTypeResult | undefined> {
    const [result] = await this.desk.import("i", {
      migrationItems: [toItem(paths)],
    }, { clientName: "me", onItem: (one) => this.told.push(one) });
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

function toItem(paths: readonly string[]): ExternalAgentConfigMigrationItem {
  return {
    itemType: "SESSIONS",
    description: "",
    cwd: null,
    details: {
      plugins: [],
      skills: [],
      sessions: paths.map((path) => ({ path, cwd: "/", title: "theirs" })),
      mcpServers: [],
      hooks: [],
      subagents: [],
      commands: [],
    },
  };
}

const daysAgo = (days: number): Date => new Date(Date.now() - days * 86400e3);

Deno.test("externalAgentConfig/detect tells sessions by their last change, as far back and as many as asked for", async () => {
  await using world = await World.create();
  const hi = [world.said("user", "hi")];
  await world.put("old", hi, daysAgo(31));
  await world.put("mid", hi, daysAgo(29));
  await world.put("new", hi, daysAgo(1));
  const names = async (limits: ExternalAgentConfigDetectParams) =>
    (await world.find(limits)).map(({ path }) =>
      /(\w+)\.jsonl$/.exec(path)?.[1]
    );
  assert.deepEqual(await names({}), ["new", "mid"]);
  assert.deepEqual(await names({ maxSessionAgeDays: 40 }), [
    "new",
    "mid",
    "old",
  ]);
  assert.deepEqual(await names({ maxSessionAgeDays: 2 }), ["new"]);
  assert.deepEqual(await names({ maxSessions: 1 }), ["new"]);
  assert.deepEqual(await names({ maxSessions: 0 }), []);
  const items = await world.desk.detect({ includeHome: true });
  assert.deepEqual(items.map(({ details: _, ...item }) => item), [{
    itemType: "SESSIONS",
    description: `Migrate recent sessions from ${world.path}/.claude/projects`,
    cwd: null,
  }]);
  assert.deepEqual(await world.desk.detect({ cwds: [world.path] }), []);
});

Deno.test("externalAgentConfig/detect tells no more than fifty sessions", async () => {
  await using world = await World.create();
  for (let i = 0; i < 55; i++) {
    await world.put(`s${i}`, [world.said("user", "hi")], daysAgo(1 + i / 10));
  }
  const found = await world.find();
  assert.equal(found.length, 50);
  assert.equal(found[0]?.path, world.at("s0"));
  assert.equal(found[49]?.path, world.at("s49"));
});

Deno.test("externalAgentConfig/detect leaves out what is no session, and what worked in a place that is gone", async () => {
  await using world = await World.create();
  const said = world.said("user", "hi");
  await world.put("empty", []);
  await world.put("gone", [{ ...said, cwd: "/does/not/exist" }]);
  await world.put("relative", [{ ...said, cwd: "work" }]);
  await world.put("aside", [{ ...said, isSidechain: true }]);
  await world.put("undated", [{ ...said, timestamp: undefined }]);
  await Deno.writeFile(world.at("binary"), new Uint8Array([0xff, 0xfe, 10]));
  await Deno.mkdir(world.at("directory"));
  const deep = `${world.path}/.claude/projects/p/deep`;
  await Deno.mkdir(deep);
  await Deno.writeTextFile(`${deep}/a.jsonl`, JSON.stringify(said));
  await Deno.writeTextFile(
    `${world.path}/.claude/projects/top.jsonl`,
    JSON.stringify(said),
  );
  assert.deepEqual(await world.find(), []);
});

Deno.test("externalAgentConfig/detect tells no sessions that clients may not read", async () => {
  await using world = await World.create((path) => ({
    denyRead: [`${path}/.claude`],
  }));
  const path = await world.put("a", [world.said("user", "hi")]);
  assert.deepEqual(await world.find(), []);
  const result = await world.import(path);
  assert.deepEqual(result?.successes, []);
  assert.equal(result?.failures[0]?.failureStage, "session_prepare");
  assert.deepEqual(world.keeper.kept, []);
});

Deno.test("externalAgentConfig/import: what a session says becomes a thread, and is known from then on", async () => {
  await using world = await World.create();
  const path = await world.put("a", [
    world.said("user", "Do it\nnow"),
    world.said("assistant", "Done"),
  ], daysAgo(1));
  const cwd = `${world.path}/work`;
  assert.deepEqual(await world.find(), [{ path, cwd, title: "Do it" }]);
  const before = Math.floor(Date.now() / 1000);
  const result = await world.import(path, path);
  const success = {
    itemType: "SESSIONS",
    cwd,
    source: path,
    target: "t1",
    title: "Do it",
  } as const;
  assert.deepEqual(result, {
    itemType: "SESSIONS",
    successes: [success],
    failures: [],
  });
  assert.deepEqual(world.told, [
    { itemType: "SESSIONS", successes: [], failures: [] },
    { itemType: "SESSIONS", successes: [success], failures: [] },
  ]);
  const atMs = Date.parse("2026-11-21T20:00:00.000Z");
  assert.deepEqual(world.keeper.kept, [{
    clientName: "me",
    session: {
      cwd,
      title: "Do it",
      name: null,
      messages: [
        { from: "user", text: "Do it\nnow", atMs },
        { from: "agent", text: "Done", atMs },
      ],
    },
  }]);
  const { records, ...rest } = JSON.parse(
    await Deno.readTextFile(world.ledger),
  );
  assert.deepEqual(rest, { detected_connector_records: [] });
  const [{ imported_at, content_sha256, ...record }, ...more] = records;
  assert.deepEqual(more, []);
  assert.ok(imported_at >= before);
  assert.match(content_sha256, /^[0-9a-f]{64}$/);
  assert.deepEqual(record, {
    source_path: path,
    imported_thread_id: "t1",
    source_modified_at: (await Deno.stat(path)).mtime!.getTime() * 1e6,
    connector_names: [],
    title: "Do it",
  });

  assert.deepEqual(await world.find(), []);
  await Deno.utime(path, new Date(), new Date());
  assert.deepEqual(await world.find(), [], "only the time has changed");
  assert.deepEqual(await world.import(path), {
    itemType: "SESSIONS",
    successes: [],
    failures: [],
  });
  assert.equal(world.keeper.kept.length, 1);
});

Deno.test("externalAgentConfig/import: a session that went on goes on in its thread, as long as that can be", async () => {
  await using world = await World.create();
  const begin = [world.said("user", "one")];
  const path = await world.put("a", begin, daysAgo(2));
  await world.import(path);
  await world.put("a", [...begin, world.said("assistant", "two")], daysAgo(1));
  assert.equal((await world.find()).length, 1);

  world.keeper.canExtend = false;
  assert.deepEqual((await world.import(path))?.successes, []);
  assert.equal((await world.find()).length, 1, "it was not taken over");

  world.keeper.canExtend = true;
  const result = await world.import(path);
  assert.deepEqual(result?.successes.map(({ target }) => target), ["t1"]);
  assert.deepEqual(
    world.keeper.extended.map(([id, { messages }]) => [id, messages.length]),
    [["t1", 2], ["t1", 2]],
  );
  assert.equal(world.keeper.kept.length, 1);
  assert.deepEqual(await world.find(), []);
});

Deno.test("externalAgentConfig/import: what is not among the sessions is not read", async () => {
  await using world = await World.create();
  const outside = `${world.path}/outside.jsonl`;
  await Deno.writeTextFile(
    outside,
    JSON.stringify(world.said("user", "secret")),
  );
  const link = world.at("link");
  await Deno.symlink(outside, link);
  const note = `${world.path}/.claude/projects/p/note.txt`;
  await Deno.copyFile(outside, note);
  const paths = [
    outside,
    link,
    note,
    world.at("missing"),
    "relative.jsonl",
    `${world.path}/.claude/projects/../../outside.jsonl`,
  ];
  const result = await world.import(...paths);
  assert.deepEqual(result?.successes, []);
  assert.deepEqual(
    result?.failures,
    paths.map((path) => ({
      itemType: "SESSIONS",
      errorType: null,
      subErrorType: "session_not_detected",
      failureStage: "session_missing",
      message: `external agent session was not detected for import: ${path}`,
      cwd: null,
      source: path,
    })),
  );
  assert.equal(world.told.length, 1, "nothing is left to be told of");
  assert.deepEqual(world.keeper.kept, []);
});

Deno.test("externalAgentConfig/import tells what went wrong with a session, and goes on with the next", async () => {
  await using world = await World.create();
  const binary = world.at("binary");
  await Deno.writeFile(binary, new Uint8Array([0xff, 0xfe, 10]));
  const directory = world.at("directory");
  await Deno.mkdir(directory);
  const good = await world.put("good", [world.said("user", "hi")]);
  const failures = async (...paths: string[]) =>
    (await world.import(...paths))?.failures.map((one) => [
      one.failureStage,
      one.subErrorType,
      one.message,
    ]);
  const prepare = ["session_prepare", "failed_to_prepare_session"];
  assert.deepEqual(await failures(binary, directory, good), [
    [
      ...prepare,
      "failed to prepare external agent session: stream did not contain valid UTF-8",
    ],
    [
      ...prepare,
      "failed to prepare external agent session: Is a directory (os error 21)",
    ],
  ]);
  assert.equal(world.keeper.kept.length, 1);

  const next = await world.put("next", [world.said("user", "hi")]);
  world.keeper.failure = new Error(
    "failed to load configuration: Model provider `x` not found",
  );
  assert.deepEqual(await failures(next), [[
    "session_persist",
    "failed_to_load_session_config_not_found",
    "failed to load imported session config: Model provider `x` not found",
  ]]);
  world.keeper.failure = new Error("failed to load configuration: a:1:1: no");
  assert.deepEqual(await failures(next), [[
    "session_persist",
    "failed_to_load_session_config_invalid_data",
    "failed to load imported session config: a:1:1: no",
  ]]);
  world.keeper.failure = new Error("The disk is full");
  assert.deepEqual(await failures(next), [[
    "session_persist",
    "failed_to_persist_session",
    "failed to keep imported session: The disk is full",
  ]]);
  assert.equal((await world.find()).length, 1, "it can be tried again");
});

Deno.test("externalAgentConfig/import leaves what others wrote of sessions as it was", async () => {
  await using world = await World.create();
  const theirs = `{
    "records": [{"source_path": "/a", "source_modified_at": 1795292737044928967,
      "later": {"field": 1.50}}],
    "detected_connector_records": [{"name": "c"}],
    "version": 7
  }`;
  await Deno.writeTextFile(world.ledger, theirs);
  await world.import(await world.put("a", [world.said("user", "hi")]));
  const text = await Deno.readTextFile(world.ledger);
  assert.match(text, /"source_modified_at": 1795292737044928967,/);
  assert.match(text, /"field": 1\.50/);
  const { records, ...rest } = JSON.parse(text);
  assert.equal(records.length, 2);
  assert.deepEqual(rest, {
    detected_connector_records: [{ name: "c" }],
    version: 7,
  });
  assert.deepEqual(
    await Array.fromAsync(
      Deno.readDir(`${world.path}/.codex`),
      ({ name }) => name,
    ).then((names) => names.filter((name) => name.endsWith(".tmp"))),
    [],
  );
});

Deno.test("externalAgentConfig: a broken record of imports is told, and stays", async () => {
  await using world = await World.create();
  await Deno.writeTextFile(world.ledger, "{broken");
  const path = await world.put("a", [world.said("user", "hi")]);
  const message = /^invalid external agent session import ledger: /;
  await assert.rejects(world.find(), { name: "SyntaxError", message });
  const result = await world.import(path);
  assert.equal(result?.failures[0]?.failureStage, "session_prepare");
  assert.deepEqual(world.keeper.kept, []);
  assert.equal(await Deno.readTextFile(world.ledger), "{broken");
});

Deno.test("externalAgentConfig/import: two at once take a session over once", async () => {
  await using world = await World.create();
  const path = await world.put("a", [world.said("user", "hi")]);
  const both = await Promise.all([world.import(path), world.import(path)]);
  assert.deepEqual(both.map((one) => one?.successes.length), [1, 0]);
  assert.equal(world.keeper.kept.length, 1);
});

Deno.test("externalAgentConfig/import refuses memories as a whole, and says nothing of no sessions", async () => {
  await using world = await World.create();
  const memory = { ...toItem([]), itemType: "MEMORY" } as const;
  assert.throws(
    () => world.desk.check({ migrationItems: [toItem([]), memory] }),
    { code: -32600, message: "external agent memory import is disabled" },
  );
  assert.equal(await world.import(), undefined);
  assert.deepEqual(world.told, []);
});
