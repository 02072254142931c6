import type { SortDirection } from "../protocol/mod.ts";

/** Entries of a page when the client does not say. */
const DEFAULT_SIZE = 25;
/** Most entries of a page. */
const LARGEST_SIZE = 100;

/** A place in a history: at a record, or right behind it. */
export interface HistoryPlace {
  /** Number of a record. */
  readonly ordinal: number;
  /** Whether what stands there comes first. */
  readonly isInclusive: boolean;
}

/** Which entries are a page, by their indices, and where others go on. */
export interface HistoryPage {
  /** Index of the oldest. */
  readonly from: number;
  /** Index behind the newest. */
  readonly to: number;
  /** Where to go on in the same direction; null at the end. */
  readonly next: HistoryPlace | null;
  /** Where to go on in the other direction; null if the page is empty. */
  readonly backwards: HistoryPlace | null;
}

/** Entries of a page; a wish for none gets one, as clients know it. */
export function toPageSize(limit: number | null | undefined): number {
  return Math.min(Math.max(limit ?? DEFAULT_SIZE, 1), LARGEST_SIZE);
}

/**
 * A page of a history. Entries are only ever added at its end, with larger
 * numbers, so whoever goes on from page to page sees each exactly once, also
 * those that come meanwhile.
 *
 * @param ordinals Numbers of the entries' records, growing.
 */
export function toHistoryPage(
  ordinals: readonly number[],
  place: HistoryPlace | undefined,
  direction: SortDirection,
  size: number,
): HistoryPage {
  const isUp = direction === "asc";
  const { length } = ordinals;
  const edge = toEdge(ordinals, place, isUp);
  const from = isUp ? edge : Math.max(0, edge - size);
  const to = isUp ? Math.min(length, edge + size) : edge;
  if (from === to) return { from, to, next: null, backwards: null };
  const [first, last] = isUp ? [from, to - 1] : [to - 1, from];
  const hasMore = isUp ? to < length : from > 0;
  return {
    from,
    to,
    next: hasMore ? { ordinal: ordinals[last]!, isInclusive: false } : null,
    backwards: { ordinal: ordinals[first]!, isInclusive: true },
  };
}

/** Index where a page begins: of its first entry, or behind it going down. */
function toEdge(
  ordinals: readonly number[],
  place: HistoryPlace | undefined,
  isUp: boolean,
): number {
  if (place === undefined) return isUp ? 0 : ordinals.length;
  const { ordinal, isInclusive } = place;
  // Of those that stand there, all lie on one side of the edge.
  return isUp === isInclusive
    ? countBelow(ordinals, ordinal)
    : countBelow(ordinals, ordinal + 1);
}

/** How many numbers are smaller. */
function countBelow(ordinals: readonly number[], limit: number): number {
  let low = 0;
  let high = ordinals.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ordinals[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
