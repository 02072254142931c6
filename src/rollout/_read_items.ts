import type { ThreadItem } from "../protocol/mod.ts";
import type { LineReader } from "./_line_reader.ts";
import type { ParsedLine } from "./_sniff.ts";
import { toItem } from "./_to_item.ts";
import type { TurnIndex } from "./_turn_index.ts";
import type { ItemOfTurn } from "./stored_history.ts";

/** Items by their indices; one that comes again counts as it is at last. */
export async function readItems(
  indices: readonly number[],
  index: TurnIndex,
  lines: LineReader,
): Promise<ThreadItem[]> {
  const places = indices.map((at) => index.items.at(at));
  return await takeItems(indices, index, lines.readAll(places));
}

/** Makes items of the records that come next: one for each index. */
export async function takeItems(
  indices: readonly number[],
  { numberOfItem }: TurnIndex,
  records: AsyncGenerator<ParsedLine | undefined>,
): Promise<ThreadItem[]> {
  const items = new Map<string, ThreadItem>();
  for (const at of indices) {
    const { value: record } = await records.next();
    const item = record && toItem(record.payload, `item-${numberOfItem[at]}`);
    if (item) items.set(item.id, item);
  }
  return [...items.values()];
}

/** Items by their indices, in that order; undefined for one that can't be read. */
export async function readItemsOfTurns(
  indices: readonly number[],
  { items, numberOfItem, turnOfItem, turns }: TurnIndex,
  lines: LineReader,
): Promise<(ItemOfTurn | undefined)[]> {
  const found: (ItemOfTurn | undefined)[] = [];
  const places = indices.map((at) => items.at(at));
  let next = 0;
  for await (const record of lines.readAll(places)) {
    const at = indices[next++] ?? -1;
    const turnId = turns[turnOfItem[at] ?? -1]?.id;
    const item = record && toItem(record.payload, `item-${numberOfItem[at]}`);
    found.push(item && turnId !== undefined ? { turnId, item } : undefined);
  }
  return found;
}
