import {
  RpcError,
  type ThreadItem,
  type ThreadItemEntry,
  type ThreadItemOutputDeferral,
  type ThreadItemsListParams,
  type ThreadItemsListResponse,
} from "../protocol/mod.ts";
import type { OutlinedItem, StoredThread } from "../rollout/mod.ts";
import { decodeHistoryCursor, encodeHistoryCursor } from "./_history_cursor.ts";
import {
  type HistoryPlace,
  toHistoryPage,
  toPageSize,
} from "./_history_page.ts";

import { type Located, openHistory, toOutline } from "./_located.ts";
import type { Threads } from "./threads.ts";

const kind = "itemsByCreatedAtOrdinal";

/**
 * A page of the items of a thread, or of one of its turns: those that are
 * complete.
 *
 * @throws {RpcError} if the cursor is none.
 */
export async function readPageOfItems(
  threads: Threads,
  located: Located,
  params: ThreadItemsListParams,
): Promise<ThreadItemsListResponse> {
  const { turnId, limit, deferOutput } = params;
  const direction = params.sortDirection ?? "asc";
  const { id } = located;
  const history = await openHistory(threads, located);
  const all = toOutline(history, located).items;
  const items = turnId == null
    ? all
    : all.filter((item) => item.turnId === turnId);
  const place = await toPlace(id, history, items, params);
  const { from, to, next, backwards } = toHistoryPage(
    items.map(({ ordinal }) => ordinal),
    place,
    direction,
    toPageSize(limit),
  );
  const entries = await readEntries(history, items.slice(from, to));
  const data = turnId == null || deferOutput == null
    ? entries
    : entries.map((entry) => withoutOutput(entry, deferOutput));
  return {
    data: direction === "asc" ? data : data.reverse(),
    nextCursor: encodeHistoryCursor(id, kind, next),
    backwardsCursor: encodeHistoryCursor(id, kind, backwards),
  };
}

/** Chosen items of a turn, whole, in the order in which they are stored. */
export async function readChosenItems(
  threads: Threads,
  located: Located,
  turnId: string,
  itemIds: readonly string[],
): Promise<ThreadItemEntry[]> {
  const history = await openHistory(threads, located);
  const { items } = toOutline(history, located);
  const entries = await readEntries(
    history,
    items.filter((item) => item.turnId === turnId),
  );
  const wanted = new Set(itemIds);
  return entries.filter(({ item }) => wanted.has(item.id));
}

async function toPlace(
  id: string,
  history: StoredThread | undefined,
  items: readonly OutlinedItem[],
  { cursor, turnId }: ThreadItemsListParams,
): Promise<HistoryPlace | undefined> {
  if (cursor == null) return undefined;
  if (typeof cursor === "string") {
    return decodeHistoryCursor(cursor, id, kind, () => undefined);
  }
  if (turnId == null) {
    throw RpcError.invalidParams(
      "turnId is required when cursor is an item anchor",
    );
  }
  const entries = await readEntries(history, items);
  const at = entries.findIndex(({ item }) => item.id === cursor.itemId);
  const anchor = items[at];
  if (anchor === undefined) {
    throw RpcError.invalidParams(
      "cursor.itemId does not identify an item in the requested history scope",
    );
  }
  return { ordinal: anchor.ordinal, isInclusive: false };
}

async function readEntries(
  history: StoredThread | undefined,
  items: readonly OutlinedItem[],
): Promise<ThreadItemEntry[]> {
  const read = await history?.readItemsAt(items.map(({ index }) => index));
  return read?.flatMap((entry) =>
    entry === undefined ? [] : [{
      turnId: entry.turnId,
      item: entry.item,
      startedAtMs: entry.item.startedAtMs ?? null,
      completedAtMs: entry.item.completedAtMs ?? null,
    }]
  ) ?? [];
}

/** Leaves out what was printed, where nothing went wrong. */
function withoutOutput(
  entry: ThreadItemEntry,
  deferral: ThreadItemOutputDeferral,
): ThreadItemEntry {
  const item = toDeferred(entry.item, deferral);
  return item === undefined ? entry : { ...entry, item, outputDeferred: true };
}

function toDeferred(
  item: ThreadItem,
  { commandExecution, mcpToolCall }: ThreadItemOutputDeferral,
): ThreadItem | undefined {
  if (item.type === "commandExecution" && commandExecution === true) {
    const isFine = item.status === "completed" && item.exitCode === 0;
    if (!isFine || !item.aggregatedOutput) return undefined;
    return { ...item, aggregatedOutput: null };
  }
  if (item.type === "mcpToolCall" && mcpToolCall === true) {
    const content = item.result?.content ?? [];
    const isPlain = item.status === "completed" && content.length > 0 &&
      content.every((part) => isText(part));
    return isPlain ? { ...item, result: null } : undefined;
  }
  return undefined;
}

function isText(part: unknown): boolean {
  return (part as { type?: unknown } | null)?.type === "text";
}
