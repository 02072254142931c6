import { toCommandLine } from "../protocol/mod.ts";

/** A command line that a POSIX shell reads back as the same words. */
export function joinWords(words: readonly string[]): string {
  // One that was kept as a whole is nobody's single word.
  const [line] = words;
  return words.length === 1 && line !== undefined ? line : toCommandLine(words);
}

/**
 * The words of a command line that {@linkcode joinWords} made; the line itself
 * for every other one.
 */
export function splitWords(line: string): string[] {
  const words = readWords(line);
  return words !== undefined && joinWords(words) === line ? words : [line];
}

/** The words of a line, unquoted; nothing if a quote is never closed. */
function readWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const sign = line.charAt(at);
    if (sign === " ") {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    if (sign !== "'" && sign !== '"') {
      word = (word ?? "") + sign;
      continue;
    }
    const end = findEnd(line, at);
    if (end < 0) return undefined;
    const quoted = line.slice(at + 1, end);
    word = (word ?? "") +
      (sign === "'" ? quoted : quoted.replaceAll(/\\(["\\])/g, "$1"));
    at = end;
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** Where the quote ends that begins at a place; -1 if nowhere. */
function findEnd(line: string, start: number): number {
  const quote = line.charAt(start);
  let at = start + 1;
  while (at < line.length && line.charAt(at) !== quote) {
    at += quote === '"' && line.charAt(at) === "\\" ? 2 : 1;
  }
  return at < line.length ? at : -1;
}
