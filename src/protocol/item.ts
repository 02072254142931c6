/**
 * Items: what happens in a turn, one after the other. Every item has an id that
 * is unique in its thread, and its state of the moment; it is sent whole when it
 * starts and again when it is complete.
 *
 * @module
 */
import type {
  AbsolutePath,
  Int32,
  Int64,
  JsonValue,
  Path,
  Uint,
  UnixMs,
} from "./common.ts";
import type { ReasoningEffort } from "./session.ts";
import type {
  DynamicToolCallOutputContentItem,
  FunctionCallOutputBody,
} from "./tool.ts";
import type { UserInput } from "./user_input.ts";

/** What all items have. */
export interface ItemTimes {
  /** When it began, if that is on record. */
  startedAtMs?: UnixMs | null;
  /** When it was complete; null until then. */
  completedAtMs?: UnixMs | null;
}

/** What the user said. */
export interface UserMessageItem extends ItemTimes {
  /** Tag of this kind. */
  type: "userMessage";
  /** Its id. */
  id: string;
  /** The client's own id for it, from `clientUserMessageId`. */
  clientId: string | null;
  /** What was said. */
  content: UserInput[];
}

/** A text that a hook added for the model. */
export interface HookPromptFragment {
  /** The text. */
  text: string;
  /** Run of the hook that it is from. */
  hookRunId: string;
}

/** What hooks added for the model. */
export interface HookPromptItem extends ItemTimes {
  /** Tag of this kind. */
  type: "hookPrompt";
  /** Its id. */
  id: string;
  /** The texts. */
  fragments: HookPromptFragment[];
}

/**
 * What a message of the model is for: a remark on the way, a part of the
 * answer, the answer. Not every provider says.
 */
export type MessagePhase = "commentary" | "partial_answer" | "final_answer";

/** How a moderated message is to be shown. */
export interface AgentMessageDisplay {
  /** What to do; unknown ones are for the client that made them. */
  action: string;
  /** Kind of block. */
  blockType: string | null;
  /** Whether trusted access for security work applies. */
  cyberTrustedAccess: boolean | null;
  /** Whether trusted contacts are to be asked. */
  checkTrustedContacts: boolean | null;
}

/** What moderation says about a message. */
export interface AgentMessageModeration {
  /** Whether it was held back. */
  moderated: boolean;
  /** How to show it then. */
  display: AgentMessageDisplay | null;
}

/** A place in a memory that the model drew on. */
export interface MemoryCitationEntry {
  /** File of the memory. */
  path: string;
  /** First line, from 1. */
  lineStart: Uint;
  /** Last line. */
  lineEnd: Uint;
  /** Why it counts. */
  note: string;
}

/** What memories the model drew on. */
export interface MemoryCitation {
  /** The places. */
  entries: MemoryCitationEntry[];
  /** Threads that they come from. */
  threadIds: string[];
}

/** A question that does not stop the work. */
export interface AsyncUserInputQuestion {
  /** The question. */
  title: string;
  /** Answers to choose from. */
  options: string[] | null;
}

/** That a message was sent while the work goes on. */
export type AgentMessageDelivery = "async";

/** What the model said. */
export interface AgentMessageItem extends ItemTimes {
  /** Tag of this kind. */
  type: "agentMessage";
  /** What moderation says about it. */
  moderation: AgentMessageModeration | null;
  /** Its id. */
  id: string;
  /** The text so far. */
  text: string;
  /** What it is for, if the provider says. */
  phase: MessagePhase | null;
  /** What memories it draws on. */
  memoryCitation: MemoryCitation | null;
  /** Whether it was sent while the work goes on. */
  delivery: AgentMessageDelivery | null;
  /** Questions in it. */
  questions: AsyncUserInputQuestion[] | null;
}

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

/** A plan, in plan mode. */
export interface PlanItem extends ItemTimes {
  /** Tag of this kind. */
  type: "plan";
  /** Its id. */
  id: string;
  /** The text so far. */
  text: string;
}

