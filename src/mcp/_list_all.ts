import type { JsonValue } from "../protocol/mod.ts";

/** Pages of a list that are read, whatever the server says. */
const MAX_PAGES = 100;

/** A list of a server, all pages of it. */
export interface WholeList {
  readonly items: JsonValue[];
  /** Notes of the server on the first page. */
  readonly meta: JsonValue;
}

/** Asks for page after page of what stands in a field. */
export async function listAll(
  field: string,
  ask: (params: { cursor?: string }) => Promise<Record<string, JsonValue>>,
): Promise<WholeList> {
  const items: JsonValue[] = [];
  let meta: JsonValue = null;
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const result = await ask(cursor === undefined ? {} : { cursor });
    const part = result[field];
    // One by one: a call takes no more than some ten thousands at a time.
    if (Array.isArray(part)) { for (const item of part) items.push(item); }
    if (page === 0) meta = result["_meta"] ?? null;
    const next = result["nextCursor"];
    if (typeof next !== "string") break;
    cursor = next;
  }
  return { items, meta };
}
