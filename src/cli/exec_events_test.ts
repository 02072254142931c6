import assert from "node:assert/strict";
import type { NotificationName, ServerNotifications } from "../protocol/mod.ts";
import type { NotificationOf } from "../client/mod.ts";
import { ExecEvents } from "./_exec_events.ts";
import type { ExecEvent } from "./exec_event.ts";

/** What a notification says, as far as a test cares. */
type Told = { [N in NotificationName]: [N, unknown] }[NotificationName];

function play(told: readonly Told[]): ExecEvent[] {
  const events = new ExecEvents();
  return told.flatMap(([method, params]) =>
    events.take(
      { method, params } as unknown as NotificationOf<NotificationName>,
    )
  );
}

const started = (item: unknown): Told => ["item/started", { item }];
const completed = (item: unknown): Told => ["item/completed", { item }];
const ended = (turn: unknown): Told => ["turn/completed", { turn }];

const command = {
  type: "commandExecution",
  id: "call",
  command: "/bin/bash -lc 'exit 3'",
  aggregatedOutput: null,
  exitCode: null,
  status: "inProgress",
};

Deno.test("ExecEvents number items in the order in which they are first told of", () => {
  assert.deepEqual(
    play([
      ["warning", { threadId: null, message: "careful" }],
      ["turn/started", {}],
      started({ type: "userMessage", id: "u" }),
      completed({ type: "userMessage", id: "u" }),
      started({ type: "reasoning", id: "r", summary: [] }),
      completed({ type: "reasoning", id: "r", summary: ["one", "two"] }),
      started(command),
      started({ type: "agentMessage", id: "m", text: "" }),
      completed({ type: "agentMessage", id: "m", text: "done" }),
      completed({
        ...command,
        aggregatedOutput: "no\n",
        exitCode: 3,
        status: "failed",
      }),
    ]),
    [
      {
        type: "item.completed",
        item: { id: "item_0", type: "error", message: "careful" },
      },
      { type: "turn.started" },
      {
        type: "item.completed",
        item: { id: "item_1", type: "reasoning", text: "one\ntwo" },
      },
      {
        type: "item.started",
        item: {
          id: "item_2",
          type: "command_execution",
          command: "/bin/bash -lc 'exit 3'",
          aggregated_output: "",
          exit_code: null,
          status: "in_progress",
        },
      },
      {
        type: "item.completed",
        item: { id: "item_3", type: "agent_message", text: "done" },
      },
      {
        type: "item.completed",
        item: {
          id: "item_2",
          type: "command_execution",
          command: "/bin/bash -lc 'exit 3'",
          aggregated_output: "no\n",
          exit_code: 3,
          status: "failed",
        },
      },
    ],
  );
});

const kinds: readonly [name: string, item: unknown, content: unknown][] = [
  [
    "a patch",
    {
      type: "fileChange",
      id: "p",
      changes: [
        { path: "/a", kind: { type: "add" }, diff: "x" },
        { path: "/b", kind: { type: "update", move_path: "/c" }, diff: "x" },
        { path: "/d", kind: { type: "delete" }, diff: "x" },
      ],
      status: "completed",
    },
    {
      id: "item_0",
      type: "file_change",
      changes: [
        { path: "/a", kind: "add" },
        { path: "/b", kind: "update" },
        { path: "/d", kind: "delete" },
      ],
      status: "completed",
    },
  ],
  [
    "a patch that was declined",
    { type: "fileChange", id: "p", changes: [], status: "declined" },
    { id: "item_0", type: "file_change", changes: [], status: "failed" },
  ],
  [
    "a command that was declined",
    { ...command, status: "declined" },
    {
      id: "item_0",
      type: "command_execution",
      command: command.command,
      aggregated_output: "",
      exit_code: null,
      status: "declined",
    },
  ],
  [
    "a tool of an MCP server",
    {
      type: "mcpToolCall",
      id: "m",
      server: "tiny",
      tool: "echo",
      arguments: { text: "hey" },
      result: {
        content: [{ type: "text", text: "hey" }],
        structuredContent: { got: "hey" },
        _meta: { k: 1 },
      },
      error: null,
      status: "completed",
    },
    {
      id: "item_0",
      type: "mcp_tool_call",
      server: "tiny",
      tool: "echo",
      arguments: { text: "hey" },
      result: {
        content: [{ type: "text", text: "hey" }],
        _meta: { k: 1 },
        structured_content: { got: "hey" },
      },
      error: null,
      status: "completed",
    },
  ],
  [
    "a tool of an MCP server that failed",
    {
      type: "mcpToolCall",
      id: "m",
      server: "tiny",
      tool: "fail",
      arguments: {},
      result: { content: [], structuredContent: null, _meta: null },
      error: { message: "refused" },
      status: "failed",
    },
    {
      id: "item_0",
      type: "mcp_tool_call",
      server: "tiny",
      tool: "fail",
      arguments: {},
      result: { content: [], structured_content: null },
      error: { message: "refused" },
      status: "failed",
    },
  ],
  [
    "work with other agents",
    {
      type: "collabAgentToolCall",
      id: "c",
      tool: "spawnAgent",
      status: "completed",
      senderThreadId: "one",
      receiverThreadIds: ["two"],
      prompt: "help",
      model: null,
      reasoningEffort: null,
      agentsStates: { two: { status: "pendingInit", message: null } },
    },
    {
      id: "item_0",
      type: "collab_tool_call",
      tool: "spawn_agent",
      sender_thread_id: "one",
      receiver_thread_ids: ["two"],
      prompt: "help",
      agents_states: { two: { status: "pending_init", message: null } },
      status: "completed",
    },
  ],
  [
    "a search of the web, under the provider's id",
    {
      type: "webSearch",
      id: "ws_1",
      query: "why",
      action: { type: "findInPage", url: "http://x", pattern: null },
      results: null,
    },
    {
      id: "ws_1",
      type: "web_search",
      query: "why",
      action: { type: "find_in_page", url: "http://x" },
    },
  ],
];
for (const [name, item, content] of kinds) {
  Deno.test(`ExecEvents tell of ${name}`, () => {
    assert.deepEqual(play([completed(item)]), [
      { type: "item.completed", item: content },
    ]);
  });
}

