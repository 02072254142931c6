import { RpcError } from "../protocol/mod.ts";
import type { HistoryPlace } from "./_history_page.ts";

/** What a cursor goes through. */
export type HistoryKind = "turns" | "itemsByCreatedAtOrdinal";

/** Writes a place in the history of a thread. */
export function encodeHistoryCursor(
  threadId: string,
  kind: HistoryKind,
  place: HistoryPlace | null,
): string | null {
  return place && JSON.stringify({
    requestedThreadId: threadId,
    rolloutOrdinal: place.ordinal,
    includeAnchor: place.isInclusive,
    scope: { kind },
  });
}

/**
 * Reads a place. Servers of protocol 0.133 named the turn instead of a record.
 *
 * @param toOrdinal Number of the record that a turn begins with.
 * @throws {RpcError} if it is none in the history of this thread.
 */
export function decodeHistoryCursor(
  cursor: string,
  threadId: string,
  kind: HistoryKind,
  toOrdinal: (turnId: string) => number | undefined,
): HistoryPlace {
  const value = parse(cursor);
  const { requestedThreadId, rolloutOrdinal, includeAnchor, turnId } = value;
  const isInclusive = includeAnchor === true;
  const ordinal = typeof turnId === "string" && kind === "turns"
    ? toOrdinal(turnId)
    : requestedThreadId === threadId && scopeOf(value) === kind
    ? rolloutOrdinal
    : undefined;
  if (
    typeof includeAnchor === "boolean" && typeof ordinal === "number" &&
    Number.isSafeInteger(ordinal) && ordinal >= 0
  ) return { ordinal, isInclusive };
  throw RpcError.invalidRequest(`invalid cursor: ${cursor}`);
}

/** A place in a timeline. */
export interface TimelinePlace {
  /** Number of the record. */
  readonly position: number;
  /** What it tells: that a turn began, an item, or that a turn ended. */
  readonly kind: 0 | 1 | 3;
}

/** Writes where a page of a timeline begins: what is before it comes next. */
export function encodeTimelineCursor(
  threadId: string,
  { position, kind }: TimelinePlace,
  id: string,
): string {
  return JSON.stringify({ threadId, position, kind, id });
}

/**
 * Reads such a place.
 *
 * @throws {RpcError} if it is none in the timeline of this thread.
 */
export function decodeTimelineCursor(
  cursor: string,
  threadId: string,
): TimelinePlace {
  const value = parse(cursor);
  const { position, kind } = value;
  if (
    value["threadId"] === threadId && typeof position === "number" &&
    Number.isSafeInteger(position) && position >= 0 &&
    (kind === 0 || kind === 1 || kind === 3)
  ) return { position, kind };
  throw RpcError.invalidRequest("invalid thread timeline cursor");
}

function scopeOf({ scope }: Record<string, unknown>): unknown {
  return (scope as { kind?: unknown } | undefined)?.kind;
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // Not JSON at all: no cursor either.
  }
  return {};
}
