import type { ThreadItem } from "../protocol/mod.ts";
import { toOneLine } from "./_snippet.ts";

/** What is said in an item: by the user, or by the model; undefined in others. */
export function toSpokenText(item: ThreadItem): string | undefined {
  if (item.type === "agentMessage") return toOneLine(item.text);
  if (item.type !== "userMessage") return undefined;
  return toOneLine(
    item.content.map((part) => part.type === "text" ? part.text : "").join(" "),
  );
}
