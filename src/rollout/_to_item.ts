import type { ThreadItem } from "../protocol/mod.ts";
import { fromStoredItem } from "./from_stored_item.ts";
import { toItemOfEvent } from "./_older_item.ts";
import { toAcceptedMessage } from "./_accepted_message.ts";
import type { OpenPayload } from "./record.ts";
import type { StoredItem } from "./stored_item.ts";

/**
 * The item that an `event_msg` tells of, if it is one.
 *
 * @param id For an item that has none of its own.
 */
export function toItem(
  payload: OpenPayload,
  id: string,
): ThreadItem | undefined {
  if (payload["type"] !== "item_completed") {
    return toAcceptedMessage(payload) ?? toItemOfEvent(payload, id);
  }
  const { item, started_at_ms, completed_at_ms } = payload;
  if (!isStoredItem(item)) return undefined;
  return fromStoredItem(item, {
    startedAtMs: toNumberOrNull(started_at_ms),
    completedAtMs: toNumberOrNull(completed_at_ms),
  });
}

function isStoredItem(value: unknown): value is StoredItem {
  if (typeof value !== "object" || value === null) return false;
  const { type, id } = value as Record<string, unknown>;
  return typeof type === "string" && typeof id === "string";
}

function toNumberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
