import assert from "node:assert/strict";
import { readRollout, WriterLock } from "../rollout/mod.ts";
import { findForkSource } from "./fork_source.ts";
import { forkThread } from "./fork_thread.ts";
import { growImportedThread, importThread } from "./import_thread.ts";
import type { ImportedMessage, ImportedTalk } from "./imported_talk.ts";
import { loadStored } from "./resume_thread.ts";
import { Listener, openWorld, saying } from "./_scripted_world_test.ts";
import { startTurn } from "./start_turn.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";

const client = { name: "test" };
const atMs = Date.parse("2020-01-02T03:04:05.678Z");
const at = Math.floor(atMs / 1000);

const user = (text: string, atMs: number | null = null): ImportedMessage => ({
  from: "user",
  text,
  atMs,
});

const agent = (text: string, atMs: number | null = null): ImportedMessage => ({
  ...user(text, atMs),
  from: "agent",
});

const talk = (...messages: ImportedMessage[]): ImportedTalk => ({
  cwd: "/",
  name: null,
  messages,
});

/** Loads a thread to go on with it. */
async function resume(threads: Threads, id: string): Promise<Thread> {
  const path = (await threads.findPath(id))!;
  return await loadStored(threads, { id, path }, {}, client);
}

/** What each turn of a stored thread says. */
async function readTexts(threads: Threads, id: string): Promise<string[][]> {
  const path = await threads.findPath(id);
  const stored = await readRollout(path!, { home: threads.home });
  return (await stored.readTurns()).map(({ items }) =>
    items.map((item) => {
      if (item.type === "agentMessage") return `| ${item.text}`;
      assert.equal(item.type, "userMessage");
      const [part] = item.content;
      return part?.type === "text" ? part.text : "";
    })
  );
}

Deno.test("importThread() stores a conversation as a thread whose turns are over", async () => {
  await using world = await openWorld([]);
  const { threads } = world;
  const id = await importThread(threads, {
    ...talk(
      user("one", atMs),
      agent("two", atMs + 1000),
      user("three", atMs + 2000),
      agent("four!", atMs + 9000),
    ),
    name: "A name",
  }, client);
  const view = await threads.readRow(id);
  const { path, createdAt, updatedAt, ...shown } = view!;
  assert.deepEqual(
    {
      ...shown,
      cliVersion: "",
      modelProvider: "",
    },
    {
      id,
      environments: null,
      extra: null,
      sessionId: id,
      forkedFromId: null,
      attachedToThreadId: null,
      parentThreadId: null,
      preview: "one",
      ephemeral: false,
      section: null,
      sectionEnteredAt: null,
      projectId: null,
      historyMode: "legacy",
      modelProvider: "",
      model: null,
      reasoningEffort: null,
      recencyAt: at + 9,
      status: { type: "notLoaded" },
      cwd: "/",
      cliVersion: "",
      originator: "test",
      source: "vscode",
      canAcceptDirectInput: null,
      threadSource: null,
      agentNickname: null,
      agentRole: null,
      gitInfo: null,
      name: "A name",
      daybreakEnabled: null,
      turns: [],
    },
  );
  const now = Date.now() / 1000;
  assert.ok(createdAt > now - 60 && updatedAt > now - 60);
  assert.equal(threads.find(id), undefined, "it is not loaded");

  const stored = await readRollout(path!, { home: world.home });
  const turns = await stored.readTurns();
  assert.deepEqual(
    turns.map(({ items: _, ...turn }) => turn),
    [
      ["external-import-turn-1", at, null],
      ["external-import-turn-2", at + 2, at + 9],
    ].map(([id, startedAt, completedAt]) => ({
      id,
      rootTurnId: null,
      itemsView: "full",
      status: "completed",
      error: null,
      startedAt,
      completedAt,
      durationMs: null,
    })),
  );
  assert.deepEqual(await readTexts(threads, id), [
    ["one", "| two"],
    ["three", "| four!", "| <EXTERNAL SESSION IMPORTED>"],
  ]);
  assert.equal((await Deno.stat(path!)).mode! & 0o777, 0o600);
});

