import { LineFinder } from "./_line_finder.ts";
import { type Line, toLines } from "./_lines.ts";
import type { Hunk } from "./patch.ts";
import { PatchError } from "./patch_error.ts";

/** Lines that take the place of others. */
interface Replacement {
  /** Index of the first line that goes away. */
  readonly start: number;
  /** How many do. */
  readonly count: number;
  /** What comes in their place. */
  readonly lines: readonly string[];
}

/**
 * Gives the content of a file after some hunks. What the hunks do not touch
 * stays as it is, byte by byte; new lines end as the first line of the file
 * does, and so does the last one if it had no end.
 *
 * @param path For messages.
 * @throws {PatchError} if a hunk fits nowhere behind the one before it.
 */
export function fitHunks(
  content: string,
  hunks: readonly Hunk[],
  path: string,
): string {
  const lines = toLines(content);
  const replacements = findReplacements(lines, hunks, path);
  const isChanged = replacements.length > 0;
  return isChanged ? replace(lines, replacements) : content;
}

function findReplacements(
  lines: readonly Line[],
  hunks: readonly Hunk[],
  path: string,
): Replacement[] {
  const finder = new LineFinder(lines.map(({ text }) => text));
  const found: Replacement[] = [];
  const appended: string[] = [];
  let start = 0;
  for (const hunk of hunks) {
    if (hunk.anchor !== undefined) {
      start = 1 + findAnchor(finder, hunk.anchor, start, path);
    }
    const before = hunk.lines.filter(({ sign }) => sign !== "+");
    if (before.length === 0) {
      // Nothing says where: such lines go to the end of the file.
      appended.push(...hunk.lines.map(({ text }) => text));
      continue;
    }
    const place = findPlace(finder, hunk, start, path);
    found.push(...toReplacements(place));
    start = place.start + place.length;
  }
  if (appended.length > 0) {
    found.push({ start: lines.length, count: 0, lines: appended });
  }
  return found;
}

function findAnchor(
  finder: LineFinder,
  anchor: string,
  start: number,
  path: string,
): number {
  const found = finder.find([anchor], start);
  if (found !== undefined) return found;
  throw new PatchError(`Failed to find context '${anchor}' in ${path}`);
}

/** Where a hunk fits. */
interface Place {
  readonly start: number;
  readonly length: number;
  readonly lines: Hunk["lines"];
}

function findPlace(
  finder: LineFinder,
  { lines, isAtEnd }: Hunk,
  start: number,
  path: string,
): Place {
  const before = textsBefore(lines);
  const found = finder.find(before, start, { isAtEnd });
  if (found !== undefined) {
    return { start: found, length: before.length, lines };
  }
  // An empty line at the end may stand for the end of the file's last line.
  if (before.at(-1) === "" && before.length > 1) {
    const shorter = withoutLastEmpty(lines);
    const run = textsBefore(shorter);
    const again = finder.find(run, start, { isAtEnd });
    if (again !== undefined) {
      return { start: again, length: run.length, lines: shorter };
    }
  }
  throw new PatchError(
    `Failed to find expected lines in ${path}:\n${before.join("\n")}`,
  );
}

function textsBefore(lines: Hunk["lines"]): string[] {
  return lines.filter(({ sign }) => sign !== "+").map(({ text }) => text);
}

/** Without the last line on the old side, and on the new one if it's empty. */
function withoutLastEmpty(lines: Hunk["lines"]): Hunk["lines"] {
  const dropped = new Set([
    lines.findLastIndex(({ sign }) => sign !== "+"),
    lines.findLastIndex(({ sign, text }) => sign !== "-" && text === ""),
  ]);
  return lines.filter((_line, at) => !dropped.has(at));
}

/** Context stays as it is in the file, even where it was only alike. */
function toReplacements({ start, lines }: Place): Replacement[] {
  const found: Replacement[] = [];
  let at = start;
  let from = start;
  let fresh: string[] = [];
  const flush = () => {
    if (at > from || fresh.length > 0) {
      found.push({ start: from, count: at - from, lines: fresh });
    }
    fresh = [];
  };
  for (const { sign, text } of lines) {
    if (sign === "+") fresh.push(text);
    else if (sign === "-") at++;
    else {
      flush();
      at++;
      from = at;
    }
  }
  flush();
  return found;
}

function replace(
  lines: readonly Line[],
  replacements: readonly Replacement[],
): string {
  const end = lines[0]?.end || "\n";
  const pieces: string[] = [];
  let at = 0;
  for (const { start, count, lines: fresh } of replacements) {
    for (; at < start; at++) pieces.push(withEnd(lines[at]!, end));
    for (const line of fresh) pieces.push(line + end);
    at = start + count;
  }
  for (; at < lines.length; at++) pieces.push(withEnd(lines[at]!, end));
  return pieces.join("");
}

function withEnd({ text, end }: Line, missing: string): string {
  return text + (end || missing);
}
