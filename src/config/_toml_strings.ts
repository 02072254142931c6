import { strayReturn, TomlFlaw } from "./_toml_flaw.ts";
import type { Token } from "./_toml_tokens.ts";

/** How strings of a kind are told of. */
interface Words {
  readonly name: string;
  /** What may stand in them. */
  readonly content: string;
}

const kinds: Readonly<Record<string, Words>> = {
  '"': {
    name: "basic string",
    content: "non-double-quote visible characters, `\\`",
  },
  "'": {
    name: "literal string",
    content: "non-single-quote visible characters",
  },
  '"""': { name: "multi-line basic string", content: "`\\`, characters" },
  "'''": {
    name: "multi-line literal string",
    content: "non-single-quote characters",
  },
};

/** The quotes that a string begins with. */
export function toQuotes(text: string): string {
  return /^("""|'''|"|')/.exec(text)?.[0] ?? "";
}

/** How a string is called that has these quotes. */
export function nameOfString(quotes: string): string {
  return kinds[quotes]!.name;
}

/**
 * The text that a string stands for.
 *
 * @throws {TomlFlaw} if it stands for none.
 */
export function readString({ text, start, end }: Token): string {
  const quotes = toQuotes(text);
  const { name, content } = kinds[quotes]!;
  const last = text.length - quotes.length;
  if (last < quotes.length || !text.endsWith(quotes)) {
    throw new TomlFlaw(`invalid ${name}, expected \`${quotes[0]}\``, end);
  }
  let value = "";
  for (let at = quotes.length; at < last; at++) {
    const char = text[at]!;
    if (char === "\\" && quotes.startsWith('"')) {
      const behind = at + 1;
      const escape = readEscape(text.slice(behind, last), quotes, {
        start: start + behind,
      });
      value += escape.value;
      at += escape.length;
    } else if (quotes.length === 3 && char === "\r" && text[at + 1] !== "\n") {
      throw strayReturn(start + at + 1);
    } else if (isControl(char, quotes)) {
      throw new TomlFlaw(`invalid ${name}, expected ${content}`, start + at);
    } else value += char;
  }
  return value;
}

function isControl(char: string, quotes: string): boolean {
  if (quotes.length === 3 && (char === "\n" || char === "\r")) return false;
  // deno-lint-ignore no-control-regex -- they are what is looked for
  return /[\x00-\x08\x0a-\x1f\x7f]/.test(char);
}

const escapes: Readonly<Record<string, string>> = {
  b: "\b",
  e: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  '"': '"',
  "\\": "\\",
};

const codeLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** What stands behind a backslash, and how much of the text it takes. */
function readEscape(
  text: string,
  quotes: string,
  { start }: { readonly start: number },
): { readonly value: string; readonly length: number } {
  const first = text.charAt(0);
  if (Object.hasOwn(escapes, first)) {
    return { value: escapes[first]!, length: 1 };
  }
  const wanted = codeLengths[first];
  if (wanted !== undefined) {
    const [digits = ""] = /^[\da-f]*/i.exec(text.slice(1, 1 + wanted)) ?? [];
    const value = "expected unicode hexadecimal value";
    if (digits.length < wanted) {
      throw new TomlFlaw(
        `too few unicode value digits, ${value}`,
        start + 1 + digits.length,
      );
    }
    const code = parseInt(digits, 16);
    if (code > 0x10ffff || code >= 0xd800 && code <= 0xdfff) {
      throw new TomlFlaw(`invalid value, ${value}`, start + 1);
    }
    return { value: String.fromCodePoint(code), length: 1 + wanted };
  }
  const [space = ""] = /^[ \t\r\n]+/.exec(text) ?? [];
  if (quotes.length === 3 && space !== "") {
    if (space.includes("\n")) return { value: "", length: space.length };
    throw new TomlFlaw(
      `invalid ${nameOfString(quotes)}, expected newline`,
      start + space.length,
    );
  }
  throw new TomlFlaw(
    "missing escaped value, expected " +
      ["b", "e", "f", "n", "r", "\\", '"', "x", "u", "U"]
        .map((char) => `\`${char}\``).join(", "),
    start,
  );
}
