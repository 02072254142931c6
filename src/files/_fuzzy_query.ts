import { Alignment, perfectScore, scoreUnbroken } from "./_fuzzy_alignment.ts";
import { fold, Haystack, maskOf, withoutMarks } from "./_fuzzy_haystack.ts";

/** How a word of a query has to lie in the path. */
type Manner = "fuzzy" | "within" | "first" | "last" | "whole";

/** A word of a query. */
interface Word {
  readonly codes: Uint32Array;
  readonly manner: Manner;
  /** Whether what matches it is left out. */
  readonly isUnwanted: boolean;
  /** Whether it has marks of its own, so that those of the path count. */
  readonly keepsMarks: boolean;
}

/** How much better it is if the name alone matches than if the path does. */
const TIER = 65_536;

/** What is added for the nearest directory that a plain word is the name of. */
export const NAMED_DIRECTORY = 2 * TIER;

/** What names and paths are searched for. */
export interface Searched {
  /** Path below the root, with `/`. */
  readonly path: string;
  readonly isDirectory: boolean;
}

/**
 * A query as people type it: words apart by blanks, all of which must match.
 * `'word` as it stands, `^word` at the beginning, `word$` at the end, `!word`
 * not at all; a backslash takes such a meaning away. Capitals do not count.
 *
 * A query of one plain word is looked for in file names first: a name that is
 * the word counts most, then names that match, then paths.
 */
export class FuzzyQuery {
  readonly #words: readonly Word[];
  readonly #isPlain: boolean;
  /** Letters that a path must have; see {@linkcode letterMask}. */
  readonly mask: number;
  readonly #haystack = new Haystack();
  readonly #alignment = new Alignment();

  constructor(text: string) {
    const parts = splitWords(text);
    this.#words = parts.map(toWord).filter(({ codes }) => codes.length > 0);
    const [word, ...others] = this.#words;
    this.#isPlain = word !== undefined && others.length === 0 &&
      word.manner === "fuzzy" && !word.isUnwanted && !text.includes("\\");
    this.mask = this.#words.filter(({ isUnwanted }) => !isUnwanted)
      .flatMap(({ codes }) => [...codes])
      .reduce((mask, code) => mask | maskOf(code), 0);
  }

  /**
   * The most that a path can be worth.
   *
   * @param fitsName Whether its name may have what is looked for.
   */
  bound({ path, isDirectory }: Searched, fitsName: boolean): number {
    if (!this.#isPlain) return Infinity;
    const { length } = this.#words[0]!.codes;
    const name = path.length - path.lastIndexOf("/") - 1;
    const isNear = name <= length * 2; // in UTF-16 units
    if (isDirectory && isNear) return Infinity;
    const tier = isDirectory || !fitsName ? 0 : isNear ? 3 : 1;
    return tier * TIER + perfectScore(length);
  }

  /**
   * What a path is worth.
   *
   * @param indices Takes the characters that match, if wanted.
   * @returns Nothing if it does not match.
   */
  score(searched: Searched, indices?: number[]): number | undefined {
    if (!this.#isPlain) return this.#scorePath(searched.path, indices);
    const { path, isDirectory } = searched;
    const name = path.lastIndexOf("/") + 1;
    const word = this.#words[0]!;
    if (!isDirectory) {
      const inName = this.#scoreWord(word, path, name, indices);
      if (inName !== undefined) {
        if (indices) {
          const before = countCharacters(path, name);
          for (const i of indices.keys()) indices[i]! += before;
        }
        const isWhole = this.#haystack.length === word.codes.length;
        return inName + TIER * (isWhole ? 3 : 1);
      }
    }
    return this.#scoreWord(word, path, 0, indices);
  }

  /** Whether a plain word is the name of a directory. */
  isNameOf({ path, isDirectory }: Searched): boolean {
    if (!this.#isPlain || !isDirectory) return false;
    const { codes, keepsMarks } = this.#words[0]!;
    const name = path.lastIndexOf("/") + 1;
    const most = codes.length * 2; // UTF-16 units
    if (path.length - name > most) return false;
    const haystack = this.#haystack;
    return haystack.load(path, name, keepsMarks) &&
      haystack.length === codes.length &&
      codes.every((code, i) => haystack.codes[i] === code);
  }

  #scorePath(path: string, indices: number[] | undefined): number | undefined {
    let sum = 0;
    for (const word of this.#words) {
      const own = word.isUnwanted ? undefined : indices;
      const score = this.#scoreWord(word, path, 0, own);
      if (word.isUnwanted !== (score === undefined)) return undefined;
      sum += score ?? 0;
    }
    if (indices) {
      const places = [...new Set(indices)].sort((one, other) => one - other);
      indices.splice(0, indices.length, ...places);
    }
    return sum;
  }

  #scoreWord(
    { codes, manner, keepsMarks }: Word,
    path: string,
    start: number,
    indices: number[] | undefined,
  ): number | undefined {
    const haystack = this.#haystack;
    if (codes.length > path.length - start) return undefined;
    if (!haystack.load(path, start, keepsMarks)) return undefined;
    if (manner === "fuzzy") {
      return this.#alignment.score(codes, haystack, indices);
    }
    const spare = haystack.length - codes.length;
    if (spare < 0 || manner === "whole" && spare > 0) return undefined;
    const first = manner === "last" ? spare : 0;
    const last = manner === "within" || manner === "last" ? spare : 0;
    let best: number | undefined;
    let place = 0;
    for (let at = first; at <= last; at++) {
      const score = scoreUnbroken(codes, haystack, at);
      if (score === undefined || score <= (best ?? -1)) continue;
      best = score;
      place = at;
    }
    if (best !== undefined) {
      indices?.push(...codes.keys().map((i) => place + i));
    }
    return best;
  }
}

function countCharacters(text: string, end: number): number {
  let count = 0;
  for (let at = 0; at < end; at++, count++) {
    if (text.codePointAt(at)! > 0xffff) at++;
  }
  return count;
}

/** The words; a blank behind a backslash is part of one. */
function splitWords(text: string): string[] {
  return text.match(/(?:\\\s|\S)+/gu) ?? [];
}

function toWord(text: string): Word {
  let rest = text;
  const isUnwanted = rest.startsWith("!");
  if (isUnwanted) rest = rest.slice(1);
  let manner: Manner = isUnwanted ? "within" : "fuzzy";
  if (rest.startsWith("^")) {
    manner = "first";
    rest = rest.slice(1);
  } else if (rest.startsWith("'")) {
    manner = "within";
    rest = rest.slice(1);
  } else if (/^\\[!^']/.test(rest)) rest = rest.slice(1);
  if (rest.endsWith("\\$")) rest = `${rest.slice(0, -2)}$`;
  else if (rest.endsWith("$")) {
    manner = manner === "first" ? "whole" : "last";
    rest = rest.slice(0, -1);
  }
  const characters = Array.from(
    rest.replace(/\\(\s)/gu, "$1"),
    (character) => fold(character.codePointAt(0)!, true),
  );
  return {
    codes: Uint32Array.from(characters),
    manner,
    isUnwanted,
    keepsMarks: characters.some((code) => withoutMarks(code) !== code),
  };
}
