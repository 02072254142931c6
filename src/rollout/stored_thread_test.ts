import assert from "node:assert/strict";
import fc from "fast-check";
import {
  agentMessage,
  createHome,
  createMeta,
  endTurn,
  event,
  said,
  startTurn,
  userMessage,
  uuid,
} from "./_fixture_test.ts";
import { encodeRecords } from "./_encode_records.ts";
import { readRollout } from "./read_rollout.ts";
import type { RolloutRecord } from "./record.ts";
import { Rollout } from "./rollout.ts";
import { toStoredError } from "./mod.ts";
import type { Turn } from "../protocol/mod.ts";

const ID = uuid(1);

function turn(id: string, text: string, fields: Partial<Turn> = {}): Turn {
  return {
    id,
    rootTurnId: id,
    items: [userMessage(`u-${id}`, text), agentMessage(`a-${id}`, text)],
    itemsView: "full",
    status: "completed",
    error: null,
    startedAt: 100,
    completedAt: 101,
    durationMs: 1000,
    ...fields,
  };
}

function whole(id: string, text = id): RolloutRecord[] {
  return [...startTurn(ID, id, text), ...endTurn(ID, id, text)];
}

async function write(
  home: string,
  records: readonly RolloutRecord[],
  meta = createMeta(ID),
): Promise<string> {
  await using rollout = Rollout.create(`${home}/a.jsonl`, meta);
  rollout.append(...records);
  return rollout.path;
}

function texts(conversation: readonly unknown[]): string[] {
  return conversation.map((item) =>
    (item as { content: { text: string }[] }).content[0]?.text ?? ""
  );
}

Deno.test("readRollout: turns with their items and times, and the conversation", async () => {
  await using home = await createHome();
  const path = await write(home.path, [...whole("t1"), ...whole("t2")]);

  const thread = await readRollout(path);

  assert.deepEqual(thread.meta, createMeta(ID));
  assert.deepEqual(await thread.readTurns(), [
    turn("t1", "t1"),
    turn("t2", "t2"),
  ]);
  assert.deepEqual(texts(await thread.readConversation()), [
    "t1",
    "t1",
    "t2",
    "t2",
  ]);
  assert.deepEqual(await thread.readPreview(), { text: "t1", isOwn: true });
  assert.deepEqual(await thread.readContext(), { turn_id: "t2", model: "t2" });
  assert.deepEqual(thread.turnIds, ["t1", "t2"]);
  assert.equal(thread.indexOfTurn("t2"), 1);
  assert.equal(thread.indexOfTurn("t3"), -1);
});

Deno.test("readRollout: a failed turn reads back as failed with its error", async () => {
  await using home = await createHome();
  const error = {
    message: "No",
    codexErrorInfo: { httpConnectionFailed: { httpStatusCode: 401 } },
    additionalDetails: "more",
    misalignment: null,
  } as const;
  const path = await write(home.path, [
    ...startTurn(ID, "t1", "t1"),
    event("task_complete", {
      turn_id: "t1",
      error: toStoredError(error),
      completed_at: 101,
      duration_ms: 1000,
    }),
  ]);

  assert.deepEqual(await (await readRollout(path)).readTurns(), [
    turn("t1", "t1", {
      status: "failed",
      error,
      items: [userMessage("u-t1", "t1")],
    }),
  ]);
});

Deno.test("readRollout: a turn without an end is interrupted, or the live one", async () => {
  await using home = await createHome();
  const path = await write(home.path, startTurn(ID, "t1", "t1"));
  const thread = await readRollout(path);
  const open = {
    items: [userMessage("u-t1", "t1")],
    completedAt: null,
    durationMs: null,
  };
  assert.deepEqual(await thread.readTurns(), [
    turn("t1", "t1", { ...open, status: "interrupted" }),
  ]);
  assert.deepEqual(await thread.readTurns({ liveTurnId: "t1" }), [
    turn("t1", "t1", { ...open, status: "inProgress" }),
  ]);
});

