/** A command that is started with nothing but words. */
export type SimpleCommand = readonly string[];

/** How a command hangs on the one before it. */
export type Joint = "&&" | "||" | ";" | "|";

/** A command of a script. */
export interface ScriptPart {
  /** How it hangs on the one before it; nothing for the first. */
  readonly joint: Joint | undefined;
  /** Its words. */
  readonly words: SimpleCommand;
}

/**
 * Reads a script that does nothing but start commands one after the other:
 * words, plain or in quotes, joined by `&&`, `||`, `;`, `|` and line ends.
 * Everything with which a shell does more than that (expansions, redirections,
 * assignments, groups, jobs, keywords, escapes, comments) makes it unreadable:
 * what is decided here by words must be all that will run.
 *
 * @returns The commands; nothing if it is anything else.
 */
export function parseScript(script: string): ScriptPart[] | undefined {
  const reader = new ScriptReader(script);
  return reader.read();
}

/** A word, and whether any of it stood in quotes. */
interface Word {
  readonly text: string;
  readonly isQuoted: boolean;
}

/** Signs of a word that no shell makes anything of, outside of quotes. */
const plainSign = /^[A-Za-z0-9_\-./,:=+@%]$/;

/** Words that are grammar where a command is expected. */
const keywords = new Set(
  ("if then elif else fi for while until do done case esac in select function " +
    "time coproc repeat foreach end nocorrect noglob").split(" "),
);

class ScriptReader {
  readonly #script: string;
  #at = 0;

  constructor(script: string) {
    this.#script = script;
  }

  read(): ScriptPart[] | undefined {
    if (this.#script.includes("\0")) return undefined;
    const parts: ScriptPart[] = [];
    let joint: Joint | undefined;
    this.#skipLines();
    while (this.#at < this.#script.length) {
      const words = this.#readWords();
      if (words === undefined) return undefined;
      parts.push({ joint, words });
      joint = this.#readJoint();
      if (joint === undefined) {
        return this.#at === this.#script.length ? parts : undefined;
      }
      this.#skipLines();
    }
    // A line end or `;` may be the last thing, the others want a command.
    const isOver = joint === ";" && parts.length > 0;
    return isOver ? parts : undefined;
  }

  #readWords(): SimpleCommand | undefined {
    const words: Word[] = [];
    for (;;) {
      this.#skipBlanks();
      const word = this.#readWord();
      if (word === "bad") return undefined;
      if (word === undefined) break;
      words.push(word);
    }
    const [first] = words;
    if (first === undefined || first.text === "") return undefined;
    // `NAME=value` before a command is an assignment, `=name` a path in zsh. And
    // whoever quotes the name of a command has something to hide.
    const isOdd = first.isQuoted || keywords.has(first.text) ||
      first.text.includes("=");
    if (isOdd) return undefined;
    return words.map(({ text }) => text);
  }

  /** The word here; nothing at an operator or the end. */
  #readWord(): Word | "bad" | undefined {
    let text = "";
    let isThere = false;
    let isQuoted = false;
    for (;;) {
      const sign = this.#script[this.#at] ?? "";
      if (sign === "" || " \t\n;&|".includes(sign)) break;
      isThere = true;
      if (sign === "'" || sign === '"') {
        const piece = this.#readQuoted(sign);
        if (piece === undefined) return "bad";
        text += piece;
        isQuoted = true;
        continue;
      }
      const isPlain = plainSign.test(sign) || isLetter(sign);
      if (!isPlain || text === "" && sign === "=") return "bad";
      text += sign;
      this.#at++;
    }
    return isThere ? { text, isQuoted } : undefined;
  }

  #readQuoted(quote: "'" | '"'): string | undefined {
    const end = this.#script.indexOf(quote, this.#at + 1);
    if (end === -1) return undefined;
    const text = this.#script.slice(this.#at + 1, end);
    if (quote === '"' && /[$`\\!]/.test(text)) return undefined;
    this.#at = end + 1;
    return text;
  }

  #readJoint(): Joint | undefined {
    this.#skipBlanks();
    const two = this.#script.slice(this.#at, this.#at + 2);
    if (two === "&&" || two === "||") {
      this.#at += 2;
      return two;
    }
    if (two === ";;" || two === "|&" || two === ";&" || two === ";|") {
      return undefined;
    }
    const [sign] = two;
    if (sign !== ";" && sign !== "|" && sign !== "\n") return undefined;
    this.#at++;
    return sign === "|" ? "|" : ";";
  }

  #skipBlanks(): void {
    for (;;) {
      const sign = this.#script[this.#at];
      if (sign === " " || sign === "\t") this.#at++;
      else if (this.#script.startsWith("\\\n", this.#at)) this.#at += 2;
      else return;
    }
  }

  #skipLines(): void {
    this.#skipBlanks();
    while (this.#script[this.#at] === "\n") {
      this.#at++;
      this.#skipBlanks();
    }
  }
}

/** A letter or digit of any language; no blank of any kind. */
function isLetter(sign: string): boolean {
  return /^[\p{L}\p{N}]$/u.test(sign);
}
