import type { ForeignMessage, ForeignSession } from "./foreign_session.ts";
import { toObject } from "./_place.ts";
import { isFirstLine, toTitle } from "./_session_title.ts";
import { toWords } from "./_session_words.ts";

/** Milliseconds after which others have their turn: sessions can be long. */
const SLICE_MS = 10;

/**
 * A session as the other agent wrote it down, a JSON object on each line. What
 * its subagents said among themselves and what it told itself is left out, and
 * so are lines that are broken.
 *
 * @returns undefined if nobody said anything in it, or nobody knows where or
 * when.
 */
export async function readSession(
  text: string,
): Promise<ForeignSession | undefined> {
  const messages: ForeignMessage[] = [];
  const titles = new Map<"custom" | "ai", string>();
  let cwd: string | undefined;
  let isDated = false;
  let isSpoken = false;
  let pauseAt = performance.now() + SLICE_MS;
  for (const line of readLines(text)) {
    if (performance.now() > pauseAt) {
      await new Promise((resolve) => setTimeout(resolve));
      pauseAt = performance.now() + SLICE_MS;
    }
    if (cwd === undefined && typeof line.cwd === "string") cwd = line.cwd;
    keepTitle(titles, line);
    if (!isSaid(line)) continue;
    isSpoken = true;
    const atMs = toMs(line.timestamp);
    isDated ||= atMs !== null;
    const words = toWords(toObject(line.message)?.content);
    if (words === undefined) continue;
    const isUser = line.type === "user" && !words.isResult;
    messages.push({ from: isUser ? "user" : "agent", text: words.text, atMs });
  }
  if (cwd === undefined || !isSpoken || !isDated) return undefined;
  const given = titles.get("custom") ?? titles.get("ai");
  const title = given ?? toTitle(messages);
  const first = messages.findIndex(({ from }) => from === "user");
  const spoken = first < 0 ? [] : messages.slice(first);
  const isPlain = title === null || isFirstLine(title, spoken[0]?.text ?? "");
  return { cwd, title, name: isPlain ? null : title, messages: spoken };
}

function* readLines(text: string): Generator<Record<string, unknown>> {
  for (const line of text.split("\n")) {
    try {
      const value = toObject(JSON.parse(line));
      if (value !== undefined) yield value;
    } catch {
      // Empty, cut off, or of a format that is not known.
    }
  }
}

/** Whether a line is what the user and the agent said to each other. */
function isSaid(line: Record<string, unknown>): boolean {
  const { type, isSidechain, isMeta } = line;
  return (type === "user" || type === "assistant") &&
    isSidechain !== true && isMeta !== true;
}

/** The title that a line gives; a later one counts, and the user's above all. */
function keepTitle(
  titles: Map<"custom" | "ai", string>,
  line: Record<string, unknown>,
): void {
  const [key, value] = line.type === "custom-title"
    ? ["custom", line.customTitle] as const
    : ["ai", line.type === "ai-title" ? line.aiTitle : undefined] as const;
  if (typeof value === "string" && value.trim() !== "") {
    titles.set(key, value.trim());
  }
}

function toMs(timestamp: unknown): number | null {
  const ms = typeof timestamp === "string" ? Date.parse(timestamp) : NaN;
  return Number.isNaN(ms) ? null : ms;
}
