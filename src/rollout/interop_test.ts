import assert from "node:assert/strict";
import { findCodex } from "../../tests/kit/find_codex.ts";
import type { ThreadItem } from "../protocol/mod.ts";
import { createHome, createMeta, event, said, uuid } from "./_fixture_test.ts";
import { ITEMS } from "./_items_test.ts";
import {
  modelMessage,
  ReferenceServer,
  ScriptedProvider,
} from "./_reference_test.ts";
import { createFork, createRevert } from "./create_fork.ts";
import { findRollout } from "./find_rollout.ts";
import { toStoredError } from "./mod.ts";
import { readRollout } from "./read_rollout.ts";
import { Rollout } from "./rollout.ts";
import { ThreadLockedError } from "./rollout_error.ts";
import { toRolloutPath, toSegmentPath } from "./rollout_path.ts";
import { toItemRecords } from "./to_item_records.ts";
import { WriterLock } from "./writer_lock.ts";

const reference = await findCodex("0.169.0");
if (reference === undefined) {
  Deno.stderr.writeSync(
    new TextEncoder().encode(
      "Interop with the reference is skipped: no codex of 0.169.0 on the " +
        "PATH, and GANGWAY_CODEX names none\n",
    ),
  );
}

function interop(name: string, run: (binary: string) => Promise<void>): void {
  Deno.test({
    name,
    ignore: reference === undefined,
    fn: () => run(reference ?? ""),
  });
}

const ID = uuid(1);

interop("a thread of ours goes on in the reference", async (binary) => {
  await using home = await createHome();
  await using provider = new ScriptedProvider([[modelMessage("m", "reply")]]);
  const path = toRolloutPath(home.path, ID, new Date());
  const turn = { turn_id: "t1", root_turn_id: "t1" };
  {
    await using rollout = Rollout.create(
      path,
      createMeta(ID, { cwd: home.path, model_provider: "mock" }),
    );
    rollout.append(
      event("task_started", { ...turn, started_at: 100 }),
      said("user", "hello it's"),
      {
        type: "turn_context",
        payload: {
          turn_id: "t1",
          cwd: home.path,
          approval_policy: "on-request",
          sandbox_policy: { type: "danger-full-access" },
          model: "other-model",
          summary: "none",
        },
      },
      ...ITEMS.flatMap((item) => toItemRecords(ID, "t1", item)),
      said("assistant", "hi"),
      // Of our own, and nobody else's business.
      event("gangway_request", { turn_id: "t1", method: "x", params: {} }),
      event("task_complete", {
        ...turn,
        started_at: 100,
        completed_at: 101,
        duration_ms: 1000,
      }),
      event("task_started", { turn_id: "t2", root_turn_id: "t2" }),
      event("task_complete", {
        turn_id: "t2",
        root_turn_id: "t2",
        error: toStoredError({
          message: "No",
          codexErrorInfo: "unauthorized",
          additionalDetails: null,
          misalignment: null,
        }),
        started_at: 102,
        completed_at: 103,
        duration_ms: 1000,
      }),
    );
  }
  await using server = await ReferenceServer.start(binary, home.path, provider);
  const resumed = await server.call("thread/resume", { threadId: ID });
  assert.equal(resumed.result?.model, "other-model", JSON.stringify(resumed));
  const read = await server.call("thread/read", {
    threadId: ID,
    includeTurns: true,
  });
  const thread = await readRollout(path, { home: home.path });
  const [mine] = await thread.readTurns();
  const [theirs, failed] = read.result.thread.turns;
  assert.deepEqual(theirs, mine);
  assert.deepEqual(mine?.items, ITEMS);
  assert.equal(failed.status, "failed");
  assert.equal(failed.error.codexErrorInfo, "unauthorized");

  await server.play(ID, "go on");

  const turns = await thread.readTurns();
  assert.equal(thread.skippedLines, 0);
  assert.deepEqual(
    turns.at(-1)?.items.map(({ type }) => type),
    ["userMessage", "agentMessage"],
  );
});

