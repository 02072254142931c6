import type { ResponseItem } from "../model/mod.ts";
import type { ParsedLine } from "./_sniff.ts";
import { toModelItem } from "./_to_turn.ts";

/** The conversation that records make up: messages, or what replaced them. */
export async function readConversation(
  records: AsyncIterable<ParsedLine | undefined>,
): Promise<ResponseItem[]> {
  const items: ResponseItem[] = [];
  for await (const record of records) {
    if (!record) continue;
    const replaced = record.payload["replacement_history"];
    if (record.type === "response_item") {
      items.push(toModelItem(record.payload));
    } else if (Array.isArray(replaced)) {
      items.push(...replaced.map(toModelItem));
    }
  }
  return items;
}
