import type { ForeignMessage } from "./foreign_session.ts";
import { shorten } from "./_session_words.ts";

/** Most characters of a title that is made of what was said. */
const MAX_TITLE = 120;

/** What the other agent puts around what is not the user's own words. */
const wrapped =
  /^\s*<(system-reminder|command-(?:name|message|args)|local-command-(?:caveat|stdout|stderr)|ide_\w+|task-notification)>[^]*?<\/\1>/;

/** A title of what the user said; null if that is nothing. */
export function toTitle(messages: readonly ForeignMessage[]): string | null {
  const said = messages.filter(({ from }) => from === "user");
  for (const { text } of said) {
    const line = firstLine(unwrap(text));
    if (line !== undefined) return shorten(line, MAX_TITLE);
  }
  return said.length === 0 ? null : "Imported session";
}

/** Whether a title is what lists show of the first message anyhow. */
export function isFirstLine(title: string, text: string): boolean {
  const line = text.split(/\r?\n/, 1)[0] ?? "";
  return title === shorten(line.trim(), MAX_TITLE);
}

function unwrap(text: string): string {
  let rest = text;
  for (;;) {
    const next = rest.replace(wrapped, "");
    if (next === rest) return rest;
    rest = next;
  }
}

function firstLine(text: string): string | undefined {
  return text.split(/\r?\n/).map((line) => line.trim()).find(Boolean);
}