Deno.test("ExecEvents tell nothing of items without a word for programs", () => {
  assert.deepEqual(
    play([
      completed({ type: "plan", id: "p", text: "plan" }),
      completed({ type: "imageView", id: "i", path: "/a" }),
      completed({ type: "contextCompaction", id: "c" }),
      completed({ type: "reasoning", id: "r", summary: [] }),
      ["thread/status/changed", { threadId: "t", status: { type: "idle" } }],
    ]),
    [],
  );
});

Deno.test("ExecEvents keep one list of what is to be done, complete when the turn is", () => {
  const plan = (...statuses: string[]): Told => [
    "turn/plan/updated",
    {
      plan: statuses.map((status, at) => ({ step: `step ${at}`, status })),
    },
  ];
  const list = (...completed: boolean[]): unknown => ({
    id: "item_0",
    type: "todo_list",
    items: completed.map((completed, at) => ({
      text: `step ${at}`,
      completed,
    })),
  });
  assert.deepEqual(
    play([
      plan("inProgress", "pending"),
      plan("completed", "inProgress"),
      ended({ status: "completed", error: null }),
    ]),
    [
      { type: "item.started", item: list(false, false) },
      { type: "item.updated", item: list(true, false) },
      { type: "item.completed", item: list(true, false) },
      {
        type: "turn.completed",
        usage: {
          input_tokens: 0,
          cached_input_tokens: 0,
          cache_write_input_tokens: 0,
          output_tokens: 0,
          reasoning_output_tokens: 0,
        },
      },
    ],
  );
});

Deno.test("ExecEvents count the tokens of the thread", () => {
  const total: ServerNotifications["thread/tokenUsage/updated"]["tokenUsage"][
    "total"
  ] = {
    totalTokens: 15,
    inputTokens: 10,
    cachedInputTokens: 3,
    cacheWriteInputTokens: 1,
    outputTokens: 5,
    reasoningOutputTokens: 2,
  };
  assert.deepEqual(
    play([
      ["thread/tokenUsage/updated", {
        tokenUsage: { total, last: total, modelContextWindow: null },
      }],
      ended({ status: "completed", error: null }),
    ]),
    [{
      type: "turn.completed",
      usage: {
        input_tokens: 10,
        cached_input_tokens: 3,
        cache_write_input_tokens: 1,
        output_tokens: 5,
        reasoning_output_tokens: 2,
      },
    }],
  );
});

Deno.test("ExecEvents tell of errors with their details, and of the end", () => {
  assert.deepEqual(
    play([
      ["error", {
        error: { message: "Reconnecting... 1/5", additionalDetails: "gone" },
        willRetry: true,
      }],
      ["configWarning", { summary: "odd key", details: "model" }],
      ["deprecationNotice", { summary: "old", details: null }],
      ended({ status: "failed", error: { message: "no" } }),
    ]),
    [
      { type: "error", message: "Reconnecting... 1/5 (gone)" },
      {
        type: "item.completed",
        item: { id: "item_0", type: "error", message: "odd key (model)" },
      },
      {
        type: "item.completed",
        item: { id: "item_1", type: "error", message: "old" },
      },
      { type: "turn.failed", error: { message: "no" } },
    ],
  );
  assert.deepEqual(play([ended({ status: "interrupted", error: null })]), [
    { type: "turn.failed", error: { message: "Turn was interrupted" } },
  ]);
});
