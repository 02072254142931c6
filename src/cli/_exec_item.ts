import type {
  JsonValue,
  McpToolCallResult,
  ThreadItem,
  WebSearchAction,
} from "../protocol/mod.ts";
import type { ExecItemContent, ExecItemStatus } from "./exec_event.ts";

/** Kinds that are told of when they are complete, not when they start. */
const WHOLE: ReadonlySet<string> = new Set(["agent_message", "reasoning"]);

/** Whether the start of an item is told. */
export function hasStart({ type }: ExecItemContent): boolean {
  return !WHOLE.has(type);
}

/** An item as events have it; `undefined` for kinds that none tells of. */
export function toExecItem(item: ThreadItem): ExecItemContent | undefined {
  switch (item.type) {
    case "agentMessage":
      return { type: "agent_message", text: item.text };
    case "reasoning": {
      const text = item.summary.join("\n");
      return text === "" ? undefined : { type: "reasoning", text };
    }
    case "commandExecution":
      return {
        type: "command_execution",
        command: item.command,
        aggregated_output: item.aggregatedOutput ?? "",
        exit_code: item.exitCode,
        status: toStatus(item.status),
      };
    case "fileChange":
      return {
        type: "file_change",
        changes: item.changes.map(({ path, kind }) => ({
          path,
          kind: kind.type,
        })),
        // Nobody could be asked, so what was declined has failed.
        status: item.status === "declined" ? "failed" : toStatus(item.status),
      };
    case "mcpToolCall":
      return {
        type: "mcp_tool_call",
        server: item.server,
        tool: item.tool,
        arguments: item.arguments,
        result: item.result && toMcpResult(item.result),
        error: item.error && { message: item.error.message },
        status: toStatus(item.status),
      };
    case "collabAgentToolCall":
      return {
        type: "collab_tool_call",
        tool: toSnakeCase(item.tool),
        sender_thread_id: item.senderThreadId,
        receiver_thread_ids: item.receiverThreadIds,
        prompt: item.prompt,
        agents_states: Object.fromEntries(
          Object.entries(item.agentsStates).map(([id, { status, message }]) => [
            id,
            { status: toSnakeCase(status), message },
          ]),
        ),
        status: toStatus(item.status),
      };
    case "webSearch":
      return {
        type: "web_search",
        id: item.id,
        query: item.query,
        action: toAction(item.action ?? { type: "other" }),
      };
    default:
      return undefined;
  }
}

function toStatus(
  status: "inProgress" | "completed" | "failed" | "declined" | "interrupted",
): ExecItemStatus {
  return status === "inProgress" ? "in_progress" : status;
}

function toMcpResult(
  { content, structuredContent, _meta }: McpToolCallResult,
): { content: JsonValue[]; structured_content: JsonValue | null } {
  return {
    content,
    ..._meta !== null && { _meta },
    structured_content: structuredContent,
  };
}

/** What is not said is left out. */
function toAction(action: WebSearchAction): JsonValue {
  const said = Object.entries(action).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(said), type: toSnakeCase(action.type) };
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
