import type {
  CollabAgentState,
  CommandAction,
  CommandExecutionItem,
  FileChangeItem,
  FileUpdateChange,
  McpToolCallItem,
  ThreadItem,
  UserInput,
} from "../protocol/mod.ts";
import { toFileUrl } from "./_file_url.ts";
import { renameFields, toSnakeCase } from "./_rename_fields.ts";
import { withoutMove } from "./_move_note.ts";
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
        content: own.content.map(toStoredInput),
      });
    case "agentMessage":
      return toStored("AgentMessage", own.id, {
        content: [{ type: "Text", text: own.text }],
        phase: own.phase,
        memory_citation: own.memoryCitation && {
          entries: own.memoryCitation.entries,
          rolloutIds: own.memoryCitation.threadIds,
        },
        moderation: own.moderation,
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
      return {
        ...toStored("McpToolCall", own.id, toMcpToolCall(own)),
        // Null is an argument, and nobody reads a call without any.
        arguments: own.arguments,
      };
    case "dynamicToolCall":
      return {
        ...toStored("DynamicToolCall", own.id, {
          namespace: own.namespace,
          tool: own.tool,
          status: toSnakeCase(own.status),
          content_items: own.contentItems,
          success: own.success,
          duration: toDuration(own.durationMs),
        }),
        arguments: own.arguments,
      };
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
    case "hookPrompt":
      return toStored("HookPrompt", own.id, { fragments: own.fragments });
    case "functionCallOutput":
      return toStored("FunctionCallOutput", own.id, {
        name: own.name,
        namespace: own.namespace,
        output: own.output,
      });
    case "collabAgentToolCall":
      return toStored("CollabAgentToolCall", own.id, {
        tool: toSnakeCase(own.tool),
        status: toSnakeCase(own.status),
        sender_thread_id: own.senderThreadId,
        receiver_thread_ids: own.receiverThreadIds,
        prompt: own.prompt,
        model: own.model,
        reasoning_effort: own.reasoningEffort,
        agents_states: Object.fromEntries(
          Object.entries(own.agentsStates).map((
            [thread, state],
          ) => [thread, toAgentState(state)]),
        ),
      });
    case "imageGeneration": {
      const { type: _type, id, ...fields } = own;
      return toStored("ImageGeneration", id, {
        // Readers that know of no files that providers keep want a picture.
        result: "",
        ...renameFields(fields, toSnakeCase),
      });
    }
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
  return { type, id, ...dropNulls(fields) };
}

function toStoredInput(input: UserInput): Record<string, unknown> {
  switch (input.type) {
    case "text":
      return {
        type: "text",
        text: input.text,
        text_elements: (input.text_elements ?? []).map((element) =>
          renameFields(element, toSnakeCase)
        ),
      };
    case "image":
    case "audio": {
      const { type, ...rest } = input;
      const { url, fileId, ...others } = rest as Record<string, unknown>;
      return {
        type,
        ...url === undefined ? { file_id: fileId } : { [`${type}_url`]: url },
        ...dropNulls(others),
      };
    }
    default:
      return { ...dropNulls(input), type: toSnakeCase(input.type) };
  }
}

function dropNulls(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null),
  );
}

function toAgentState({ status, message }: CollabAgentState): unknown {
  return status === "completed" || status === "errored"
    ? { [status]: message }
    : toSnakeCase(status);
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
    ? {
      type: "update",
      unified_diff: withoutMove(diff, kind.move_path),
      move_path: kind.move_path,
    }
    : { type: kind.type, content: diff };
}

function toMcpToolCall(item: McpToolCallItem): Record<string, unknown> {
  return {
    server: item.server,
    tool: item.tool,
    status: item.status,
    appContext: item.appContext,
    mcpAppResourceUri: item.mcpAppResourceUri ?? null,
    mcpAppUi: item.mcpAppUi,
    pluginId: item.pluginId,
    readOnlyHint: item.readOnlyHint,
    result: item.result,
    error: item.error,
    duration: toDuration(item.durationMs),
  };
}

function toDuration(ms: number | null): { secs: number; nanos: number } | null {
  if (ms === null) return null;
  return { secs: Math.floor(ms / 1000), nanos: ms % 1000 * 1_000_000 };
}
