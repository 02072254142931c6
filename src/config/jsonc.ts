import type { Node, ParseError } from "jsonc-parser";
import type { Place } from "./locate_value.ts";
import {
  TomlSyntaxError,
  type TomlTable,
  type TomlValue,
  withoutMark,
} from "./toml.ts";

/**
 * Parses JSON with comments and trailing commas into the values that TOML would
 * give; what is `null` is not set.
 *
 * @throws {TomlSyntaxError} if it is not such a text, or holds what no TOML
 * document can.
 */
export async function parseJsonc(document: string): Promise<TomlTable> {
  const text = withoutMark(document);
  const { parseTree, printParseErrorCode } = await import("jsonc-parser");
  const errors: ParseError[] = [];
  const top = parseTree(text, errors, {
    allowTrailingComma: true,
    allowEmptyContent: true,
  });
  const [first] = errors;
  if (first) {
    const words = printParseErrorCode(first.error)
      .replaceAll(/(?<!^)([A-Z])/g, " $1").toLowerCase();
    throw toSyntaxError(words, text, first.offset);
  }
  if (!top) return Object.create(null);
  if (top.type !== "object") {
    throw toSyntaxError("expected an object", text, top.offset);
  }
  return toTable(top, text);
}

/** Finds where a value, or the key of one, stands in a valid text. */
export async function locateJsonc(
  document: string,
  path: readonly string[],
  part: "key" | "value",
): Promise<Place | undefined> {
  const text = withoutMark(document);
  const { parseTree } = await import("jsonc-parser");
  let node = parseTree(text, [], { allowTrailingComma: true });
  let found: Node | undefined;
  for (const name of path) {
    const next: Node | undefined = node?.type === "array"
      ? node.children?.[Number(name)]
      : node?.children?.find(({ children }) => children?.[0]?.value === name);
    if (!next) break;
    const [key, value] = next.type === "property"
      ? next.children!
      : [next, next];
    found = part === "key" ? key : value;
    node = value;
  }
  if (!found) return undefined;
  const start = toPosition(text, found.offset);
  const end = toPosition(text, found.offset + found.length - 1);
  return { start, end };
}

function toTable(node: Node, text: string): TomlTable {
  const table: TomlTable = Object.create(null);
  for (const { children } of node.children ?? []) {
    const [key, value] = children!;
    if (value && value.type !== "null") {
      table[key!.value] = toValue(value, text);
    }
  }
  return table;
}

function toValue(node: Node, text: string): TomlValue {
  switch (node.type) {
    case "object":
      return toTable(node, text);
    case "array":
      return (node.children ?? []).map((item) => toValue(item, text));
    case "number":
      return toNumber(node, text);
    case "null":
      throw toSyntaxError("null in an array", text, node.offset);
    default:
      return node.value;
  }
}

/** A number as TOML has it: what is written as a whole one is a bigint. */
export function toNumber(
  { offset, length, value }: Node,
  text: string,
): bigint | number {
  const written = text.slice(offset, offset + length);
  return /^-?\d+$/.test(written) ? BigInt(written) : value;
}

function toSyntaxError(
  message: string,
  text: string,
  offset: number,
): TomlSyntaxError {
  const { line, column } = toPosition(text, offset);
  return new TomlSyntaxError(message, line, column);
}

function toPosition(
  text: string,
  offset: number,
): { line: number; column: number } {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: before.length, column: [...before.at(-1)!].length + 1 };
}
