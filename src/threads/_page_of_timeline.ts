import type {
  ThreadTimelineEntry,
  ThreadTimelineListParams,
  ThreadTimelineListResponse,
  Turn,
} from "../protocol/mod.ts";
import type { Outline, StoredThread } from "../rollout/mod.ts";
import {
  decodeTimelineCursor,
  encodeTimelineCursor,
  type TimelinePlace,
} from "./_history_cursor.ts";
import { toHistoryPage, toPageSize } from "./_history_page.ts";
import { type Located, openHistory, toOutline } from "./_located.ts";
import type { Threads } from "./threads.ts";

/** Something that stands in a timeline, as it is told in cursors. */
interface Mark extends TimelinePlace {
  /** Turn, or item for the outline. */
  readonly index: number;
}

/**
 * A page of what happened in a thread, in order of time: the newest one, or the
 * one before a cursor.
 *
 * @throws {RpcError} if the cursor is none.
 */
export async function readPageOfTimeline(
  threads: Threads,
  located: Located,
  { cursor, limit }: ThreadTimelineListParams,
): Promise<ThreadTimelineListResponse> {
  const { id } = located;
  const history = await openHistory(threads, located);
  const outline = toOutline(history, located);
  const marks = toMarks(outline);
  const before = cursor == null ? undefined : decodeTimelineCursor(cursor, id);
  const { from, to, next } = toHistoryPage(
    marks.map(toOrder),
    before && { ordinal: toOrder(before), isInclusive: false },
    "desc",
    toPageSize(limit),
  );
  const data = history === undefined
    ? []
    : await readEntries(history, outline, marks.slice(from, to));
  const oldest = marks[from];
  return {
    data,
    nextCursor: next === null || oldest === undefined
      ? null
      : encodeTimelineCursor(id, oldest, data[0] ? toName(data[0]) : ""),
    activeRealtimeSessionAtPageStart: null,
  };
}

/** A turn of the oldest rollouts begins with the record of its first item. */
function toOrder({ position, kind }: TimelinePlace): number {
  return position * 4 + kind;
}

function toMarks({ turns, items }: Outline): Mark[] {
  const marks: Mark[] = [];
  turns.forEach(({ started, ended }, index) => {
    marks.push({ position: started, kind: 0, index });
    if (ended !== null) marks.push({ position: ended, kind: 3, index });
  });
  items.forEach(({ ordinal }, index) =>
    marks.push({ position: ordinal, kind: 1, index })
  );
  return marks.sort((a, b) => toOrder(a) - toOrder(b));
}

async function readEntries(
  history: StoredThread,
  { items }: Outline,
  marks: readonly Mark[],
): Promise<ThreadTimelineEntry[]> {
  const indices = marks.filter(({ kind }) => kind === 1)
    .map(({ index }) => items[index]!.index);
  const ofTurns = marks.filter(({ kind }) => kind !== 1)
    .map(({ index }) => index);
  const first = Math.min(...ofTurns, Infinity);
  const [found, turns] = await Promise.all([
    history.readItemsAt(indices),
    ofTurns.length === 0 ? [] : history.readTurns({
      from: first,
      to: Math.max(...ofTurns) + 1,
      itemsView: "notLoaded",
    }),
  ]);
  let at = 0;
  return marks.flatMap(({ kind, index, position }): ThreadTimelineEntry[] => {
    if (kind === 1) {
      const item = found[at++];
      return item === undefined ? [] : [{ type: "item", position, ...item }];
    }
    const turn = turns[index - first];
    if (turn === undefined) return [];
    return [kind === 0 ? toStart(turn, position) : toEnd(turn, position)];
  });
}

function toStart(turn: Turn, position: number): ThreadTimelineEntry {
  const { id, startedAt } = turn;
  return { type: "turnStarted", position, turnId: id, startedAt };
}

function toEnd(turn: Turn, position: number): ThreadTimelineEntry {
  const { id, status, error, startedAt, completedAt, durationMs } = turn;
  return {
    type: "turnCompleted",
    position,
    turnId: id,
    status,
    error,
    startedAt,
    completedAt,
    durationMs,
  };
}

function toName(entry: ThreadTimelineEntry): string {
  if (entry.type === "item") return entry.item.id;
  return entry.type === "realtime" ? "" : entry.turnId;
}
