import { RpcError } from "../protocol/mod.ts";

/** Which part of a list is asked for. */
export interface PageRequest {
  readonly cursor?: string | null;
  readonly limit?: number | null;
}

/** A part of a list. */
export interface Page<Item> {
  readonly data: Item[];
  readonly nextCursor: string | null;
}

/**
 * Cuts a page out of a list; cursors are numbers of items.
 *
 * @param kind What messages call the items.
 * @throws {RpcError} if the cursor is none of this list.
 */
export function toPage<Item>(
  items: readonly Item[],
  { cursor, limit }: PageRequest,
  kind: string,
): Page<Item> {
  const text = cursor ?? "0";
  const start = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(start)) {
    throw RpcError.invalidRequest(`invalid cursor: ${text}`);
  }
  if (start > items.length) {
    throw RpcError.invalidRequest(
      `cursor ${text} exceeds total ${kind} ${items.length}`,
    );
  }
  // A page of nothing would never come to an end.
  const end = start + Math.max(limit ?? items.length, 1);
  return {
    data: items.slice(start, end),
    nextCursor: end < items.length ? String(end) : null,
  };
}
