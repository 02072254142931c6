import assert from "node:assert/strict";
import {
  agentMessage,
  createHome,
  createMeta,
  event,
  userMessage,
  uuid,
} from "./_fixture_test.ts";
import type { RolloutRecord } from "./record.ts";
import { readHead } from "./read_edges.ts";
import { readRollout } from "./read_rollout.ts";
import { toItemRecords } from "./to_item_records.ts";

const ID = uuid(1);

/** As earlier versions wrote: no numbers. */
async function writeOlder(
  home: string,
  records: readonly RolloutRecord[],
): Promise<string> {
  const path = `${home}/a.jsonl`;
  const timestamp = "2026-01-01T00:00:07.000Z";
  const { history_mode: _, ...payload } = createMeta(ID);
  await Deno.writeTextFile(
    path,
    [{ type: "session_meta", payload }, ...records].map((record) =>
      `${JSON.stringify({ timestamp, ...record })}\n`
    ).join(""),
  );
  return path;
}

Deno.test("readRollout: an older rollout, whose items are numbered over the thread", async () => {
  await using home = await createHome();
  const path = await writeOlder(home.path, [
    event("task_started", { turn_id: "t1", started_at: 5 }),
    event("user_message", {
      message: "hello",
      images: ["data:,"],
      local_images: ["/p.png"],
    }),
    event("agent_reasoning", { text: "hm" }),
    event("web_search_end", {
      call_id: "w",
      query: "q",
      action: { type: "open_page", url: "u" },
    }),
    event("agent_message", { message: "answer", phase: "final_answer" }),
    event("patch_apply_end", {
      call_id: "p",
      turn_id: "t1",
      success: false,
      changes: { "/a": { type: "add", content: "x" } },
    }),
    event("exec_command_end", {
      call_id: "c",
      turn_id: "t1",
      command: ["ls"],
      cwd: "/w",
      parsed_cmd: [],
      exit_code: 1,
      aggregated_output: "no",
      duration: { secs: 1, nanos: 500_000_000 },
    }),
    event("mcp_tool_call_end", {
      call_id: "m",
      invocation: { server: "s", tool: "t", arguments: { a: 1 } },
      duration: { secs: 0, nanos: 0 },
      result: { Err: "bad" },
    }),
    event("turn_aborted", { turn_id: "t1", reason: "interrupted" }),
    event("entered_review_mode", {
      target: { type: "custom" },
      user_facing_hint: "look",
      turn_id: "t2",
      item_id: "r1",
    }),
    event("context_compacted"),
  ]);

  const turns = await (await readRollout(path)).readTurns();

  assert.deepEqual(
    turns.map(({ id, status, startedAt, items }) => [
      id,
      status,
      startedAt,
      items.map((item) => [item.type, item.id]),
    ]),
    [
      ["t1", "interrupted", 5, [
        ["userMessage", "item-1"],
        ["reasoning", "item-2"],
        ["webSearch", "w"],
        ["agentMessage", "item-3"],
        ["fileChange", "p"],
        ["commandExecution", "c"],
        ["mcpToolCall", "m"],
      ]],
      ["t2", "interrupted", 1767225607, [
        ["enteredReviewMode", "r1"],
        ["contextCompaction", "item-4"],
      ]],
    ],
  );
  const [user, , , , change, command, call] = turns[0]?.items ?? [];
  assert.deepEqual(user?.type === "userMessage" && user.content, [
    { type: "text", text: "hello", text_elements: [] },
    { type: "image", url: "data:,", detail: null },
    { type: "localImage", path: "/p.png", detail: null },
  ]);
  assert.equal(change?.type === "fileChange" && change.status, "failed");
  assert.equal(
    command?.type === "commandExecution" && command.durationMs,
    1500,
  );
  assert.deepEqual(call?.type === "mcpToolCall" && [call.status, call.error], [
    "failed",
    { message: "bad" },
  ]);
});

Deno.test("readRollout: the oldest have no turns; each message of the user begins one", async () => {
  await using home = await createHome();
  const path = await writeOlder(home.path, [
    event("user_message", { message: "one" }),
    event("agent_message", { message: "a" }),
    event("user_message", { message: "two" }),
    event("agent_message", { message: "b" }),
  ]);
  const turns = await (await readRollout(path)).readTurns();
  assert.deepEqual(
    turns.map(({ id, status, items }) => [id, status, items.length]),
    [["turn-1", "completed", 2], ["turn-2", "interrupted", 2]],
  );
  assert.equal((await readHead(path))?.preview, "one");
});

Deno.test("readRollout: metadata that was appended counts, that of the source of a copy does not", async () => {
  await using home = await createHome();
  const path = await writeOlder(home.path, [
    { type: "session_meta", payload: createMeta(uuid(2), { cwd: "/other" }) },
    { type: "session_meta", payload: createMeta(ID, { git: { branch: "b" } }) },
  ]);
  const { meta } = await readRollout(path);
  assert.deepEqual([meta.id, meta.cwd, meta["git"]], [ID, "/work", {
    branch: "b",
  }]);
});

Deno.test("toItemRecords: what older readers look for is not read twice", async () => {
  await using home = await createHome();
  const items = [userMessage("u", "one"), agentMessage("a", "two")];
  const records = items.flatMap((item) =>
    toItemRecords(ID, "t1", item, { historyMode: "legacy" })
  );
  assert.deepEqual(
    records.map(({ payload }) => payload["type"]),
    ["item_completed", "user_message", "item_completed", "agent_message"],
  );
  const path = await writeOlder(home.path, [
    event("task_started", { turn_id: "t1" }),
    ...records,
  ]);
  const [turn] = await (await readRollout(path)).readTurns();
  assert.deepEqual(turn?.items, items);
});

Deno.test("toItemRecords: a time that is not known is left out", () => {
  const item = { type: "plan", id: "p", text: "x" } as const;
  assert.deepEqual(toItemRecords(ID, "t1", { ...item, startedAtMs: null }), [
    event("item_completed", {
      thread_id: ID,
      turn_id: "t1",
      item: { type: "Plan", id: "p", text: "x" },
    }),
  ]);
});
