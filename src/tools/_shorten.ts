import {
  countCharacters,
  orphanedBytes,
  unfinishedBytes,
} from "./_whole_characters.ts";

/** What a token is taken for where nobody counts them. */
const BYTES_PER_TOKEN = 4;

/** How much of an output a model is shown. */
export interface OutputBudget {
  readonly tokens: number;
  /** What the text in place of the middle counts. */
  readonly unit: "tokens" | "chars";
}

/** Tokens of so many bytes, about. */
export function countTokens(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

/** What an output was, before anything was cut. */
export interface Original {
  readonly bytes: number;
  /** The line that tells what was never kept, if anything. */
  readonly omission?: string | undefined;
}

/**
 * The beginning and the end of a text, if it is longer than the budget, with a
 * warning in front. Cuts between characters.
 */
export function shorten(
  text: string,
  { tokens, unit }: OutputBudget,
  original?: Original,
): string {
  const budget = tokens * BYTES_PER_TOKEN;
  // Every unit of a string is one byte at least: most texts end here.
  if (text.length * 3 <= budget) return text;
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= budget) return text;
  const before = original ?? { bytes: bytes.length };
  const tailBytes = Math.floor(budget / 2);
  const head = bytes.subarray(0, budget - tailBytes);
  const tail = bytes.subarray(bytes.length - tailBytes);
  const start = head.length - unfinishedBytes(head);
  const end = bytes.length - tail.length + orphanedBytes(tail);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const missing = unit === "tokens"
    ? countTokens(bytes.length - budget)
    : countCharacters(bytes.subarray(start, end));
  const about = before.omission ?? `Total output lines: ${countLines(text)}`;
  return `Warning: truncated output (original token count: ${
    countTokens(before.bytes)
  })\n${about}\n\n${
    decoder.decode(bytes.subarray(0, start))
  }…${missing} ${unit} truncated…${decoder.decode(bytes.subarray(end))}`;
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = 0; at >= 0 && at < text.length; lines++) {
    const end = text.indexOf("\n", at);
    at = end < 0 ? -1 : end + 1;
  }
  return lines;
}
