/** A piece of a TOML text. */
export interface Token {
  readonly kind: "mark" | "space" | "line" | "comment" | "string" | "word";
  /** What stands there; empty at the end of the text. */
  readonly text: string;
  /** Where, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

// Each takes what it can: a string that is never closed ends with its line, or
// with the text if it may have several lines.
const pieces = {
  space: /[ \t]+/y,
  line: /\r?\n|\r/y,
  comment: /#[^\r\n]*/y,
  string:
    /"""(?:\\[^]|[^\\])*?(?:"{3,5}|$)|'''[^]*?(?:'{3,5}|$)|"(?:\\[^\n]|[^"\\\n]|\\(?=\n|$))*"?|'[^'\n]*'?/y,
  mark: /[.=,[\]{}]/y,
  word: /[^ \t\r\n#.=,[\]{}]+/y,
} as const;

/** Takes a text apart, whether it is TOML or not. */
export function toTokens(text: string): Token[] {
  const tokens: Token[] = [];
  for (let start = 0; start < text.length;) {
    const token = takeToken(text, start);
    tokens.push(token);
    start = token.end;
  }
  return tokens;
}

function takeToken(text: string, start: number): Token {
  for (const [kind, pattern] of Object.entries(pieces)) {
    pattern.lastIndex = start;
    const [taken] = pattern.exec(text) ?? [];
    if (taken === undefined) continue;
    return {
      kind: kind as Token["kind"],
      text: taken,
      start,
      end: start + taken.length,
    };
  }
  throw new RangeError(`Nothing can be taken at ${start}`);
}
