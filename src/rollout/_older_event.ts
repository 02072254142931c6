import type { ThreadItem, UserInput } from "../protocol/mod.ts";
import type { EventPayload } from "./record.ts";
import { toStoredItem } from "./to_stored_item.ts";

/** What readers look for in rollouts that have no `item_completed`. */
export function toOlderEvents(
  item: ThreadItem,
  turnId: string,
): EventPayload[] {
  switch (item.type) {
    case "userMessage":
      return [{
        type: "user_message",
        ...item.clientId === null ? {} : { client_id: item.clientId },
        ...toMessage(item.content),
      }];
    case "agentMessage":
      return [{
        type: "agent_message",
        message: item.text,
        phase: item.phase,
        memory_citation: toStoredItem(item)["memory_citation"] ?? null,
      }];
    case "reasoning":
      return item.summary.map((text) => ({ type: "agent_reasoning", text }));
    case "webSearch": {
      const { query, action } = toStoredItem(item);
      return [{ type: "web_search_end", call_id: item.id, query, action }];
    }
    case "fileChange": {
      const { changes, status } = toStoredItem(item);
      return [{
        type: "patch_apply_end",
        call_id: item.id,
        turn_id: turnId,
        stdout: "",
        stderr: "",
        success: status === "completed",
        changes,
        status,
      }];
    }
    case "contextCompaction":
      return [{ type: "context_compacted" }];
    default:
      return [];
  }
}

function toMessage(content: readonly UserInput[]): Record<string, unknown> {
  const texts = content.filter((input) => input.type === "text");
  return {
    message: texts.map(({ text }) => text).join(""),
    images: content.flatMap((input) =>
      input.type === "image" && "url" in input ? [input.url] : []
    ),
    local_images: content.flatMap((input) =>
      input.type === "localImage" ? [input.path] : []
    ),
    text_elements: [],
  };
}
