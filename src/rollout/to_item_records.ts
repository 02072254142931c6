import type { ThreadItem } from "../protocol/mod.ts";
import { toOlderEvents } from "./_older_event.ts";
import type { OpenPayload, RolloutRecord } from "./record.ts";
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
      ...toTimes(item),
    },
  };
  const older = historyMode === "paginated" ? [] : toOlderEvents(item, turnId);
  return [
    completed,
    ...older.map((payload) => ({ type: "event_msg", payload } as const)),
  ];
}

/** Left out where unknown: other readers drop an item whose time is null. */
function toTimes({ startedAtMs, completedAtMs }: ThreadItem): OpenPayload {
  return {
    ...startedAtMs == null ? {} : { started_at_ms: startedAtMs },
    ...completedAtMs == null ? {} : { completed_at_ms: completedAtMs },
  };
}
