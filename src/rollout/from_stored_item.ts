import type { ThreadItem } from "../protocol/mod.ts";
import { toPath } from "./_file_url.ts";
import { renameFields, toCamelCase } from "./_rename_fields.ts";
import { withMove } from "./_move_note.ts";
import { joinWords } from "./_shell_words.ts";
import type { StoredItem } from "./stored_item.ts";

/** When an item began and ended, in Unix milliseconds. */
export interface StoredTimes {
  readonly startedAtMs?: number | null;
  readonly completedAtMs?: number | null;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * An item of a rollout as the protocol has it; undefined for a kind that is not
 * known. Fields that are missing or of another type are null or empty.
 */
export function fromStoredItem(
  stored: StoredItem,
  times: StoredTimes = {},
): ThreadItem | undefined {
  const decode = decoders[stored.type];
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

function decodeInput(input: Fields): Fields {
  const type = camelText(input["type"]);
  const { image_url, audio_url, file_id, ...rest } = input;
  const url = image_url ?? audio_url ?? input["url"];
  switch (type) {
    case "text":
      return {
        type,
        text: input["text"] ?? "",
        text_elements: list(input["text_elements"]).map((element) =>
          renameFields(element, toCamelCase)
        ),
      };
    case "image":
    case "audio":
      return {
        ...rest,
        ...url === undefined ? { fileId: file_id } : { url },
        ...type === "image" ? { detail: input["detail"] ?? null } : {},
        type,
      };
    case "localImage":
      return { ...input, type, detail: input["detail"] ?? null };
    default:
      return { ...input, type };
  }
}

/** A file that is read stands as the model wrote it. */
function decodeAction(action: Fields, cwd: string): Fields {
  const { type, cmd, ...rest } = action;
  const path = rest["path"];
  return {
    type: camelText(type),
    command: cmd,
    ...rest,
    ...type === "read" && typeof path === "string" && !path.startsWith("/")
      ? { path: `${cwd}/${path}` }
      : {},
  };
}

function decodeModeration(value: unknown): Fields | null {
  if (typeof value !== "object" || value === null) return null;
  const { moderated, display } = value as Fields;
  return {
    moderated: moderated === true,
    display: typeof display === "object" && display !== null
      ? {
        action: "",
        blockType: null,
        cyberTrustedAccess: null,
        checkTrustedContacts: null,
        ...display,
      }
      : null,
  };
}

function decodeCitation(value: unknown): Fields | null {
  if (typeof value !== "object" || value === null) return null;
  const { entries, rolloutIds, threadIds } = value as Fields;
  return { entries: entries ?? [], threadIds: rolloutIds ?? threadIds ?? [] };
}

/** `"running"`, or `{"completed": "what it said"}`. */
function decodeAgentState(state: unknown): Fields {
  if (typeof state === "string") {
    return { status: toCamelCase(state), message: null };
  }
  const [status = "notFound", message] = Object.entries(object(state))[0] ?? [];
  return { status: toCamelCase(status), message: message ?? null };
}

/** What a reviewer found, for people. */
function renderReview(value: unknown): string {
  if (typeof value !== "object" || value === null) {
    return "Reviewer failed to output a response.";
  }
  const { overall_explanation, findings } = value as Fields;
  const found = list(findings).map(({ title, body, code_location }) => {
    const { absolute_file_path, line_range } = object(code_location);
    const { start, end } = object(line_range);
    const text = `${body}`.split("\n").map((line) => `  ${line}`).join("\n");
    return `- ${title} — ${absolute_file_path}:${start}-${end}\n${text}`;
  });
  const heading = found.length > 1 ? "Full review comments" : "Review comment";
  const comments = found.length > 0
    ? [`${heading}:`, ...found].join("\n\n")
    : "";
  return [`${overall_explanation ?? ""}`.trim(), comments].filter(Boolean)
    .join("\n\n");
}

function decodeChange(path: string, change: Fields): Fields {
  const { type, content, unified_diff, move_path } = change;
  return type === "update"
    ? {
      path,
      kind: { type, move_path: move_path ?? null },
      diff: withMove(
        `${unified_diff ?? ""}`,
        typeof move_path === "string" ? move_path : null,
      ),
    }
    : { path, kind: { type }, diff: content ?? "" };
}

function decodeMcpResult(value: unknown): Fields | null {
  if (typeof value !== "object" || value === null) return null;
  const { content, structuredContent, _meta } = value as Fields;
  return {
    content: content ?? [],
    structuredContent: structuredContent ?? null,
    _meta: _meta ?? null,
  };
}

function decodeWebAction(value: unknown): Fields | null {
  if (typeof value !== "object" || value === null) return null;
  const { type, query, queries, url, pattern } = value as Fields;
  switch (type) {
    case "search":
      return { type, query: query ?? null, queries: queries ?? null };
    case "open_page":
      return { type: "openPage", url: url ?? null };
    case "find_in_page":
      return { type: "findInPage", url: url ?? null, pattern: pattern ?? null };
    default:
      return { type: "other" };
  }
}

function toMs(duration: unknown): number | null {
  const { secs, nanos } = object(duration);
  return typeof secs === "number" && typeof nanos === "number"
    ? secs * 1000 + Math.floor(nanos / 1_000_000)
    : null;
}

function object(value: unknown): Fields {
  return typeof value === "object" && value !== null ? value as Fields : {};
}

function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(object) : [];
}

function camelText(value: unknown): string | undefined {
  return typeof value === "string" ? toCamelCase(value) : undefined;
}
