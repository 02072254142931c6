import type { Row } from "./_database.ts";

/** Entries of a page if the client does not say. */
export const defaultPageSize = 25;

/** Most entries of a page. */
export const largestPageSize = 100;

/** Entries of a page; a wish for none gets one, as clients know it. */
export function toPageSize(limit: number | null | undefined): number {
  return Math.min(Math.max(limit ?? defaultPageSize, 1), largestPageSize);
}

/** A page of rows of which one more than fits was asked for. */
export function toPage<T>(
  rows: readonly Row[],
  size: number,
  decode: (row: Row) => T,
  toCursor: (last: Row) => string,
): { data: T[]; nextCursor: string | null } {
  const page = rows.slice(0, size);
  return {
    data: page.map(decode),
    nextCursor: rows.length > size ? toCursor(page.at(-1)!) : null,
  };
}
