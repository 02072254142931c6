import type { ThreadItem } from "../protocol/mod.ts";
import { toPath } from "./_file_url.ts";
import { renameFields, toCamelCase } from "./_rename_fields.ts";
import { joinWords } from "./_shell_words.ts";
import {
  camelText,
  decodeAction,
  decodeAgentState,
  decodeChange,
  decodeCitation,
  decodeInput,
  decodeMcpResult,
  decodeModeration,
  decodeWebAction,
  type Fields,
  list,
  object,
  renderReview,
  toMs,
} from "./_stored_parts.ts";
import type { StoredItem } from "./stored_item.ts";

/** When an item began and ended, in Unix milliseconds. */
export interface StoredTimes {
  /** When it began. */
  readonly startedAtMs?: number | null;
  /** When it ended. */
  readonly completedAtMs?: number | null;
}

/**
 * An item of a rollout as the protocol has it; undefined for a kind that is not
 * known. Fields that are missing are null or empty.
 */
export function fromStoredItem(
  stored: StoredItem,
  times: StoredTimes = {},
): ThreadItem | undefined {
  const decode = Object.hasOwn(decoders, stored.type)
    ? decoders[stored.type]
    : undefined;
  if (!decode) return undefined;
  const own = decode(stored);
  return {
    ...own,
    startedAtMs: times.startedAtMs ?? null,
    completedAtMs: times.completedAtMs ?? null,
  } as ThreadItem;
}

/** Kinds of stored items, each with what makes an item of it. */
const decoders: Readonly<
  Record<string, (stored: StoredItem) => Fields & { type: ThreadItem["type"] }>
> = {
  UserMessage: ({ id, client_id, content }) => ({
    type: "userMessage",
    id,
    clientId: client_id ?? null,
    content: list(content).map(decodeInput),
  }),
  AgentMessage: ({ id, content, ...rest }) => ({
    type: "agentMessage",
    moderation: decodeModeration(rest["moderation"]),
    id,
    text: list(content).map(({ text }) => text ?? "").join(""),
    phase: rest["phase"] ?? null,
    memoryCitation: decodeCitation(rest["memory_citation"]),
    delivery: rest["delivery"] ?? null,
    questions: rest["questions"] ?? null,
  }),
  Reasoning: ({ id, summary_text, raw_content }) => ({
    type: "reasoning",
    id,
    summary: summary_text ?? [],
    content: raw_content ?? [],
  }),
  CommandExecution: (stored) => ({
    type: "commandExecution",
    id: stored.id,
    pluginId: stored["plugin_id"] ?? null,
    scriptPath: stored["script_path"] ?? null,
    command: Array.isArray(stored["command"])
      ? joinWords(stored["command"].map(String))
      : `${stored["command"] ?? ""}`,
    cwd: toPath(`${stored["cwd"] ?? ""}`),
    processId: stored["process_id"] ?? null,
    source: camelText(stored["source"]) ?? "agent",
    status: camelText(stored["status"]) ?? "completed",
    commandActions: list(stored["parsed_cmd"]).map((action) =>
      decodeAction(action, toPath(`${stored["cwd"] ?? ""}`))
    ),
    aggregatedOutput: stored["aggregated_output"] || null,
    exitCode: stored["exit_code"] ?? null,
    durationMs: toMs(stored["duration"]),
  }),
  FileChange: ({ id, changes, status }) => ({
    type: "fileChange",
    id,
    changes: Object.entries(object(changes)).sort(([a], [b]) => a < b ? -1 : 1)
      .map(([path, change]) => decodeChange(path, object(change))),
    status: camelText(status) ?? "completed",
  }),
  McpToolCall: (stored) => ({
    type: "mcpToolCall",
    id: stored.id,
    server: stored["server"],
    tool: stored["tool"],
    status: camelText(stored["status"]) ?? "completed",
    arguments: stored["arguments"] ?? null,
    appContext: stored["appContext"] ?? null,
    ...typeof stored["mcpAppResourceUri"] === "string"
      ? { mcpAppResourceUri: stored["mcpAppResourceUri"] }
      : {},
    mcpAppUi: stored["mcpAppUi"] ?? null,
    pluginId: stored["pluginId"] ?? null,
    readOnlyHint: stored["readOnlyHint"] ?? null,
    result: decodeMcpResult(stored["result"]),
    error: stored["error"] ?? null,
    durationMs: toMs(stored["duration"]),
  }),
  DynamicToolCall: (stored) => ({
    type: "dynamicToolCall",
    id: stored.id,
    namespace: stored["namespace"] ?? null,
    tool: stored["tool"],
    arguments: stored["arguments"] ?? null,
    status: camelText(stored["status"]) ?? "completed",
    contentItems: stored["content_items"] ?? null,
    success: stored["success"] ?? null,
    durationMs: toMs(stored["duration"]),
  }),
  WebSearch: ({ id, query, action, results }) => ({
    type: "webSearch",
    id,
    query: query ?? "",
    action: decodeWebAction(action),
    results: results ?? null,
  }),
  ImageView: ({ id, path }) => ({
    type: "imageView",
    id,
    path: toPath(`${path ?? ""}`),
  }),
  EnteredReviewMode: ({ id, user_facing_hint }) => ({
    type: "enteredReviewMode",
    id,
    review: user_facing_hint ?? "",
  }),
  ExitedReviewMode: ({ id, review_output }) => ({
    type: "exitedReviewMode",
    id,
    review: renderReview(review_output),
  }),
  Plan: plain("plan", {}),
  HookPrompt: plain("hookPrompt", { fragments: [] }),
  FunctionCallOutput: ({ id, name, namespace, output }) => ({
    type: "functionCallOutput",
    id,
    name,
    namespace: namespace ?? null,
    output,
  }),
  CollabAgentToolCall: (stored) => ({
    type: "collabAgentToolCall",
    id: stored.id,
    tool: camelText(stored["tool"]),
    status: camelText(stored["status"]) ?? "completed",
    senderThreadId: stored["sender_thread_id"],
    receiverThreadIds: stored["receiver_thread_ids"] ?? [],
    prompt: stored["prompt"] ?? null,
    model: stored["model"] ?? null,
    reasoningEffort: stored["reasoning_effort"] ?? null,
    agentsStates: Object.fromEntries(
      Object.entries(object(stored["agents_states"])).map((
        [thread, state],
      ) => [thread, decodeAgentState(state)]),
    ),
  }),
  SubAgentActivity: plain("subAgentActivity", {
    model: null,
    reasoningEffort: null,
  }),
  Sleep: plain("sleep", {}),
  ImageGeneration: (stored) => {
    const { type: _, result, ...fields } = stored;
    return {
      revisedPrompt: null,
      failure: null,
      generationId: null,
      ...renameFields(fields, toCamelCase),
      ...result === "" && "file_id" in stored ? {} : { result },
      type: "imageGeneration",
    };
  },
  ContextCompaction: plain("contextCompaction", {}),
};

/** For kinds that differ in the case of their names only. */
function plain(
  type: ThreadItem["type"],
  defaults: Fields,
): (stored: StoredItem) => Fields & { type: ThreadItem["type"] } {
  return ({ type: _, ...fields }) => ({
    ...defaults,
    ...renameFields(fields, toCamelCase),
    type,
  });
}
