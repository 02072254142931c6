import { encodeHistoryCursor, type HistoryKind } from "./_history_cursor.ts";
import { type Located, openHistory, toOutline } from "./_located.ts";
import type { Threads } from "./threads.ts";

/** Cursors at the newest of what there is; null where there is nothing. */
export interface HistoryEnds {
  /** For `thread/turns/list`. */
  readonly turnsBackwardsCursor: string | null;
  /** For `thread/items/list`. */
  readonly itemsBackwardsCursor: string | null;
}

/** Where the history of a thread ends, for whoever wants to go on from there. */
export async function readHistoryEnds(
  threads: Threads,
  located: Located,
): Promise<HistoryEnds> {
  const history = await openHistory(threads, located);
  const { turns, items } = toOutline(history, located);
  const at = (kind: HistoryKind, ordinal: number | undefined) =>
    ordinal === undefined
      ? null
      : encodeHistoryCursor(located.id, kind, { ordinal, isInclusive: true });
  return {
    turnsBackwardsCursor: at("turns", turns.at(-1)?.started),
    itemsBackwardsCursor: at("itemsByCreatedAtOrdinal", items.at(-1)?.ordinal),
  };
}
