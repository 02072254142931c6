/** A place in a rules file; both from 1. */
export interface Position {
  /** Line. */
  readonly line: number;
  /** Character in it. */
  readonly column: number;
}

/** A piece of a rules file. */
export type Token = Position & {
  readonly kind: "name" | "string" | "sign" | "end";
  /** The name, the sign, or what the string says. */
  readonly text: string;
};

/** A rules file can't be read. */
export class RuleSyntaxError extends SyntaxError {
  /** Name of this kind of error. */
  override readonly name = "RuleSyntaxError";
  /** Where. */
  readonly position: Position;

  /** An error at a place. */
  constructor(reason: string, { line, column }: Position) {
    super(`${line}:${column}: ${reason}`);
    this.position = { line, column };
  }
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  f: "\f",
  "\\": "\\",
  '"': '"',
  "'": "'",
  "\n": "",
};

/** Cuts a rules file into names, strings and signs. Comments are left out. */
export function toTokens(source: string): Token[] {
  return new Lexer(source).read();
}

class Lexer {
  readonly #source: string;
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(source: string) {
    this.#source = source.replaceAll("\r\n", "\n");
  }

  read(): Token[] {
    const tokens: Token[] = [];
    for (;;) {
      this.#skipBlanks();
      const token = this.#readToken();
      tokens.push(token);
      if (token.kind === "end") return tokens;
    }
  }

  get #position(): Position {
    return { line: this.#line, column: this.#at - this.#lineStart + 1 };
  }

  #skipBlanks(): void {
    for (;;) {
      const sign = this.#source[this.#at] ?? "x";
      if (sign === "#") {
        while (!["\n", ""].includes(this.#source[this.#at] ?? "")) this.#at++;
      } else if (sign === "\n") this.#advanceLine();
      else if (sign === " " || sign === "\t") this.#at++;
      else return;
    }
  }

  #advanceLine(): void {
    this.#at++;
    this.#line++;
    this.#lineStart = this.#at;
  }

  #readToken(): Token {
    const position = this.#position;
    const rest = this.#source.slice(this.#at, this.#at + 200);
    if (rest === "") return { kind: "end", text: "end of file", ...position };
    const name = /^[A-Za-z_]\w*/.exec(rest)?.[0];
    const prefix = name === "r" && /^r["']/.test(rest) ? "r" : "";
    const quote = /^("""|'''|"|')/.exec(rest.slice(prefix.length))?.[0];
    if (quote !== undefined) {
      this.#at += prefix.length + quote.length;
      const text = this.#readString(quote, prefix === "r", position);
      return { kind: "string", text, ...position };
    }
    if (name !== undefined) {
      this.#at += name.length;
      return { kind: "name", text: name, ...position };
    }
    const sign = rest[0]!;
    if (!"()[],=;".includes(sign)) {
      throw new RuleSyntaxError(`unexpected '${sign}'`, position);
    }
    this.#at++;
    return { kind: "sign", text: sign, ...position };
  }

  #readString(quote: string, isRaw: boolean, start: Position): string {
    let text = "";
    for (;;) {
      const sign = this.#source[this.#at];
      const isCut = sign === undefined || sign === "\n" && quote.length === 1;
      if (isCut) throw new RuleSyntaxError("string has no end", start);
      if (this.#source.startsWith(quote, this.#at)) {
        this.#at += quote.length;
        return text;
      }
      if (sign === "\\" && !isRaw) text += this.#readEscape();
      else if (sign === "\n") {
        text += sign;
        this.#advanceLine();
      } else {
        text += sign;
        this.#at++;
      }
    }
  }

  #readEscape(): string {
    const position = this.#position;
    const rest = this.#source.slice(this.#at + 1, this.#at + 10);
    const code = /^(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4}))/.exec(rest);
    if (code !== null) {
      this.#at += 1 + code[0].length;
      return String.fromCharCode(parseInt(code[1] ?? code[2] ?? "", 16));
    }
    const escaped = escapes[rest[0] ?? ""];
    if (escaped === undefined) {
      throw new RuleSyntaxError(
        `unknown escape '\\${rest[0] ?? ""}'`,
        position,
      );
    }
    this.#at++;
    if (rest[0] === "\n") this.#advanceLine();
    else this.#at++;
    return escaped;
  }
}