Deno.test("importThread() leaves a thread that can be resumed and forked, and models are told what was said", async () => {
  await using world = await openWorld([saying("Yes"), saying("Too")]);
  const { threads, requests } = world;
  const me = new Listener();
  const attendance = world.attend(me);
  const id = await importThread(
    threads,
    talk(user("one"), agent("two")),
    client,
  );
  const said = async (
    thread: Thread,
  ): Promise<unknown> => {
    thread.followers.join(attendance);
    const from = me.heard.length;
    startTurn(threads, thread, {
      threadId: thread.threadId,
      input: [{ type: "text", text: "go on", text_elements: [] }],
    });
    thread.play();
    await me.until("turn/completed", from);
    const input = JSON.stringify(requests.at(-1)?.input);
    assert.doesNotMatch(input, /EXTERNAL SESSION/);
    return [...input.matchAll(/"text":"(one|two|go on)"/g)].map(([, it]) => it);
  };
  const wishes = { threadId: id };
  const { thread: forked } = await forkThread(
    threads,
    await findForkSource(threads, wishes),
    wishes,
    client,
  );
  assert.deepEqual(await said(forked), ["one", "two", "go on"]);
  const resumed = await resume(threads, id);
  assert.deepEqual(await said(resumed), ["one", "two", "go on"]);
  assert.equal((await resumed.readTurns()).length, 2);
});

Deno.test("growImportedThread() adds what was said since", async () => {
  await using world = await openWorld([]);
  const { threads } = world;
  const id = await importThread(
    threads,
    talk(user("one", atMs), agent("two")),
    client,
  );
  const whole = talk(
    user("one"),
    agent("two"),
    agent("more"),
    user("three", atMs + 5000),
  );
  assert.equal(await growImportedThread(threads, id, whole), true);
  assert.deepEqual(await readTexts(threads, id), [
    ["one", "| two", "| <EXTERNAL SESSION IMPORTED>"],
    ["| more"],
    ["three"],
  ]);
  assert.equal((await threads.readRow(id))?.recencyAt, at + 5);
  assert.equal(await growImportedThread(threads, id, whole), false);
  const longer = talk(...whole.messages, agent("four"));
  assert.equal(await growImportedThread(threads, id, longer), true);
  assert.deepEqual((await readTexts(threads, id)).at(-1), ["| four"]);
});

Deno.test("growImportedThread() leaves a thread alone that is not the beginning of what was said, or in use", async () => {
  await using world = await openWorld([]);
  const { threads } = world;
  const begin = [user("one"), agent("two")];
  const id = await importThread(threads, talk(...begin), client);
  const path = await threads.findPath(id);
  const before = await Deno.readTextFile(path!);
  const grow = (...messages: ImportedMessage[]): Promise<boolean> =>
    growImportedThread(threads, id, talk(...messages));
  assert.equal(await grow(user("other"), agent("two"), user("3")), false);
  assert.equal(await grow(agent("one"), agent("two"), user("3")), false);
  assert.equal(await grow(user("one")), false);
  {
    await using _lock = await WriterLock.acquire(world.home, id);
    assert.equal(await grow(...begin, user("3")), false);
  }
  const nobody = threads.nextId();
  assert.equal(
    await growImportedThread(threads, nobody, talk(...begin, user("3"))),
    false,
  );
  const thread = await resume(threads, id);
  assert.equal(await grow(...begin, user("3")), false);
  await threads.unload(thread);
  assert.equal(await Deno.readTextFile(path!), before);
  assert.equal(await grow(...begin, user("3")), true);
});

Deno.test("importThread() stores nothing under a configuration that is broken", async () => {
  await using world = await openWorld([], undefined, {
    configFor: () => Promise.reject(new Error("a.toml:1:1: no")),
  });
  await assert.rejects(
    importThread(world.threads, talk(user("one")), client),
    { message: "failed to load configuration: a.toml:1:1: no" },
  );
  await assert.rejects(Deno.stat(`${world.home}/sessions`), {
    name: "NotFound",
  });
});
