import type { ThreadItem } from "../protocol/mod.ts";
import { fromStoredItem } from "./from_stored_item.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Kinds of `event_msg` that are items where there is no `item_completed`, and
 * whether they have no id of their own: those are numbered.
 */
export const olderItems: ReadonlyMap<string, boolean> = new Map([
  ["user_message", true],
  ["agent_message", true],
  ["agent_reasoning", true],
  ["agent_reasoning_raw_content", true],
  ["context_compacted", true],
  ["web_search_end", false],
  ["patch_apply_end", false],
  ["mcp_tool_call_end", false],
  ["exec_command_end", false],
  ["view_image_tool_call", false],
  ["image_generation_end", false],
  ["entered_review_mode", false],
  ["exited_review_mode", false],
]);

/**
 * The item that an event of an older rollout tells of; undefined for one that
 * is not an item, or was empty.
 *
 * @param id For an item that has none of its own.
 */
export function toItemOfEvent(
  event: Fields,
  id: string,
): ThreadItem | undefined {
  const call = typeof event["call_id"] === "string" ? event["call_id"] : id;
  const own = typeof event["item_id"] === "string" ? event["item_id"] : id;
  switch (event["type"]) {
    case "user_message":
      return fromStoredItem({
        type: "UserMessage",
        id,
        client_id: event["client_id"],
        content: [
          {
            type: "text",
            text: event["message"],
            text_elements: event["text_elements"],
          },
          ...strings(event["images"]).map((url) => ({ type: "image", url })),
          ...strings(event["local_images"]).map((path) => ({
            type: "local_image",
            path,
          })),
          ...strings(event["audio"]).map((url) => ({ type: "audio", url })),
          ...strings(event["local_audio"]).map((path) => ({
            type: "local_audio",
            path,
          })),
        ].filter((input) => !("text" in input) || input.text !== ""),
      });
    case "agent_message":
      return fromStoredItem({
        type: "AgentMessage",
        id,
        content: [{ type: "Text", text: event["message"] }],
        phase: event["phase"],
        memory_citation: event["memory_citation"],
      });
    case "agent_reasoning":
      return fromStoredItem({
        type: "Reasoning",
        id,
        summary_text: [event["text"]],
        raw_content: [],
      });
    case "agent_reasoning_raw_content":
      return fromStoredItem({
        type: "Reasoning",
        id,
        summary_text: [],
        raw_content: [event["text"]],
      });
    case "web_search_end":
      return fromStoredItem({ ...event, type: "WebSearch", id: call });
    case "patch_apply_end":
      return fromStoredItem({
        status: event["success"] === false ? "failed" : "completed",
        ...event,
        type: "FileChange",
        id: call,
      });
    case "exec_command_end":
      return fromStoredItem({
        source: "agent",
        status: event["exit_code"] === 0 ? "completed" : "failed",
        ...event,
        type: "CommandExecution",
        id: call,
      });
    case "mcp_tool_call_end":
      return toMcpToolCall(event, call);
    case "view_image_tool_call":
      return fromStoredItem({
        type: "ImageView",
        id: call,
        path: event["path"],
      });
    case "image_generation_end":
      return fromStoredItem({ ...event, type: "ImageGeneration", id: call });
    case "entered_review_mode":
      return fromStoredItem({
        ...event,
        type: "EnteredReviewMode",
        id: own,
      });
    case "exited_review_mode":
      return fromStoredItem({ ...event, type: "ExitedReviewMode", id: own });
    case "context_compacted":
      return fromStoredItem({ type: "ContextCompaction", id });
    default:
      return undefined;
  }
}

function toMcpToolCall(event: Fields, id: string): ThreadItem | undefined {
  const { invocation, result, ...rest } = event;
  const { Ok, Err } = object(result);
  return fromStoredItem({
    ...object(invocation),
    ...rest,
    type: "McpToolCall",
    id,
    status: Err !== undefined || object(Ok)["isError"] === true
      ? "failed"
      : "completed",
    result: Ok,
    error: Err === undefined ? undefined : { message: Err },
  });
}

function object(value: unknown): Fields {
  return typeof value === "object" && value !== null ? value as Fields : {};
}

function strings(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((element) => typeof element === "string")
    : [];
}
