import { RpcError } from "../protocol/mod.ts";

/** A place among what was found in a thread. */
export interface OccurrencePlace {
  /** Message in which it is, by its position. */
  readonly position: number;
  /** Which of its matches comes next. */
  readonly index: number;
}

/** Writes a place; it counts for one thread and one term only. */
export function encodeOccurrenceCursor(
  place: OccurrencePlace,
  threadId: string,
  searchTerm: string,
): string {
  return JSON.stringify({
    threadId,
    searchTerm,
    position: place.position,
    index: place.index,
  });
}

/**
 * Reads a place; without a text it is the beginning.
 *
 * @throws {RpcError} if it is none, or one of another search.
 */
export function decodeOccurrenceCursor(
  cursor: string | null | undefined,
  threadId: string,
  searchTerm: string,
): OccurrencePlace {
  if (cursor == null) return { position: 0, index: 0 };
  let value: Record<string, unknown> = {};
  try {
    value = Object(JSON.parse(cursor)) as Record<string, unknown>;
  } catch {
    // It is none, as is found below.
  }
  const { position, index } = value;
  if (
    value.threadId === threadId && value.searchTerm === searchTerm &&
    isCount(position) && isCount(index)
  ) return { position, index };
  throw RpcError.invalidRequest(`invalid cursor: ${cursor}`);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
