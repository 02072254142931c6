import type { AST } from "toml-eslint-parser";
import { isOwnList, toListLines, toTableLines } from "./_toml_blocks.ts";
import { encodePath, encodeValue } from "./_toml_text.ts";
import {
  isTable,
  type TomlTable,
  type TomlValue,
  withoutMark,
} from "./toml.ts";

/** A `key = value`, and what its key stands for in the whole document. */
interface Pair {
  readonly path: readonly string[];
  readonly node: AST.TOMLKeyValue;
  /** The inline table it stands in, if it stands in one. */
  readonly inline: AST.TOMLInlineTable | undefined;
  /** The header above it; undefined at the top of the document. */
  readonly header: AST.TOMLTable | undefined;
}

/** A `[header]` with what stands below it. */
interface Block {
  /** Items of lists of tables have their number in it. */
  readonly path: readonly string[];
  readonly node: AST.TOMLTable;
}

/** A text, and where in it everything stands; changes give a new text. */
export class TomlDocument {
  /** The text. */
  readonly text: string;
  readonly #mark: string;
  readonly #newline: string;
  readonly #pairs: Pair[] = [];
  readonly #blocks: Block[] = [];

  private constructor(text: string, top: AST.TOMLTopLevelTable) {
    this.text = text;
    // Places count from behind a byte order mark.
    this.#mark = text.slice(0, text.length - withoutMark(text).length);
    this.#newline = text.includes("\r\n") ? "\r\n" : "\n";
    for (const node of top.body) {
      if (node.type === "TOMLKeyValue") this.#addPair([], node, undefined);
      else {
        const path = node.resolvedKey.map(String);
        this.#blocks.push({ path, node });
        for (const pair of node.body) this.#addPair(path, pair, node);
      }
    }
  }

  /** Finds where everything stands. */
  static async parse(text: string): Promise<TomlDocument> {
    const { parseTOML } = await import("toml-eslint-parser");
    const [top] = parseTOML(withoutMark(text), { tomlVersion: "1.1" }).body;
    return new TomlDocument(text, top);
  }

  /** Puts another value behind the key of that path; undefined without one. */
  replace(path: readonly string[], value: TomlValue): string | undefined {
    const pair = this.#pairs.find((pair) => isSame(pair.path, path));
    if (!pair) return undefined;
    const [start, end] = pair.node.value.range;
    return this.#splice(start, end, encodeValue(value));
  }

  /** Removes one thing that belongs to a path; undefined if nothing is left. */
  removeOne(path: readonly string[]): string | undefined {
    const block = this.#blocks.find((block) => begins(block.path, path));
    if (block) return this.#removeBlock(block.node);
    const pair = this.#pairs.find((pair) => begins(pair.path, path));
    if (!pair) return undefined;
    const { node, inline } = pair;
    if (inline) return this.#removeInline(node, inline);
    return this.#removeLines(node.range[0], node.range[1]);
  }

  /**
   * Whether a list stands in blocks, one for each item: they can be changed one
   * by one.
   */
  isInBlocks(path: readonly string[]): boolean {
    const blocks = this.#blocks.filter((block) => begins(block.path, path));
    return blocks.length > 0 &&
      blocks.every((block) => block.path.length === path.length + 1);
  }

  /** Puts an item in the place of another one of a list in blocks. */
  replaceItem(path: readonly string[], at: number, item: TomlTable): string {
    const { node } = this.#findItem(path, at);
    const [start, end] = this.#blockRange(node);
    return this.#splice(start, end, this.#toItem(path, item));
  }

  /** Adds an item to a list in blocks, behind others or as the first one. */
  insertItem(path: readonly string[], at: number, item: TomlTable): string {
    const block = this.#toItem(path, item);
    if (at === 0) {
      const [start] = this.#findItem(path, 0).node.range;
      const above = this.#commentStart(this.#lineStart(start));
      const gap = this.#newline + this.#newline;
      return this.#splice(above, above, block + gap);
    }
    return this.#insertBehind(this.#findItem(path, at - 1), block);
  }

