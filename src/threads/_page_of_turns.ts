import type {
  ThreadTurnsListParams,
  Turn,
  TurnsPage,
} from "../protocol/mod.ts";
import type { Outline, StoredThread } from "../rollout/mod.ts";
import { decodeHistoryCursor, encodeHistoryCursor } from "./_history_cursor.ts";
import { toHistoryPage, toPageSize } from "./_history_page.ts";
import { type Located, openHistory } from "./_located.ts";
import type { TurnRange } from "./past_turns.ts";
import type { Threads } from "./threads.ts";

/**
 * A page of the turns of a thread, the running one included.
 *
 * @param read Reads the turns. Default: from the file.
 * @throws {RpcError} if the cursor is none.
 */
export async function readPageOfTurns(
  threads: Threads,
  located: Located,
  params: ThreadTurnsListParams,
  read?: (range: TurnRange) => Promise<Turn[]>,
): Promise<TurnsPage> {
  const { id, thread } = located;
  const history = await openHistory(threads, located);
  const turns = history?.outline().turns ?? [];
  const place = params.cursor == null ? undefined : decodeHistoryCursor(
    params.cursor,
    id,
    "turns",
    (turnId) => turns.find((turn) => turn.id === turnId)?.started,
  );
  const direction = params.sortDirection ?? "desc";
  const { from, to, next, backwards } = toHistoryPage(
    turns.map(({ started }) => started),
    place,
    direction,
    toPageSize(params.limit),
  );
  const view = params.itemsView ?? "summary";
  const data = history === undefined || from === to
    ? []
    : read !== undefined
    ? await read({ from, to, view })
    : await history.readTurns({
      from,
      to,
      itemsView: view,
      liveTurnId: thread?.turn?.turnId ?? null,
    });
  return {
    data: direction === "asc" ? data : data.reverse(),
    nextCursor: encodeHistoryCursor(id, "turns", next),
    backwardsCursor: encodeHistoryCursor(id, "turns", backwards),
  };
}

/** A cursor of `thread/turns/list` that begins with a turn. */
export function toTurnCursor(
  threadId: string,
  history: StoredThread | undefined,
): (turnId: string) => string {
  let outline: Outline | undefined;
  return (turnId) => {
    outline ??= history?.outline();
    const turn = outline?.turns.find(({ id }) => id === turnId);
    const place = { ordinal: turn?.started ?? 0, isInclusive: true };
    return encodeHistoryCursor(threadId, "turns", place)!;
  };
}
