/** Longest text in characters that is searched; no path is longer. */
export const MAX_HAYSTACK = 4096;

/** Kinds of characters, in the order that bonuses depend on. */
const WHITESPACE = 0;
const NON_WORD = 1;
const DELIMITER = 2;
const LOWER = 3;
const UPPER = 4;
const LETTER = 5;
const NUMBER = 6;
/** How many kinds there are. */
const KINDS = 7;

/** What a match at the beginning of a word is worth on top. */
export const BOUNDARY = 8;
/** The same right behind a slash, and at the beginning of the path. */
export const BEHIND_SLASH = 9;
/** The same at a capital in the middle of a word, and at the first digit. */
const CAMEL = 5;

/** Character codes that clients see as indices, folded, with their bonuses. */
export class Haystack {
  /** Codes of the characters, folded. */
  readonly codes = new Uint32Array(MAX_HAYSTACK);
  /** What a match at each character is worth on top. */
  readonly bonuses = new Uint8Array(MAX_HAYSTACK);
  /** How many characters there are. */
  length = 0;
  #text = "";
  #start = -1;
  #keepsMarks = false;

  /**
   * Takes in a text.
   *
   * @param start Where in the text it begins, in UTF-16 units.
   * @param keepsMarks Whether `ü` is another letter than `u`.
   * @returns Whether it fits.
   */
  load(text: string, start: number, keepsMarks: boolean): boolean {
    const { codes, bonuses } = this;
    if (
      start === this.#start && keepsMarks === this.#keepsMarks &&
      text === this.#text
    ) return true;
    if (text.length - start > MAX_HAYSTACK) return false;
    let before = DELIMITER;
    let length = 0;
    for (let at = start; at < text.length; at++) {
      let code = text.charCodeAt(at);
      let kind: number;
      if (code < 128) {
        kind = asciiKinds[code]!;
        if (kind === UPPER) code += 32;
      } else {
        code = text.codePointAt(at)!;
        if (code > 0xffff) at++;
        kind = kindOf(code);
        code = fold(code, keepsMarks);
      }
      codes[length] = code;
      bonuses[length++] = bonusTable[before * KINDS + kind]!;
      before = kind;
    }
    this.length = length;
    this.#text = text;
    this.#start = start;
    this.#keepsMarks = keepsMarks;
    return true;
  }
}

/** The folded form of a character: small, and without marks unless they count. */
export function fold(code: number, keepsMarks: boolean): number {
  if (code < 128) return code >= 65 && code <= 90 ? code + 32 : code;
  const small = String.fromCodePoint(code).toLowerCase();
  const known = small.codePointAt(0)!;
  // What becomes two characters, such as a capital I with a dot, stays one.
  if (String.fromCodePoint(known) !== small) return code;
  return keepsMarks ? known : withoutMarks(known);
}

/** The letter under the marks, if it is one of ASCII. */
export function withoutMarks(code: number): number {
  const plain = String.fromCodePoint(code).normalize("NFD").charCodeAt(0);
  return plain < 128 ? plain : code;
}

function bonusOf(before: number, kind: number): number {
  if (kind > DELIMITER && before <= DELIMITER) {
    return before === DELIMITER ? BEHIND_SLASH : BOUNDARY;
  }
  if (before === LOWER && kind === UPPER) return CAMEL;
  if (before !== NUMBER && kind === NUMBER) return CAMEL;
  return kind < DELIMITER ? BOUNDARY : 0;
}

/** What {@linkcode bonusOf} says of any two kinds. */
const bonusTable = Uint8Array.from(
  { length: KINDS * KINDS },
  (_, both) => bonusOf(Math.floor(both / KINDS), both % KINDS),
);

const asciiKinds = Uint8Array.from({ length: 128 }, (_, code) => {
  const text = String.fromCharCode(code);
  if (text === "/") return DELIMITER;
  if (/[a-z]/.test(text)) return LOWER;
  if (/[A-Z]/.test(text)) return UPPER;
  if (/[0-9]/.test(text)) return NUMBER;
  return /\s/.test(text) ? WHITESPACE : NON_WORD;
});

const asciiMasks = Int32Array.from({ length: 128 }, (_, code) => {
  const kind = asciiKinds[code];
  if (kind === LOWER) return 1 << (code - 97);
  if (kind === UPPER) return 1 << (code - 65);
  return 1 << (kind === NUMBER ? 26 + code % 4 : 30 + code % 2);
});

function kindOf(code: number): number {
  const text = String.fromCodePoint(code);
  if (/\p{Ll}/u.test(text)) return LOWER;
  if (/\p{Lu}/u.test(text)) return UPPER;
  if (/\p{N}/u.test(text)) return NUMBER;
  if (/\p{L}/u.test(text)) return LETTER;
  return /\s/.test(text) ? WHITESPACE : NON_WORD;
}

/**
 * Which characters occur in a text, roughly: what is not in there does not
 * occur. A bit for each letter of ASCII, the other bits for the rest of it; all of
 * them if there is more than ASCII.
 */
export function letterMask(text: string, start: number): number {
  let mask = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 128) return -1;
    mask |= asciiMasks[code]!;
  }
  return mask;
}

/** The bit of a folded character; none for what is not ASCII. */
export function maskOf(code: number): number {
  return code < 128 ? asciiMasks[code]! : 0;
}
