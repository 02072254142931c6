import type { JsonValue } from "../protocol/mod.ts";

/** How far an item is. `declined`: a rule said no. */
export type ExecItemStatus =
  | "in_progress"
  | "completed"
  | "failed"
  | "declined"
  | "interrupted";

/** A command that the model ran. */
export interface ExecCommandItem {
  type: "command_execution";
  command: string;
  aggregated_output: string;
  exit_code: number | null;
  status: ExecItemStatus;
}

/** Files that the model changed. */
export interface ExecFileChangeItem {
  type: "file_change";
  changes: { path: string; kind: "add" | "delete" | "update" }[];
  status: ExecItemStatus;
}

/** A call of an MCP server's tool. */
export interface ExecMcpItem {
  type: "mcp_tool_call";
  server: string;
  tool: string;
  arguments: JsonValue;
  result: {
    content: JsonValue[];
    _meta?: JsonValue;
    structured_content: JsonValue | null;
  } | null;
  error: { message: string } | null;
  status: ExecItemStatus;
}

/** What one agent did with others. */
export interface ExecCollabItem {
  type: "collab_tool_call";
  tool: string;
  sender_thread_id: string;
  receiver_thread_ids: string[];
  prompt: string | null;
  agents_states: {
    [threadId: string]: { status: string; message: string | null };
  };
  status: ExecItemStatus;
}

/** A search of the web. Its id is that of the provider. */
export interface ExecWebSearchItem {
  type: "web_search";
  id: string;
  query: string;
  action: JsonValue;
}

/** What the model means to do. */
export interface ExecTodoListItem {
  type: "todo_list";
  items: { text: string; completed: boolean }[];
}

/** An item without its id. */
export type ExecItemContent =
  | { type: "agent_message"; text: string }
  | { type: "reasoning"; text: string }
  | ExecCommandItem
  | ExecFileChangeItem
  | ExecMcpItem
  | ExecCollabItem
  | ExecWebSearchItem
  | ExecTodoListItem
  /** Something that went wrong, without ending the turn. */
  | { type: "error"; message: string };

/** One thing that happens in a turn. */
export type ExecItem = { id: string } & ExecItemContent;

/** Tokens of the thread so far. */
export interface ExecUsage {
  input_tokens: number;
  cached_input_tokens: number;
  cache_write_input_tokens: number;
  output_tokens: number;
  reasoning_output_tokens: number;
}

/** A line of `gangway exec --json`, as `codex exec --json` 0.169 writes it. */
export type ExecEvent =
  | { type: "thread.started"; thread_id: string }
  | { type: "turn.started" }
  | { type: "turn.completed"; usage: ExecUsage }
  | { type: "turn.failed"; error: { message: string } }
  | {
    type: "item.started" | "item.updated" | "item.completed";
    item: ExecItem;
  }
  | { type: "error"; message: string };