interop("a thread of the reference goes on in ours", async (binary) => {
  await using home = await createHome();
  const call = {
    type: "function_call",
    id: "fc",
    name: "exec_command",
    arguments: JSON.stringify({ cmd: "echo hi; exit 3" }),
    call_id: "c1",
  };
  await using provider = new ScriptedProvider([
    [
      {
        type: "reasoning",
        id: "rs",
        summary: [{ type: "summary_text", text: "think" }],
      },
      call,
    ],
    [modelMessage("m1", "one")],
    [modelMessage("m2", "two")],
    [modelMessage("m3", "three")],
  ]);
  const open = (): Promise<ReferenceServer> =>
    ReferenceServer.start(binary, home.path, provider);
  let id: string;
  let forkId: string;
  {
    await using server = await open();
    const started = await server.call("thread/start", {});
    id = started.result.thread.id;
    await server.play(id, "first");
    await server.play(id, "second");
    const { result } = await server.call("thread/turns/list", {
      threadId: id,
      sortDirection: "asc",
    });
    const forked = await server.call("thread/fork", {
      threadId: id,
      beforeTurnId: result.data[1].id,
    });
    forkId = forked.result.thread.id;
    await server.call("thread/revert", {
      threadId: id,
      beforeTurnId: result.data[1].id,
    });
    await server.play(id, "third");
    for (const threadId of [id, forkId]) {
      const found = await findRollout(home.path, threadId);
      const mine = await readRollout(found?.path ?? "", { home: home.path });
      const theirs = await server.call("thread/read", {
        threadId,
        includeTurns: true,
      });
      assert.deepEqual(await mine.readTurns(), theirs.result.thread.turns);
      assert.equal(mine.skippedLines, 0);
    }
  }

  const path = (await findRollout(home.path, id))?.path ?? "";
  const mine = await readRollout(path, { home: home.path });
  assert.deepEqual(mine.turnCount, 2);
  const item = { ...ITEMS[4], id: "ours" } as ThreadItem;
  {
    await using _lock = await WriterLock.acquire(home.path, id);
    await using rollout = await Rollout.open(path);
    rollout.append(
      event("task_started", { turn_id: "t9", root_turn_id: "t9" }),
      ...toItemRecords(id, "t9", item),
    );
    const copy = toRolloutPath(home.path, ID, new Date());
    await mine.refresh();
    await using _fork = await createFork(mine, copy, createMeta(ID));
    const fork = await readRollout(copy, { home: home.path });
    const next = toSegmentPath(copy, uuid(7));
    await using _revert = createRevert(fork, next, fork.turnIds[1] ?? "");
  }

  await using server = await open();
  const read = async (threadId: string): Promise<string[][]> => {
    await server.call("thread/resume", { threadId, excludeTurns: true });
    const answer = await server.call("thread/read", {
      threadId,
      includeTurns: true,
    });
    return answer.result.thread.turns.map(
      ({ items }: { items: ThreadItem[] }) => items.map(({ type }) => type),
    );
  };
  const first = [
    "userMessage",
    "reasoning",
    "commandExecution",
    "agentMessage",
  ];
  assert.deepEqual(await read(id), [
    first,
    ["userMessage", "agentMessage"],
    ["plan"],
  ]);
  // Of the fork, the file behind the revert counts.
  assert.deepEqual(await read(ID), [first]);
});

interop(
  "an older thread that ours went on with reads on in the reference",
  async (binary) => {
    await using home = await createHome();
    await using provider = new ScriptedProvider([]);
    const { history_mode: _, ...meta } = createMeta(ID, {
      cwd: home.path,
      model_provider: "mock",
    });
    {
      const path = toRolloutPath(home.path, ID, new Date());
      await using rollout = Rollout.create(path, meta);
      rollout.append(
        event("task_started", { turn_id: "t1", root_turn_id: "t1" }),
        ...ITEMS.flatMap((item) =>
          toItemRecords(ID, "t1", item, { historyMode: "legacy" })
        ),
        event("task_complete", { turn_id: "t1", root_turn_id: "t1" }),
      );
    }
    await using server = await ReferenceServer.start(
      binary,
      home.path,
      provider,
    );
    const { result } = await server.call("thread/resume", { threadId: ID });
    assert.deepEqual(
      result.thread.turns[0].items.map(({ type }: ThreadItem) => type),
      [
        "userMessage",
        "agentMessage",
        "functionCallOutput",
        "plan",
        "reasoning",
        "fileChange",
        "webSearch",
        "webSearch",
        "webSearch",
        "contextCompaction",
      ],
    );
  },
);

interop("whoever has a thread keeps the other out of it", async (binary) => {
  await using home = await createHome();
  await using provider = new ScriptedProvider([[modelMessage("m", "one")]]);
  await using server = await ReferenceServer.start(binary, home.path, provider);
  const started = await server.call("thread/start", {});
  const id: string = started.result.thread.id;
  await server.play(id, "first");

  await assert.rejects(WriterLock.acquire(home.path, id), (error) => {
    assert.ok(error instanceof ThreadLockedError);
    if (Deno.build.os === "linux") assert.equal(error.ownerPid, server.pid);
    return true;
  });

  const other = uuid(5);
  await using _lock = await WriterLock.acquire(home.path, other);
  const path = toRolloutPath(home.path, other, new Date());
  await using rollout = Rollout.create(path, createMeta(other));
  rollout.append(said("user", "mine"));
  const resumed = await server.call("thread/resume", { threadId: other });
  assert.equal(
    resumed.error?.message,
    `thread ${other} already has an active writer`,
  );
});
