import type {
  CommandAction,
  CommandExecutionItem,
  FileChangeItem,
  FileUpdateChange,
  McpToolCallItem,
  ThreadItem,
} from "../protocol/mod.ts";
import { toFileUrl } from "./_file_url.ts";
import { renameFields, toSnakeCase } from "./_rename_fields.ts";
import { splitWords } from "./_shell_words.ts";
import type { StoredItem } from "./stored_item.ts";

/**
 * An item as a rollout has it; its times stand beside it there.
 *
 * @example
 * ```ts
 * import { fromStoredItem, toStoredItem } from "./mod.ts";
 * const stored = toStoredItem({ type: "plan", id: "p", text: "Rest" });
 * if (stored.type !== "Plan") throw new Error(stored.type);
 * if (fromStoredItem(stored)?.id !== "p") throw new Error();
 * ```
 */
export function toStoredItem(item: ThreadItem): StoredItem {
  const { startedAtMs: _, completedAtMs: __, ...own } = item;
  switch (own.type) {
    case "userMessage":
      return toStored("UserMessage", own.id, {
        client_id: own.clientId,
        content: own.content.map((input) =>
          input.type === "localImage" || input.type === "localAudio"
            ? { ...input, type: toSnakeCase(input.type) }
            : input
        ),
      });
    case "agentMessage":
      return toStored("AgentMessage", own.id, {
        content: [{ type: "Text", text: own.text }],
        phase: own.phase,
        memory_citation: toSnakeOrNull(own.memoryCitation),
        moderation: toSnakeOrNull(own.moderation),
        delivery: own.delivery,
        questions: own.questions,
      });
    case "reasoning":
      return toStored("Reasoning", own.id, {
        summary_text: own.summary,
        raw_content: own.content,
      });
    case "commandExecution":
      return toStored("CommandExecution", own.id, toCommand(own));
    case "fileChange":
      return toStored("FileChange", own.id, toFileChange(own));
    case "mcpToolCall":
      return toStored("McpToolCall", own.id, toMcpToolCall(own));
    case "dynamicToolCall":
      return toStored("DynamicToolCall", own.id, {
        namespace: own.namespace,
        tool: own.tool,
        arguments: own.arguments,
        status: toSnakeCase(own.status),
        content_items: own.contentItems,
        success: own.success,
        duration: toDuration(own.durationMs),
      });
    case "imageView":
      return toStored("ImageView", own.id, { path: toFileUrl(own.path) });
    case "webSearch":
      return toStored("WebSearch", own.id, {
        query: own.query,
        action: own.action &&
          { ...own.action, type: toSnakeCase(own.action.type) },
        results: own.results,
      });
    case "enteredReviewMode":
      return toStored("EnteredReviewMode", own.id, {
        target: { type: "custom", instructions: own.review },
        user_facing_hint: own.review,
      });
    case "exitedReviewMode":
      return toStored("ExitedReviewMode", own.id, {
        review_output: {
          findings: [],
          overall_correctness: "",
          overall_explanation: own.review,
          overall_confidence_score: 0,
        },
      });
    default: {
      const { type, id, ...fields } = own;
      return toStored(
        type.charAt(0).toUpperCase() + type.slice(1),
        id,
        renameFields(fields, toSnakeCase),
      );
    }
  }
}

/** Leaves out what is null: it is what readers take missing fields for. */
function toStored(
  type: string,
  id: string,
  fields: Record<string, unknown>,
): StoredItem {
  const there = Object.entries(fields).filter(([, value]) => value !== null);
  return { type, id, ...Object.fromEntries(there) };
}

function toSnakeOrNull(value: object | null): unknown {
  return value && renameFields(value, toSnakeCase);
}

function toCommand(item: CommandExecutionItem): Record<string, unknown> {
  return {
    plugin_id: item.pluginId,
    script_path: item.scriptPath,
    process_id: item.processId,
    command: splitWords(item.command),
    cwd: toFileUrl(item.cwd),
    parsed_cmd: item.commandActions.map(toParsedCommand),
    source: toSnakeCase(item.source),
    status: toSnakeCase(item.status),
    aggregated_output: item.aggregatedOutput,
    exit_code: item.exitCode,
    duration: toDuration(item.durationMs),
  };
}

function toParsedCommand(action: CommandAction): Record<string, unknown> {
  const { type, command, ...rest } = action;
  return { type: toSnakeCase(type), cmd: command, ...rest };
}

function toFileChange(item: FileChangeItem): Record<string, unknown> {
  return {
    changes: Object.fromEntries(
      item.changes.map((change) => [change.path, toChange(change)]),
    ),
    status: toSnakeCase(item.status),
    stdout: "",
    stderr: "",
  };
}

function toChange({ kind, diff }: FileUpdateChange): Record<string, unknown> {
  return kind.type === "update"
    ? { type: "update", unified_diff: diff, move_path: kind.move_path }
    : { type: kind.type, content: diff };
}

function toMcpToolCall(item: McpToolCallItem): Record<string, unknown> {
  return {
    server: item.server,
    tool: item.tool,
    arguments: item.arguments,
    status: toSnakeCase(item.status),
    app_context: toSnakeOrNull(item.appContext),
    mcp_app_resource_uri: item.mcpAppResourceUri ?? null,
    mcp_app_ui: toSnakeOrNull(item.mcpAppUi),
    plugin_id: item.pluginId,
    read_only_hint: item.readOnlyHint,
    result: item.result,
    error: item.error,
    duration: toDuration(item.durationMs),
  };
}

function toDuration(ms: number | null): { secs: number; nanos: number } | null {
  if (ms === null) return null;
  return { secs: Math.floor(ms / 1000), nanos: ms % 1000 * 1_000_000 };
}