Deno.test("readTurns: pages and views", async () => {
  await using home = await createHome();
  const ids = ["t1", "t2", "t3", "t4"];
  const path = await write(home.path, ids.flatMap((id) => whole(id)));
  const thread = await readRollout(path);
  assert.deepEqual(
    (await thread.readTurns({ from: 1, to: 3 })).map(({ id }) => id),
    ["t2", "t3"],
  );
  assert.deepEqual(
    await thread.readTurns({ from: 3, itemsView: "notLoaded" }),
    [turn("t4", "t4", { items: [], itemsView: "notLoaded" })],
  );
  assert.deepEqual(
    await thread.readTurns({ from: 3, itemsView: "summary" }),
    [turn("t4", "t4", { itemsView: "summary" })],
  );
  assert.deepEqual(
    (await thread.readItems({ from: 1, to: 3 })).map(({ turnId, item }) => [
      turnId,
      item.id,
    ]),
    [["t1", "a-t1"], ["t2", "u-t2"]],
  );
});

Deno.test("readTurns: an item that ends after its turn is in its turn", async () => {
  await using home = await createHome();
  const late = {
    type: "event_msg",
    payload: {
      type: "item_completed",
      thread_id: ID,
      turn_id: "t1",
      item: { type: "Plan", id: "p", text: "late" },
      started_at_ms: 1,
      completed_at_ms: 2,
    },
  } as const;
  const path = await write(home.path, [...whole("t1"), ...whole("t2"), late]);
  const turns = await (await readRollout(path)).readTurns();
  assert.deepEqual(
    turns.map(({ items }) => items.map(({ id }) => id)),
    [["u-t1", "a-t1", "p"], ["u-t2", "a-t2"]],
  );
});

Deno.test("refresh: what is written later is there, whoever asks at once", async () => {
  await using home = await createHome();
  await using rollout = Rollout.create(`${home.path}/a.jsonl`, createMeta(ID));
  rollout.append(...whole("t1"));
  const thread = await readRollout(rollout.path);
  rollout.append(...whole("t2"));

  const both = await Promise.all([thread.readTurns(), thread.readTurns()]);

  const expected = [turn("t1", "t1"), turn("t2", "t2")];
  assert.deepEqual(both, [expected, expected]);
  assert.equal(thread.nextOrdinal, rollout.nextOrdinal);
});

Deno.test("readConversation: a compaction replaces what is before it", async () => {
  await using home = await createHome();
  const path = await write(home.path, [
    ...whole("t1"),
    {
      type: "compacted",
      payload: {
        message: "",
        replacement_history: [said("user", "summary").payload],
      },
    },
    ...whole("t2"),
  ]);
  const thread = await readRollout(path);
  assert.deepEqual(texts(await thread.readConversation()), [
    "summary",
    "t2",
    "t2",
  ]);
  assert.equal(thread.compactions, 1);
});

Deno.test("readConversation: what was rolled back has not happened, compactions neither", async () => {
  await using home = await createHome();
  const compacted: RolloutRecord = {
    type: "compacted",
    payload: { replacement_history: [] },
  };
  const path = await write(home.path, [
    ...whole("t1"),
    ...startTurn(ID, "t2", "t2"),
    compacted,
    ...endTurn(ID, "t2", "t2"),
    ...whole("t3"),
    event("thread_rolled_back", { num_turns: 2 }),
    ...whole("t4"),
  ]);
  const thread = await readRollout(path);
  assert.deepEqual(texts(await thread.readConversation()), [
    "t1",
    "t1",
    "t4",
    "t4",
  ]);
  assert.deepEqual(await thread.readTurns(), [
    turn("t1", "t1"),
    turn("t4", "t4"),
  ]);
  assert.equal(thread.itemCount, 4);
  assert.equal(thread.compactions, 0);
});

Deno.test("readConversation: what only the storage has is left out", async () => {
  await using home = await createHome();
  const { payload } = said("user", "hello");
  const path = await write(home.path, [{
    type: "response_item",
    payload: {
      ...payload,
      type: "message",
      internal_chat_message_metadata_passthrough: { turn_id: "t1" },
    },
  }]);
  assert.deepEqual(await (await readRollout(path)).readConversation(), [
    payload,
  ]);
});