  /** Adds a value where nothing stands yet. */
  insert(path: readonly string[], value: TomlValue): string {
    const inline = this.#findInline(path);
    if (inline) {
      const { node, table } = inline;
      const key = encodePath(path.slice(node.length));
      return this.#insertInline(table, `${key} = ${encodeValue(value)}`);
    }
    if (isTable(value)) return this.#insertTable(path, value);
    if (isOwnList(path, value)) {
      return this.#insertBlock(path, toListLines(path, value));
    }
    return this.#insertPair(path, encodeValue(value)) ??
      this.#insertBlock(path.slice(0, -1), [
        `[${encodePath(path.slice(0, -1))}]`,
        `${encodePath(path.slice(-1))} = ${encodeValue(value)}`,
      ]);
  }

  #addPair(
    prefix: readonly string[],
    node: AST.TOMLKeyValue,
    header: AST.TOMLTable | undefined,
    inline?: AST.TOMLInlineTable,
  ): void {
    const path = [
      ...prefix,
      ...node.key.keys.map((key) =>
        key.type === "TOMLBare" ? key.name : key.value
      ),
    ];
    this.#pairs.push({ path, node, inline, header });
    if (node.value.type !== "TOMLInlineTable") return;
    for (const inner of node.value.body) {
      this.#addPair(path, inner, header, node.value);
    }
  }

  /** The innermost table in braces that a path leads through. */
  #findInline(
    path: readonly string[],
  ): { node: readonly string[]; table: AST.TOMLInlineTable } | undefined {
    const around = this.#pairs.flatMap(({ path: node, node: { value } }) =>
      value.type === "TOMLInlineTable" && begins(path, node)
        ? [{ node, table: value }]
        : []
    );
    return around.toSorted((a, b) => b.node.length - a.node.length)[0];
  }

  #insertInline(table: AST.TOMLInlineTable, pair: string): string {
    const last = table.body.at(-1);
    const [start, end] = table.range;
    return last
      ? this.#splice(last.range[1], last.range[1], `, ${pair}`)
      : this.#splice(start, end, `{ ${pair} }`);
  }

  /** Puts `key = value` below what belongs to the same table. */
  #insertPair(path: readonly string[], value: string): string | undefined {
    const parent = path.slice(0, -1);
    const block = this.#blocks.find(({ path }) => isSame(path, parent));
    if (block) {
      const pair = `${encodePath(path.slice(-1))} = ${value}`;
      const last = block.node.body.at(-1);
      if (last) return this.#insertBelow(last.range, pair);
      return this.#insertBelow([block.node.range[0], headerEnd(block)], pair);
    }
    // Tables that only dotted keys speak of cannot have a header.
    const siblings = this.#pairs.filter(({ path, inline, header }) =>
      !inline && path.length > parent.length && begins(path, parent) &&
      (header?.resolvedKey.length ?? 0) < Math.max(parent.length, 1)
    );
    const last = siblings.at(-1);
    if (last) {
      const depth = last.header?.resolvedKey.length ?? 0;
      const pair = `${encodePath(path.slice(depth))} = ${value}`;
      return this.#insertBelow(last.node.range, pair);
    }
    if (parent.length > 0) return undefined;
    return this.#insertOnTop(`${encodePath(path)} = ${value}`);
  }

  /** The first pair of a document: above all headers, below the preface. */
  #insertOnTop(pair: string): string {
    const [first] = this.#blocks;
    if (!first) return this.#append([pair], { isBlock: false });
    const at = this.#commentStart(this.#lineStart(first.node.range[0]));
    return this.#splice(at, at, `${pair}${this.#newline}${this.#newline}`);
  }

  #insertTable(path: readonly string[], table: TomlTable): string {
    const lines = [...toTableLines(path, table)];
    return this.#insertBlock(path, lines);
  }

  /** Puts a block behind its relatives, or at the end. */
  #insertBlock(path: readonly string[], lines: readonly string[]): string {
    for (let length = path.length; length > 0; length--) {
      const family = path.slice(0, length);
      const last = this.#blocks.findLast((block) => begins(block.path, family));
      if (!last) continue;
      return this.#insertBehind(last, lines.join(this.#newline));
    }
    return this.#append(lines, { isBlock: true });
  }

  #insertBehind({ node }: Block, block: string): string {
    const [, end] = this.#blockRange(node);
    return this.#splice(end, end, this.#newline + this.#newline + block);
  }

  #findItem(path: readonly string[], at: number): Block {
    const place = [...path, String(at)];
    const found = this.#blocks.find((block) => isSame(block.path, place));
    if (found) return found;
    throw new RangeError(`There is no item ${at} in "${encodePath(path)}"`);
  }

  #toItem(path: readonly string[], item: TomlTable): string {
    return toListLines(path, [item]).join(this.#newline);
  }

  #append(lines: readonly string[], { isBlock }: { isBlock: boolean }): string {
    const body = this.#body;
    const end = body.length;
    const ends = body === "" || body.endsWith("\n") ? "" : this.#newline;
    const isApart = body.trim() === "" || /\n[ \t]*\r?\n$/.test(body);
    const gap = isBlock && !isApart ? this.#newline : "";
    const block = lines.map((line) => line + this.#newline).join("");
    return this.#splice(end, end, ends + gap + block);
  }

  #insertBelow([start, end]: readonly [number, number], pair: string): string {
    const lineStart = this.#lineStart(start);
    const indent = /^[ \t]*/.exec(this.#body.slice(lineStart))![0];
    const at = this.#lineEnd(end);
    return this.#splice(at, at, `${this.#newline}${indent}${pair}`);
  }

  /** A header, and what stands below it as far as its last value. */
  #removeBlock(node: AST.TOMLTable): string {
    return this.#removeLines(...this.#blockRange(node));
  }

  #blockRange(node: AST.TOMLTable): [start: number, end: number] {
    const end = node.body.at(-1)?.range[1] ?? headerEnd({ node });
    return [node.range[0], this.#lineEnd(end)];
  }

  #removeLines(start: number, end: number): string {
    const body = this.#body;
    let from = this.#lineStart(start);
    let to = this.#lineEnd(end);
    const newline = /^\r?\n/.exec(body.slice(to));
    to += newline?.[0].length ?? 0;
    // Blank lines above and below would stand together.
    const isBlankAbove = from === 0 ||
      /\n[ \t]*\r?\n$/.test(body.slice(0, from));
    const blank = isBlankAbove && /^[ \t]*\r?\n/.exec(body.slice(to));
    // Nor does a blank line that was between two things end a document.
    if (to === body.length) {
      from = body.slice(0, from).replace(/(?<=^|\n)([ \t]*\r?\n)+$/, "").length;
    }
    return this.#splice(from, to + (blank ? blank[0].length : 0), "");
  }

  #removeInline(node: AST.TOMLKeyValue, table: AST.TOMLInlineTable): string {
    const index = table.body.indexOf(node);
    const next = table.body[index + 1];
    const before = table.body[index - 1];
    if (next) return this.#splice(node.range[0], next.range[0], "");
    if (before) return this.#splice(before.range[1], node.range[1], "");
    return this.#splice(table.range[0], table.range[1], "{}");
  }

  get #body(): string {
    return this.text.slice(this.#mark.length);
  }

  #splice(start: number, end: number, replacement: string): string {
    const body = this.#body;
    return this.#mark + body.slice(0, start) + replacement + body.slice(end);
  }

  #lineStart(at: number): number {
    return this.#body.lastIndexOf("\n", at - 1) + 1;
  }

  /** Comments right above a header belong to it. */
  #commentStart(at: number): number {
    for (;;) {
      const above = this.#lineStart(at - 1);
      if (at === 0 || !/^[ \t]*#/.test(this.#body.slice(above, at))) return at;
      at = above;
    }
  }

  /** Before the end of the line that a place is in, its comment included. */
  #lineEnd(at: number): number {
    const found = /\r?\n/.exec(this.#body.slice(at));
    return found ? at + found.index : this.#body.length;
  }
}

/** Where a header's last bracket ends, or is not far. */
function headerEnd({ node }: Pick<Block, "node">): number {
  return node.key.range[1];
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && begins(a, b);
}

/** Whether a path leads to what is at another one, or is in there. */
function begins(path: readonly string[], start: readonly string[]): boolean {
  return start.every((part, index) => part === path[index]);
}
