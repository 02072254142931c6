import type { AST } from "toml-eslint-parser";
import { withoutMark } from "./toml.ts";

/** A stretch of a text: lines and columns from 1, the end included. */
export interface Place {
  readonly start: { readonly line: number; readonly column: number };
  readonly end: { readonly line: number; readonly column: number };
}

/** Line from 1, column in UTF-16 units from 0, as the parser counts. */
interface Point {
  line: number;
  column: number;
}

interface Span {
  start: Point;
  end: Point;
}

/** A thing that stands in the text, and what it belongs to. */
interface Entry {
  readonly path: readonly string[];
  readonly span: Span;
  /** One part of a key, or all that makes up a value. */
  readonly isKey: boolean;
}

/**
 * Finds where a value stands in the text of a valid TOML document; array items
 * are named by their index. A table stands at its header, or where nothing
 * names it alone, at its part of the first key that mentions it. What is not
 * found at all stands where the thing around it does.
 *
 * Loads a parser that keeps positions, so it is meant for the case of an error.
 */
export async function locateValue(
  text: string,
  path: readonly string[],
): Promise<Place | undefined> {
  const { entries, lines, mark } = await readEntries(text);
  for (let length = path.length; length > 0; length--) {
    const wanted = path.slice(0, length);
    const entry = entries.find(({ isKey, path }) =>
      !isKey && isSame(path, wanted)
    ) ??
      entries.find(({ path }) => isSame(path, wanted));
    if (entry) return toPlace(entry.span, lines, mark);
  }
  return undefined;
}

/** Finds the first place where a key is named, as {@linkcode locateValue} does. */
export async function locateKey(
  text: string,
  path: readonly string[],
): Promise<Place | undefined> {
  const { entries, lines, mark } = await readEntries(text);
  const entry = entries.find((entry) =>
    entry.isKey && isSame(entry.path, path)
  );
  return entry && toPlace(entry.span, lines, mark);
}

async function readEntries(
  text: string,
): Promise<{ entries: Entry[]; lines: string[]; mark: number }> {
  const { ParseError, parseTOML } = await import("toml-eslint-parser");
  const source = withoutMark(text);
  const lines = source.split("\n");
  const mark = text.length - source.length;
  try {
    const [top] = parseTOML(source, { tomlVersion: "1.1" }).body;
    const entries = top.body.flatMap((node) =>
      node.type === "TOMLKeyValue"
        ? [...entriesOfPair([], node)]
        : [...entriesOfTable(node, lines)]
    );
    return { entries, lines, mark };
  } catch (error) {
    // Two parsers may not agree on what is valid; then there are no places.
    if (!(error instanceof ParseError)) throw error;
    return { entries: [], lines, mark };
  }
}

function* entriesOfTable(
  table: AST.TOMLTable,
  lines: readonly string[],
): Generator<Entry> {
  const path = table.resolvedKey.map(String);
  let named = 0;
  for (const [index, part] of table.resolvedKey.entries()) {
    // Numbers are items of arrays of tables; the header does not show them.
    if (typeof part === "number") continue;
    const { loc } = table.key.keys[named++]!;
    yield { path: path.slice(0, index + 1), span: loc, isKey: true };
  }
  const span = toHeader(table, lines);
  yield { path, span, isKey: false };
  // `[[a]]` stands for the array as much as for its item.
  if (table.kind === "array") {
    yield { path: path.slice(0, -1), span, isKey: false };
  }
  for (const pair of table.body) yield* entriesOfPair(path, pair);
}

function* entriesOfPair(
  prefix: readonly string[],
  pair: AST.TOMLKeyValue,
): Generator<Entry> {
  let path = prefix;
  for (const key of pair.key.keys) {
    path = [...path, key.type === "TOMLBare" ? key.name : key.value];
    yield { path, span: key.loc, isKey: true };
  }
  yield* entriesOfValue(path, pair.value);
}

function* entriesOfValue(
  path: readonly string[],
  value: AST.TOMLContentNode,
): Generator<Entry> {
  yield { path, span: value.loc, isKey: false };
  if (value.type === "TOMLArray") {
    for (const [index, item] of value.elements.entries()) {
      yield* entriesOfValue([...path, String(index)], item);
    }
  } else if (value.type === "TOMLInlineTable") {
    for (const pair of value.body) yield* entriesOfPair(path, pair);
  }
}

/** `[header]` with its brackets. */
function toHeader(table: AST.TOMLTable, lines: readonly string[]): Span {
  const { end } = table.key.loc;
  const tail = lines[end.line - 1]!.slice(end.column);
  const brackets = /^[ \t]*\][ \t]*\]?/.exec(tail)?.[0].trimEnd() ?? "";
  return {
    start: table.loc.start,
    end: { line: end.line, column: end.column + brackets.length },
  };
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((part, index) => part === b[index]);
}

function toPlace(
  { start, end }: Span,
  lines: readonly string[],
  mark: number,
): Place {
  // A byte order mark is no part of the document, but of the first line.
  const count = ({ line, column }: Point): number =>
    [...lines[line - 1]!.slice(0, column)].length + (line === 1 ? mark : 0);
  return {
    start: { line: start.line, column: count(start) + 1 },
    // The parser's end lies behind the last character.
    end: { line: end.line, column: count(end) },
  };
}
