import type { ThreadItem } from "../protocol/mod.ts";
import { toOlderEvents } from "./_older_event.ts";
import type { RolloutRecord } from "./record.ts";
import { toStoredItem } from "./to_stored_item.ts";

/**
 * The records that keep an item: `item_completed`, and in a rollout of the older
 * kind what readers of those look for beside it.
 *
 * @param historyMode As the thread's metadata has it.
 */
export function toItemRecords(
  threadId: string,
  turnId: string,
  item: ThreadItem,
  { historyMode = "paginated" }: { readonly historyMode?: string } = {},
): RolloutRecord[] {
  const completed: RolloutRecord = {
    type: "event_msg",
    payload: {
      type: "item_completed",
      thread_id: threadId,
      turn_id: turnId,
      item: toStoredItem(item),
      started_at_ms: item.startedAtMs ?? item.completedAtMs ?? 0,
      completed_at_ms: item.completedAtMs ?? item.startedAtMs ?? 0,
    },
  };
  const older = historyMode === "paginated" ? [] : toOlderEvents(item, turnId);
  return [
    completed,
    ...older.map((payload) => ({ type: "event_msg", payload } as const)),
  ];
}
