import type { ResponseItem } from "../model/mod.ts";
import type { ThreadItem, Turn, TurnItemsView } from "../protocol/mod.ts";
import type { OpenPayload } from "./record.ts";
import type { TurnEntry } from "./_turn_entry.ts";

/** A turn as the protocol has it. */
export function toTurn(
  entry: TurnEntry,
  items: ThreadItem[],
  itemsView: TurnItemsView,
  liveTurnId: string | null,
): Turn {
  const { id, rootTurnId, error, startedAt, completedAt, durationMs } = entry;
  const open = id === liveTurnId ? "inProgress" : "interrupted";
  return {
    id,
    rootTurnId,
    items: itemsView === "summary" ? summarize(items) : items,
    itemsView,
    status: entry.status === "open" ? open : entry.status,
    error,
    startedAt,
    completedAt,
    durationMs,
  };
}

/** What was asked and what was answered. */
function summarize(items: readonly ThreadItem[]): ThreadItem[] {
  const asked = items.find(({ type }) => type === "userMessage");
  const answered = items.findLast(({ type }) => type === "agentMessage");
  return [asked, answered].filter((item) => item !== undefined);
}

/** Without what only the storage has. */
export function toModelItem(payload: OpenPayload): ResponseItem {
  const { internal_chat_message_metadata_passthrough: _, ...item } = payload;
  return item as unknown as ResponseItem;
}
