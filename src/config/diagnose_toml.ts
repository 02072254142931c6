import type { Place } from "./locate_value.ts";
import { TomlFlaw } from "./_toml_flaw.ts";
import {
  type KeyParts,
  type Pair,
  TomlGrammar,
  type ValueNode,
} from "./_toml_grammar.ts";
import {
  addValue,
  type Name,
  type Named,
  type Names,
  openTable,
} from "./_toml_names.ts";
import { checkWidth, readScalar } from "./_toml_scalars.ts";
import { nameOfString, readString, toQuotes } from "./_toml_strings.ts";
import { withoutMark } from "./toml.ts";

/** What keeps a text from being TOML. */
export interface TomlDiagnosis {
  /** In the words that clients of the protocol know. */
  readonly message: string;
  readonly range: Place;
}

/**
 * Finds out why a text is no TOML: first what is ill-formed, wherever it
 * stands, then what is well-formed but means nothing, such as a date that there
 * is not or a key that is there twice.
 *
 * The parser of every start tells where it gave up, in its own words; this one
 * is for people, and is loaded once there is something to tell them.
 *
 * @returns undefined if nothing is wrong.
 */
export function diagnoseToml(text: string): TomlDiagnosis | undefined {
  const source = withoutMark(text);
  try {
    check(source);
    checkSizes(source);
    return undefined;
  } catch (error) {
    if (!(error instanceof TomlFlaw)) throw error;
    const { message, start, end } = error;
    // The end is the last character itself.
    const last = end > start ? end - 1 : start;
    return {
      message,
      range: {
        start: locate(text, source, start),
        end: locate(text, source, last),
      },
    };
  }
}

function locate(
  whole: string,
  text: string,
  offset: number,
): { readonly line: number; readonly column: number } {
  // What is missing at the end is missing behind the last line.
  const isBehind = offset === text.length && text.endsWith("\n");
  const before = text.slice(0, isBehind ? -1 : offset).split("\n");
  if (isBehind) before.push(`${before.pop()} `);
  const column = [...before.at(-1)!].length + 1;
  // A byte order mark is no part of the document, but of the first line.
  const mark = before.length === 1 ? whole.length - text.length : 0;
  return { line: before.length, column: column + mark };
}

function check(text: string): void {
  const top: Names = new Map();
  let table = top;
  for (const statement of new TomlGrammar(text).readStatements()) {
    if (statement.kind === "pair") checkPair(table, statement, false);
    else table = openTable(top, readKey(statement.key), statement.isList);
  }
}

/** Numbers that are well-formed, and more than clients can take. */
function checkSizes(text: string): void {
  for (const statement of new TomlGrammar(text).readStatements()) {
    if (statement.kind === "pair") checkSize(statement.value);
  }
}

function checkSize(value: ValueNode): void {
  if (value.kind === "array") value.items.forEach(checkSize);
  else if (value.kind === "table") {
    for (const pair of value.pairs) checkSize(pair.value);
  } else if (value.kind === "scalar") checkWidth(value.text, value.start);
}

function checkPair(table: Names, { key, value }: Pair, isInline: boolean) {
  const names = readKey(key);
  addValue(table, names, checkValue(value), isInline);
}

function checkValue(value: ValueNode): Named {
  switch (value.kind) {
    case "gap":
      throw new TomlFlaw("invalid literal string, expected `'`", value.start);
    case "scalar":
      return { how: "value", type: readScalar(value.text, value.start) };
    case "string":
      readString(value.token);
      return { how: "value", type: "string" };
    case "array":
      for (const item of value.items) checkValue(item);
      return { how: "value", type: "array" };
    case "table": {
      const inner: Names = new Map();
      for (const pair of value.pairs) checkPair(inner, pair, true);
      return { how: "inline", inner };
    }
  }
}

function readKey(key: KeyParts): Name[] {
  return key.map((token) => {
    const { text, start, end } = token;
    if (token.kind === "string") {
      const quotes = toQuotes(text);
      if (quotes.length === 1) return { name: readString(token), token };
      throw new TomlFlaw(
        `keys cannot be ${
          nameOfString(quotes)
        }s, expected basic string, literal string`,
        start,
        end,
      );
    }
    const content = "expected letters, numbers, `-`, `_`";
    if (text === "") {
      throw new TomlFlaw(`unquoted keys cannot be empty, ${content}`, start);
    }
    const odd = /[^\w-]+/.exec(text);
    if (!odd) return { name: text, token };
    throw new TomlFlaw(
      `invalid unquoted key, ${content}`,
      start + odd.index,
      start + odd.index + odd[0].length,
    );
  });
}
