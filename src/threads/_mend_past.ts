import { toMessages } from "../agent/mod.ts";
import type { ResponseItem } from "../model/mod.ts";
import {
  type CutTurn,
  type Rollout,
  type RolloutRecord,
  toItemRecords,
} from "../rollout/mod.ts";
import type { Logger } from "../telemetry/mod.ts";

/** The file of a thread that is being opened, and where trouble is told. */
interface Mending {
  /** Nothing is written without it. */
  readonly rollout?: Rollout;
  readonly threadId: string;
  readonly historyMode: string;
  readonly log: Logger;
  /** Which files may be read that were spoken of. */
  readonly checkRead?: ((path: string) => Promise<string>) | undefined;
  /** What the model reads of a turn that was cut off. Default: nothing. */
  readonly note?: () => ResponseItem;
}

/**
 * Puts on record what whoever played them did not, or not for this thread: that
 * turns were interrupted, and what was accepted in them and not yet passed on.
 *
 * @returns What the model has not heard of it.
 */
export async function mendPast(
  cut: readonly CutTurn[],
  { rollout, threadId, historyMode, log, checkRead, note }: Mending,
): Promise<ResponseItem[]> {
  const unheard: ResponseItem[] = [];
  const records: RolloutRecord[] = [];
  for (const { turnId, isOpen, said } of cut) {
    for (const item of said) {
      if (item.type !== "userMessage") continue;
      const { signal } = new AbortController();
      const messages = await toMessages(item.content, { signal, checkRead });
      unheard.push(...messages);
      records.push(
        ...messages.map((payload) => ({
          type: "response_item" as const,
          payload,
        })),
        ...toItemRecords(threadId, turnId, item, { historyMode }),
      );
    }
    if (isOpen) {
      if (note !== undefined) {
        const payload = note();
        unheard.push(payload);
        records.push({ type: "response_item", payload });
      }
      records.push({
        type: "event_msg",
        payload: {
          type: "turn_aborted",
          turn_id: turnId,
          reason: "interrupted",
          completed_at: null,
          duration_ms: null,
        },
      });
    }
  }
  try {
    rollout?.append(...records);
  } catch (error) {
    // It reads the same without: whoever opens it next tries again.
    log.warn("the end of a history could not be put right", {
      threadId,
      error: String(error),
    });
  }
  return unheard;
}
