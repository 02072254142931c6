const BYTE_ORDER_MARK = "\ufeff";

/** Ways to compare lines, the strictest first. */
const likenesses: readonly ((line: string) => string)[] = [
  (line) => line,
  trimEnd,
  trim,
  (line) => toPlain(trim(line)),
];

/**
 * Finds runs of lines in a file. Models forget blanks at the end of lines, get
 * indentation wrong and write plain signs for typographic ones, so a run that is
 * nowhere as it stands is looked for ever less strictly.
 *
 * Lines are looked up by what they say, so that a file of any length takes about
 * as long as it takes to read it, however many runs are looked for.
 */
export class LineFinder {
  readonly #lines: readonly string[];
  readonly #indices: (LineIndex | undefined)[] = [];

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  /**
   * Gives the index of the first line of the first such run at `start` or
   * behind it; nothing if there is none.
   *
   * @param run At least one line.
   * @param options.isAtEnd Whether it must end where the file does.
   */
  find(
    run: readonly string[],
    start: number,
    { isAtEnd = false }: { isAtEnd?: boolean } = {},
  ): number | undefined {
    const last = this.#lines.length - run.length;
    const first = isAtEnd ? last : start;
    if (first < start || first > last) return undefined;
    for (const [level, liken] of likenesses.entries()) {
      const index = this.#indices[level] ??= new LineIndex(this.#lines, liken);
      const found = index.find(run.map(liken), first);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** The lines of a file, compared in one way. */
class LineIndex {
  readonly #lines: readonly string[];
  /** Where each line stands, in order. */
  readonly #places = new Map<string, number[]>();

  constructor(lines: readonly string[], liken: (line: string) => string) {
    this.#lines = lines.map(liken);
    for (const [at, line] of this.#lines.entries()) {
      const places = this.#places.get(line);
      if (places === undefined) this.#places.set(line, [at]);
      else places.push(at);
    }
  }

  find(run: readonly string[], start: number): number | undefined {
    // By its rarest line there are the fewest places to look at.
    let offset = 0;
    let rarest: readonly number[] | undefined;
    for (const [at, line] of run.entries()) {
      const places = this.#places.get(line);
      if (places === undefined) return undefined;
      if (rarest !== undefined && places.length >= rarest.length) continue;
      rarest = places;
      offset = at;
    }
    if (rarest === undefined) return undefined;
    const from = lowerBound(rarest, start + offset);
    for (let i = from; i < rarest.length; i++) {
      const place = rarest[i]! - offset;
      if (this.#isAt(run, place)) return place;
    }
    return undefined;
  }

  #isAt(run: readonly string[], place: number): boolean {
    return run.every((line, at) => this.#lines[place + at] === line);
  }
}

/** Index of the first number that is not below `least`. */
function lowerBound(numbers: readonly number[], least: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A byte order mark is no blank: a line that has one is another line. */
function trimEnd(line: string): string {
  return line.endsWith(BYTE_ORDER_MARK) ? line : line.trimEnd();
}

function trim(line: string): string {
  const end = trimEnd(line);
  return end.startsWith(BYTE_ORDER_MARK) ? end : end.trimStart();
}

/** A line with plain signs for the typographic ones of the same meaning. */
function toPlain(line: string): string {
  return line
    .replaceAll(/[\u2010-\u2015\u2212]/g, "-")
    .replaceAll(/[\u2018-\u201b]/g, "'")
    .replaceAll(/[\u201c-\u201f]/g, '"')
    .replaceAll(/[\u00a0\u2002-\u200a\u202f\u205f\u3000]/g, " ");
}