/** What the model thought. */
export interface ReasoningItem extends ItemTimes {
  /** Tag of this kind. */
  type: "reasoning";
  /** Its id. */
  id: string;
  /** Its summary, in parts. */
  summary: string[];
  /** The thoughts themselves, if the provider shows them. */
  content: string[];
}

/** A command reads a file. */
export interface ReadAction {
  /** Tag of this kind. */
  type: "read";
  /** The command. */
  command: string;
  /** Name of the file. */
  name: string;
  /** The file. */
  path: Path;
}

/** A command lists files. */
export interface ListFilesAction {
  /** Tag of this kind. */
  type: "listFiles";
  /** The command. */
  command: string;
  /** Where, if it says. */
  path: string | null;
}

/** A command searches. */
export interface SearchAction {
  /** Tag of this kind. */
  type: "search";
  /** The command. */
  command: string;
  /** For what. */
  query: string | null;
  /** Where, if it says. */
  path: string | null;
}

/** A command does something else. */
export interface UnknownAction {
  /** Tag of this kind. */
  type: "unknown";
  /** The command. */
  command: string;
}

/** What a command seems to do, for people; nothing is decided by it. */
export type CommandAction =
  | ReadAction
  | ListFilesAction
  | SearchAction
  | UnknownAction;

/** Who ran a command, and by what tool. */
export type CommandExecutionSource =
  | "agent"
  | "userShell"
  | "unifiedExecStartup"
  | "unifiedExecInteraction";

/** How far a command is. `declined`: a person, or a rule, said no. */
export type CommandExecutionStatus =
  | "inProgress"
  | "completed"
  | "failed"
  | "declined";

/** A command. */
export interface CommandExecutionItem extends ItemTimes {
  /** Tag of this kind. */
  type: "commandExecution";
  /** Its id: that of the model's call. */
  id: string;
  /** Plugin whose script it runs, if it is a trusted one. */
  pluginId: string | null;
  /** That script, from the plugin's root. */
  scriptPath: string | null;
  /** The command line. */
  command: string;
  /** Where it runs. */
  cwd: Path;
  /** Its terminal, if it has one. */
  processId: string | null;
  /** Who ran it. */
  source: CommandExecutionSource;
  /** How far it is. */
  status: CommandExecutionStatus;
  /** What it seems to do; one for each part of a pipe. */
  commandActions: CommandAction[];
  /** What it wrote, stdout and stderr as they came. */
  aggregatedOutput: string | null;
  /** Its exit code. */
  exitCode: Int32 | null;
  /** How long it ran, in milliseconds. */
  durationMs: Int64 | null;
}

/** A file is new. */
export interface AddChange {
  /** Tag of this kind. */
  type: "add";
}

/** A file goes away. */
export interface DeleteChange {
  /** Tag of this kind. */
  type: "delete";
}

/** A file changes. */
export interface UpdateChange {
  /** Tag of this kind. */
  type: "update";
  /** Where it moves to. */
  move_path: string | null;
}

/** What happens to a file. */
export type PatchChangeKind = AddChange | DeleteChange | UpdateChange;

/** A file and what happens to it. */
export interface FileUpdateChange {
  /** The file. */
  path: string;
  /** What happens. */
  kind: PatchChangeKind;
  /** Unified diff; for a file that comes or goes, its content. */
  diff: string;
}

/** How far a patch is. `declined`: a person, or a rule, said no. */
export type PatchApplyStatus =
  | "inProgress"
  | "completed"
  | "failed"
  | "declined";

