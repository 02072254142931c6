import { isKnown, type ResponseItem } from "../model/mod.ts";
import { estimateTokens } from "./_usage.ts";

/** Tokens of the user's own words that outlive a compaction. */
const maxTokens = 20_000;

/** Stands before the summary in a conversation that was compacted. */
export const summaryPrefix = "Notes on the conversation so far, written by the \
model that led it. Take them as what is known, and do not do again what they \
say is done:";

/** How messages begin that stand under the user's name but are not by them. */
const notByUser = [
  "<environment_context>",
  "# AGENTS.md instructions",
  "<turn_aborted>",
  "<skill>",
  "<user_action>",
  "<user_shell_command>",
  "<context ",
  summaryPrefix,
];

/** Whether the user said this. */
export function isWordOfUser(item: ResponseItem): boolean {
  if (!isKnown(item) || item.type !== "message") return false;
  if (item.role !== "user") return false;
  const text = toText(item);
  return text !== "" && !notByUser.some((start) => text.startsWith(start));
}

/** The last of these messages, as many as may be kept; older ones are cut. */
export function shorten(messages: readonly ResponseItem[]): ResponseItem[] {
  const kept: ResponseItem[] = [];
  let left = maxTokens;
  for (const message of messages.toReversed()) {
    if (left <= 0) break;
    const tokens = estimateTokens(toText(message));
    kept.push(tokens <= left ? message : cut(message, left));
    left -= tokens;
  }
  return kept.reverse();
}

function cut(message: ResponseItem, tokens: number): ResponseItem {
  const text = toText(message).slice(0, tokens * 4).replace(
    /[\uD800-\uDBFF]$/,
    "",
  );
  return {
    ...message,
    content: [{ type: "input_text", text: `${text}\n[cut off]` }],
  } as ResponseItem;
}

function toText(item: ResponseItem): string {
  const content = (item as { content?: unknown }).content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => typeof part?.text === "string" ? part.text : "")
    .join("\n");
}