Deno.test("readRollout: broken lines are skipped and counted, unknown ones carried", async () => {
  await using home = await createHome();
  const path = await write(home.path, whole("t1"));
  await Deno.writeTextFile(
    path,
    `{"timestamp":"x","ordinal":9,"type":"event_\n\0\0\0\n\n[1]\n{}\n` +
      `{"timestamp":"x","ordinal":90,"type":"later","payload":{"a":1}}\n` +
      `{"payload":{"type":"later"},"type":"event_msg","timestamp":"x"}\n`,
    { append: true },
  );
  {
    await using rollout = await Rollout.open(path);
    rollout.append(...whole("t2"));
  }
  const thread = await readRollout(path);
  assert.deepEqual(await thread.readTurns(), [
    turn("t1", "t1"),
    turn("t2", "t2"),
  ]);
  assert.equal(thread.skippedLines, 5);
});

Deno.test("readRollout: lines of any length, across every border of a chunk", async () => {
  await using home = await createHome();
  const long = "ä".repeat(3 << 20);
  const path = await write(home.path, [
    ...whole("t1"),
    ...whole("t2", long),
    ...whole("t3"),
  ]);
  assert.deepEqual(await (await readRollout(path)).readTurns(), [
    turn("t1", "t1"),
    turn("t2", long),
    turn("t3", "t3"),
  ]);
});

Deno.test("readRollout: none, an empty one, one that is nobody's", async () => {
  await using home = await createHome();
  const path = `${home.path}/a.jsonl`;
  await assert.rejects(readRollout(path), Deno.errors.NotFound);
  await Deno.writeTextFile(path, "");
  const thread = await readRollout(path);
  assert.throws(() => thread.meta, /has no session_meta/);
  assert.deepEqual(await thread.readTurns(), []);
  assert.deepEqual(await thread.readConversation(), []);
});

Deno.test("readRollout: stops when its signal says so", async () => {
  await using home = await createHome();
  const path = await write(home.path, whole("t1"));
  await assert.rejects(
    readRollout(path, { signal: AbortSignal.abort(new Error("Enough")) }),
    /Enough/,
  );
});

Deno.test("readRollout: a file cut anywhere reads as what was whole", async () => {
  await using home = await createHome();
  const path = `${home.path}/a.jsonl`;
  const step = fc.oneof(
    fc.record({
      kind: fc.constant("whole"),
      text: fc.string({ unit: "binary" }),
    }),
    fc.record({ kind: fc.constant("open"), text: fc.string() }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 6 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (steps, share) => {
        const records: RolloutRecord[] = [
          { type: "session_meta", payload: createMeta(ID) },
          ...steps.flatMap(({ kind, text }, index) =>
            kind === "whole"
              ? whole(`t${index}`, text)
              : startTurn(ID, `t${index}`, text)
          ),
        ];
        const lines = encodeRecords(records, "2026-11-21T16:11:51.394Z", 0);
        const cut = Math.round(lines.length * share);
        const kept =
          lines.subarray(0, cut).filter((byte) => byte === 10).length;
        await Deno.writeFile(path, lines.subarray(0, cut));
        const read = await readRollout(path);
        const seen = [await read.readTurns(), await read.readConversation()];

        await Deno.writeFile(
          path,
          encodeRecords(records.slice(0, kept), "2026-11-21T16:11:51.394Z", 0),
        );
        const prefix = await readRollout(path);
        assert.deepEqual(seen, [
          await prefix.readTurns(),
          await prefix.readConversation(),
        ]);
        assert.equal(read.nextOrdinal, kept);
        assert.equal(read.skippedLines, 0);

        await Deno.writeFile(path, lines.subarray(0, cut));
        await using rollout = await Rollout.open(path);
        rollout.append(...whole("end"));
        const turns = await (await readRollout(path)).readTurns();
        assert.deepEqual(turns.at(-1), turn("end", "end"));
        assert.equal(turns.length, prefix.turnCount + 1);
      },
    ),
    { numRuns: 100 },
  );
});