/** A patch. */
export interface FileChangeItem extends ItemTimes {
  /** Tag of this kind. */
  type: "fileChange";
  /** Its id: that of the model's call. */
  id: string;
  /** The files, by path. */
  changes: FileUpdateChange[];
  /** How far it is. */
  status: PatchApplyStatus;
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

/** The model searches the web. */
export interface WebSearchQueryAction {
  /** Tag of this kind. */
  type: "search";
  /** For what. */
  query: string | null;
  /** For what else. */
  queries: string[] | null;
}

/** The model opens a page. */
export interface WebSearchOpenPageAction {
  /** Tag of this kind. */
  type: "openPage";
  /** Its address. */
  url: string | null;
}

/** The model searches within a page. */
export interface WebSearchFindInPageAction {
  /** Tag of this kind. */
  type: "findInPage";
  /** Address of the page. */
  url: string | null;
  /** For what. */
  pattern: string | null;
}

/** The model does something else on the web. */
export interface WebSearchOtherAction {
  /** Tag of this kind. */
  type: "other";
}

/** What the model does on the web. */
export type WebSearchAction =
  | WebSearchQueryAction
  | WebSearchOpenPageAction
  | WebSearchFindInPageAction
  | WebSearchOtherAction;

/** A search of the web. */
export interface WebSearchItem extends ItemTimes {
  /** Tag of this kind. */
  type: "webSearch";
  /** Its id. */
  id: string;
  /** For what. */
  query: string;
  /** What it does in particular. */
  action: WebSearchAction | null;
  /** What was found, as the search gave it. */
  results: JsonValue[] | null;
}

/** The model looks at a picture. */
export interface ImageViewItem extends ItemTimes {
  /** Tag of this kind. */
  type: "imageView";
  /** Its id: that of the model's call. */
  id: string;
  /** The picture. */
  path: Path;
}

/** The model waits. */
export interface SleepItem extends ItemTimes {
  /** Tag of this kind. */
  type: "sleep";
  /** Its id. */
  id: string;
  /** For how long, in milliseconds. */
  durationMs: Uint;
}

/** No more pictures for now. */
export interface ImageGenerationFailure {
  /** Tag of this kind. */
  type: "usageLimitExceeded";
  /** Which limit. */
  limitId: string;
  /** When there are some again, in seconds since 1970. */
  resetsAt: Int64 | null;
}

/** A picture that a new one is made from. */
export interface ImageGenerationInputImage {
  /** Its file. */
  path: AbsolutePath;
  /** SHA-256 of its bytes, in lowercase hexadecimal. */
  sha256: string;
}

/** The model makes a picture: it is in `result`, or the provider keeps it. */
export interface ImageGenerationItem extends ItemTimes {
  /** Tag of this kind. */
  type: "imageGeneration";
  /** Its id. */
  id: string;
  /** How far it is, in the provider's words. */
  status: string;
  /** What the provider made of the model's words. */
  revisedPrompt: string | null;
  /** Whether its background is transparent. */
  transparentBackground?: boolean;
  /** Why there is none. */
  failure: ImageGenerationFailure | null;
  /** File that it was saved to. */
  savedPath?: AbsolutePath;
  /** Pictures that it was made from. */
  inputImages?: ImageGenerationInputImage[];
  /** The provider's name for the making. */
  generationId: string | null;
  /** The provider's name for the picture; without it, there is `result`. */
  fileId?: string;
  /** The picture as base64; without it, there is `fileId`. */
  result?: string;
}

/** A review begins. */
export interface EnteredReviewModeItem extends ItemTimes {
  /** Tag of this kind. */
  type: "enteredReviewMode";
  /** Its id. */
  id: string;
  /** What is reviewed, for people. */
  review: string;
}

/** A review ends. */
export interface ExitedReviewModeItem extends ItemTimes {
  /** Tag of this kind. */
  type: "exitedReviewMode";
  /** Its id. */
  id: string;
  /** What was found, for people. */
  review: string;
}

/** The context was shortened. */
export interface ContextCompactionItem extends ItemTimes {
  /** Tag of this kind. */
  type: "contextCompaction";
  /** Its id. */
  id: string;
}

/** One thing that happens in a turn. */
export type ThreadItem =
  | UserMessageItem
  | HookPromptItem
  | AgentMessageItem
  | FunctionCallOutputItem
  | PlanItem
  | ReasoningItem
  | CommandExecutionItem
  | FileChangeItem
  | McpToolCallItem
  | DynamicToolCallItem
  | CollabAgentToolCallItem
  | SubAgentActivityItem
  | WebSearchItem
  | ImageViewItem
  | SleepItem
  | ImageGenerationItem
  | EnteredReviewModeItem
  | ExitedReviewModeItem
  | ContextCompactionItem;
