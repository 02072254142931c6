/**
 * Items that call something: tools of clients and of MCP servers, other agents.
 *
 * @module
 */
import type { Int64, JsonValue } from "./scalar.ts";
import type { ItemTimes } from "./item_times.ts";
import type { ReasoningEffort } from "./session.ts";
import type {
  DynamicToolCallOutputContentItem,
  FunctionCallOutputBody,
} from "./tool.ts";

/** What a tool gave back that nobody watched being called. */
export interface FunctionCallOutputItem extends ItemTimes {
  /** Tag of this kind. */
  type: "functionCallOutput";
  /** Its id. */
  id: string;
  /** The tool. */
  name: string;
  /** Common name that the tool stands under. */
  namespace: string | null;
  /** What it gave back. */
  output: FunctionCallOutputBody;
}

/** How far the call of an MCP tool is. */
export type McpToolCallStatus = "inProgress" | "completed" | "failed";

/** App behind an MCP tool. */
export interface McpToolCallAppContext {
  /** Its connector. */
  connectorId: string;
  /** The user's link to it. */
  linkId: string | null;
  /** What of it is used. */
  resourceUri: string | null;
  /** Its name. */
  appName: string | null;
  /** Name of what it does. */
  actionName: string | null;
}

/** How large an app of an MCP server is shown. */
export type McpAppDisplayMode = "inline" | "fullscreen";

/** How the result of an MCP tool is shown. */
export interface McpAppUi {
  /** Page that shows it. */
  resourceUri: string;
  /** How large. */
  preferredModelDisplayMode: McpAppDisplayMode;
}

/** What an MCP tool gave back (MCP `CallToolResult`). */
export interface McpToolCallResult {
  /** Pieces of content. */
  content: JsonValue[];
  /** The same as a value. */
  structuredContent: JsonValue | null;
  /** Notes of the server. */
  _meta: JsonValue | null;
}

/** Why the call of an MCP tool failed. */
export interface McpToolCallError {
  /** The reason. */
  message: string;
}

/** The call of an MCP tool. */
export interface McpToolCallItem extends ItemTimes {
  /** Tag of this kind. */
  type: "mcpToolCall";
  /** Its id: that of the model's call. */
  id: string;
  /** The server. */
  server: string;
  /** The tool. */
  tool: string;
  /** How far it is. */
  status: McpToolCallStatus;
  /** What the model gave it. */
  arguments: JsonValue;
  /** App behind it. */
  appContext: McpToolCallAppContext | null;
  /** As `mcpAppUi.resourceUri`, for older clients. */
  mcpAppResourceUri?: string;
  /** How its result is shown. */
  mcpAppUi: McpAppUi | null;
  /** Plugin that brought the server. */
  pluginId: string | null;
  /** Whether the tool says that it changes nothing. */
  readOnlyHint: boolean | null;
  /** What it gave back. */
  result: McpToolCallResult | null;
  /** Why it failed. */
  error: McpToolCallError | null;
  /** How long it took, in milliseconds. */
  durationMs: Int64 | null;
}

/** How far the call of a client's tool is. */
export type DynamicToolCallStatus = "inProgress" | "completed" | "failed";

/** The call of a client's tool. */
export interface DynamicToolCallItem extends ItemTimes {
  /** Tag of this kind. */
  type: "dynamicToolCall";
  /** Its id: that of the model's call. */
  id: string;
  /** Common name that the tool stands under. */
  namespace: string | null;
  /** The tool. */
  tool: string;
  /** What the model gave it. */
  arguments: JsonValue;
  /** How far it is. */
  status: DynamicToolCallStatus;
  /** What it gave back. */
  contentItems: DynamicToolCallOutputContentItem[] | null;
  /** Whether the client says that it worked. */
  success: boolean | null;
  /** How long it took, in milliseconds. */
  durationMs: Int64 | null;
}

/** What one agent does with another. */
export type CollabAgentTool =
  | "spawnAgent"
  | "sendInput"
  | "resumeAgent"
  | "wait"
  | "closeAgent"
  | "sendMessage"
  | "followupTask"
  | "interruptAgent"
  | "listAgents";

/** How far that is. */
export type CollabAgentToolCallStatus =
  | "inProgress"
  | "completed"
  | "failed"
  | "interrupted";

/** How another agent is doing. */
export type CollabAgentStatus =
  | "pendingInit"
  | "running"
  | "interrupted"
  | "completed"
  | "errored"
  | "shutdown"
  | "notFound";

/** How another agent is doing, in detail. */
export interface CollabAgentState {
  /** How it is doing. */
  status: CollabAgentStatus;
  /** What it said last. */
  message: string | null;
}

/** Something one agent does with another. */
export interface CollabAgentToolCallItem extends ItemTimes {
  /** Tag of this kind. */
  type: "collabAgentToolCall";
  /** Its id: that of the model's call. */
  id: string;
  /** What it does. */
  tool: CollabAgentTool;
  /** How far it is. */
  status: CollabAgentToolCallStatus;
  /** Thread of the agent that does it. */
  senderThreadId: string;
  /** Threads of the others. */
  receiverThreadIds: string[];
  /** What it says to them. */
  prompt: string | null;
  /** Model of a new agent. */
  model: string | null;
  /** Effort of a new agent. */
  reasoningEffort: ReasoningEffort | null;
  /** How the others are doing, by thread. */
  agentsStates: { [threadId: string]: CollabAgentState };
}

/** What happened to an agent below. */
export type SubAgentActivityKind =
  | "started"
  | "interacted"
  | "interrupted"
  | "completed";

/** News of an agent below. */
export interface SubAgentActivityItem extends ItemTimes {
  /** Tag of this kind. */
  type: "subAgentActivity";
  /** Model that it got, when it started. */
  model: string | null;
  /** Effort that it got, when it started. */
  reasoningEffort: ReasoningEffort | null;
  /** Its id. */
  id: string;
  /** What happened. */
  kind: SubAgentActivityKind;
  /** Thread of that agent. */
  agentThreadId: string;
  /** Name of that agent among all. */
  agentPath: string;
}
