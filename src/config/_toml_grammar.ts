import { checkComment, strayReturn, TomlFlaw } from "./_toml_flaw.ts";
import { type Token, toTokens } from "./_toml_tokens.ts";

/** A key with its dots: one token per part. */
export type KeyParts = readonly Token[];

/** What stands behind an equals sign. */
export type ValueNode =
  | { readonly kind: "scalar"; readonly text: string; readonly start: number }
  /** Nothing, where there should be something. */
  | { readonly kind: "gap"; readonly start: number }
  | { readonly kind: "string"; readonly token: Token }
  | { readonly kind: "array"; readonly items: readonly ValueNode[] }
  | { readonly kind: "table"; readonly pairs: readonly Pair[] };

/** A key with its value. */
export interface Pair {
  readonly kind: "pair";
  readonly key: KeyParts;
  readonly value: ValueNode;
}

/** A line that opens a table, or the next one of a list of tables. */
export interface Header {
  readonly kind: "header";
  readonly key: KeyParts;
  readonly isList: boolean;
}

/** Reads the statements of a text, and finds the first that is ill-formed. */
export class TomlGrammar {
  readonly #tokens: readonly Token[];
  #at = 0;
  /** Where the last token ended that was no space. */
  #reached = 0;

  constructor(text: string) {
    const end = text.length;
    this.#tokens = [
      ...toTokens(text),
      { kind: "line", text: "", start: end, end },
    ];
  }

  /** @throws {TomlFlaw} if the text is ill-formed. */
  readStatements(): (Pair | Header)[] {
    const statements: (Pair | Header)[] = [];
    for (;;) {
      this.#skipBlank();
      if (this.#isAtEnd) return statements;
      const { text, start } = this.#next;
      if (text === "[") statements.push(this.#readHeader());
      else if (text === "]") {
        throw new TomlFlaw("missing table open, expected `[`", start);
      } else if ("{},".includes(text)) {
        throw new TomlFlaw("invalid key-value pair, expected key", start);
      } else statements.push(this.#readPair());
      this.#skipSpace();
      if (!this.#isAtBreak) {
        throw new TomlFlaw(
          "unexpected key or value, expected newline, `#`",
          this.#next.start,
        );
      }
    }
  }

  #readHeader(): Header {
    this.#take();
    const isList = this.#next.text === "[";
    if (isList) this.#take();
    const key = this.#readKey();
    const isWhole = key.at(-1)?.text !== "";
    // Spaces are let be in front of the first bracket alone.
    if (this.#beyondSpace.text === "]") this.#skipSpace();
    for (const bracket of isList ? ["]]", "]"] : ["]"]) {
      if (this.#next.text !== "]") {
        if (!isWhole) {
          // There is no telling what was meant to be closed.
          while (!this.#isAtBreak) this.#take();
          break;
        }
        const what = isList ? "array table" : "table";
        throw new TomlFlaw(
          `unclosed ${what}, expected \`${bracket}\``,
          this.#reached,
        );
      }
      this.#take();
    }
    return { kind: "header", key, isList };
  }

  /** A part that is missing is an empty token. */
  #readKey(): KeyParts {
    const parts: Token[] = [];
    for (;;) {
      this.#skipSpace();
      const { kind, start } = this.#next;
      parts.push(
        kind === "word" || kind === "string"
          ? this.#take()
          : { kind: "word", text: "", start, end: start },
      );
      if (this.#beyondSpace.text !== ".") return parts;
      this.#skipSpace();
      this.#take();
    }
  }

  #readPair(): Pair {
    const key = this.#readKey();
    this.#skipSpace();
    if (this.#next.text !== "=") {
      const what = key[0]?.text === ""
        ? "missing value for key"
        : "key with no value";
      throw new TomlFlaw(`${what}, expected \`=\``, this.#next.start);
    }
    this.#take();
    this.#skipSpace();
    const { text, start } = this.#next;
    if (text === "=") throw new TomlFlaw("extra `=`, expected nothing", start);
    return { kind: "pair", key, value: this.#readValue() };
  }

  #readValue(): ValueNode {
    const { kind, text, start } = this.#next;
    if (kind === "string") return { kind, token: this.#take() };
    if (text === "[") return this.#readArray();
    if (text === "{") return this.#readTable();
    if (text === "]") {
      throw new TomlFlaw("missing array opening, expected `[`", start);
    }
    if (text === "}") {
      throw new TomlFlaw("missing inline table opening, expected `{`", start);
    }
    return this.#readScalar();
  }

  /** Words and dots, and spaces in front of further words. */
  #readScalar(): ValueNode {
    const { start } = this.#next;
    let text = "";
    for (;;) {
      const isSpace = this.#next.kind === "space" &&
        this.#beyondSpace.kind === "word";
      const isPart = this.#next.kind === "word" || this.#next.text === ".";
      if (!isPart && !(isSpace && text !== "")) {
        return { kind: "scalar", text, start };
      }
      text += this.#take().text;
    }
  }

  #readArray(): ValueNode {
    this.#take();
    const items: ValueNode[] = [];
    for (let isFull = false;;) {
      this.#skipBlank();
      const { text, start } = this.#next;
      if (this.#isAtEnd) {
        throw new TomlFlaw("unclosed array, expected `]`", this.#reached);
      }
      if (text === "]") {
        this.#take();
        return { kind: "array", items };
      }
      if (text === "=") {
        throw new TomlFlaw(
          "unexpected `=` in array, expected value, `]`",
          start,
        );
      }
      if (text === ",") {
        if (!isFull) {
          throw new TomlFlaw("extra comma in array, expected value", start);
        }
        this.#take();
        isFull = false;
        continue;
      }
      if (isFull) {
        throw new TomlFlaw(
          "missing comma between array elements, expected `,`",
          start,
        );
      }
      items.push(this.#readValue());
      isFull = true;
    }
  }

  #readTable(): ValueNode {
    this.#take();
    const pairs: Pair[] = [];
    for (;;) {
      this.#expectInTable("key");
      if (this.#next.text === "}") break;
      const key = this.#readKey();
      this.#expectInTable("`=`");
      const gap = { kind: "gap", start: this.#next.start } as const;
      if (this.#next.text === "}") {
        pairs.push({ kind: "pair", key, value: gap });
        break;
      }
      this.#take();
      this.#expectInTable("value");
      const value: ValueNode = this.#next.text === "}"
        ? { kind: "gap", start: this.#next.start }
        : this.#readValue();
      pairs.push({ kind: "pair", key, value });
      this.#expectInTable("`,`");
      if (this.#next.text === "}") break;
      this.#take();
    }
    this.#take();
    return { kind: "table", pairs };
  }

  /** Goes on to what comes next, and refuses it if it has no place there. */
  #expectInTable(wanted: "key" | "`=`" | "value" | "`,`"): void {
    this.#skipBlank();
    const { text, kind, start } = this.#next;
    const refuse = (what: string): never => {
      throw new TomlFlaw(`${what}, expected ${wanted}`, start);
    };
    if (this.#isAtEnd) {
      throw new TomlFlaw("unclosed inline table, expected `}`", this.#reached);
    }
    if (text === "," && wanted !== "`,`") {
      refuse("extra comma in inline table");
    }
    if (text === "=" && (wanted === "value" || wanted === "`,`")) {
      refuse("extra assignment between key-value pairs");
    }
    // Brackets are a value that is not open.
    if (text === "]" && wanted !== "value") {
      refuse("invalid inline table element");
    }
    const isOpening = text === "[" || text === "{";
    if (isOpening && (wanted === "key" || wanted === "`,`")) {
      refuse("missing key for inline table element");
    }
    const isMore = isOpening || text === "." || kind === "word" ||
      kind === "string";
    if (!isMore) return;
    if (wanted === "`=`") refuse("missing assignment between key-value pairs");
    if (wanted === "`,`") refuse("missing comma between key-value pairs");
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  get #beyondSpace(): Token {
    const { kind } = this.#next;
    return this.#tokens[this.#at + (kind === "space" ? 1 : 0)]!;
  }

  get #isAtEnd(): boolean {
    return this.#at === this.#tokens.length - 1;
  }

  get #isAtBreak(): boolean {
    return this.#next.kind === "line" || this.#next.kind === "comment";
  }

  #take(): Token {
    const token = this.#next;
    this.#at++;
    this.#reached = token.end;
    return token;
  }

  #skipSpace(): void {
    if (this.#next.kind === "space") this.#at++;
  }

  /** Passes spaces, ends of lines and comments. */
  #skipBlank(): void {
    for (; !this.#isAtEnd; this.#at++) {
      const { kind, text, start, end } = this.#next;
      if (kind === "comment") checkComment(text, start);
      else if (kind === "line" && text === "\r") throw strayReturn(end);
      else if (kind !== "line" && kind !== "space") return;
    }
  }
}
