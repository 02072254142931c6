import { isKnown, type ResponseItem } from "../model/mod.ts";
import type { ReviewQuestion } from "../tools/mod.ts";
import { isWordOfUser } from "./_shorten.ts";

/** Characters of one entry, and of all of them together. */
const maxEntry = 4_000;
const maxTotal = 60_000;

/**
 * What a reviewer reads: what was said, and the action in question. Each entry
 * is one line of JSON, so that no text can pass for an entry of somebody else.
 */
export function toTranscript(
  history: readonly ResponseItem[],
  { action, reason }: ReviewQuestion,
): string {
  const lines: string[] = [];
  let left = maxTotal;
  // What the user wants stands highest: their words are never left out for
  // the sake of later output of tools.
  const entries = history.flatMap(toEntry);
  const kept = new Set<Entry>();
  for (const wanted of [true, false]) {
    for (const entry of entries.toReversed()) {
      if (isTrusted(entry) !== wanted || left < entry.text.length) continue;
      left -= entry.text.length;
      kept.add(entry);
    }
  }
  for (const entry of entries) {
    if (kept.has(entry)) lines.push(JSON.stringify(entry));
  }
  const asked = JSON.stringify({ action, reason_given_by_agent: reason });
  return `The conversation so far, one entry per line${
    kept.size < entries.length ? " (some are left out)" : ""
  }:\n\n${lines.join("\n")}\n\nThe action to judge:\n\n${asked}`;
}

interface Entry {
  readonly from: string;
  readonly text: string;
}

function isTrusted({ from }: Entry): boolean {
  return from === "user" || from === "developer";
}

function toEntry(item: ResponseItem): Entry[] {
  if (!isKnown(item)) return [];
  switch (item.type) {
    case "message": {
      const text = item.content.map((part) =>
        "text" in part ? part.text : "[image]"
      )
        .join("\n");
      // Files, notes and what clients add stand under the user's name, too.
      const isNote = item.role === "user" && !isWordOfUser(item);
      return [{ from: isNote ? "note" : item.role, text: cut(text) }];
    }
    case "function_call":
      return [{ from: `call of ${item.name}`, text: cut(item.arguments) }];
    case "custom_tool_call":
      return [{ from: `call of ${item.name}`, text: cut(item.input) }];
    case "function_call_output":
    case "custom_tool_call_output":
      return [{
        from: "output of a tool",
        text: cut(
          typeof item.output === "string"
            ? item.output
            : JSON.stringify(item.output),
        ),
      }];
    default:
      return [];
  }
}

function cut(text: string): string {
  if (text.length <= maxEntry) return text;
  const half = maxEntry / 2;
  return `${text.slice(0, half)} […] ${text.slice(-half)}`;
}
