import {
  BEHIND_SLASH,
  BOUNDARY,
  type Haystack,
  MAX_HAYSTACK,
} from "./_fuzzy_haystack.ts";

/** What a character that matches is worth. */
const MATCH = 16;
/** What the first character that is skipped between two costs. */
const GAP = 3;
/** What each further one costs. */
const LONGER_GAP = 1;
/** What a character right behind another is worth on top, at least. */
const CONSECUTIVE = 4;
/** How often the bonus of the first character counts. */
const FIRST_TIMES = 2;

/**
 * Finds how the characters of a needle lie best in a haystack, in their order
 * but with gaps: the alignment of Smith and Waterman, with bonuses for the
 * beginnings of words and for characters that follow each other.
 */
export class Alignment {
  /** Best score with the needle's character so far matched right here. */
  readonly #matched = new Uint16Array(MAX_HAYSTACK);
  /** Bonus that goes on as long as characters follow each other. */
  readonly #streaks = new Uint8Array(MAX_HAYSTACK);
  /** Where each character of the needle can lie first. */
  readonly #first = new Uint16Array(MAX_HAYSTACK);
  /** Where each can lie last, if the others are to follow. */
  readonly #last = new Uint16Array(MAX_HAYSTACK);

  /**
   * Scores the best alignment.
   *
   * @param indices Takes the places of it, if wanted.
   * @returns Nothing if there is none.
   */
  score(
    needle: Uint32Array,
    haystack: Haystack,
    indices?: number[],
  ): number | undefined {
    if (!this.#findRanges(needle, haystack)) return undefined;
    const { codes, bonuses } = haystack;
    const first = this.#first[0]!;
    const last = this.#last[0]!;
    if (needle.length === 1) {
      return scoreOne(needle, haystack, [first, last], indices);
    }
    if (this.#isSettled(needle.length)) {
      return this.#scoreSettled(needle.length, haystack, indices);
    }
    const matched = this.#matched;
    for (let at = first; at <= last; at++) {
      const bonus = bonuses[at]!;
      matched[at] = codes[at] === needle[0] ? MATCH + bonus * FIRST_TIMES : 0;
      this.#streaks[at] = bonus;
    }
    const trace = indices && new Trace(needle.length, haystack.length);
    for (let row = 1; row < needle.length; row++) {
      this.#align(needle[row]!, row, haystack, trace);
    }
    let best = 0;
    let end = -1;
    const row = needle.length - 1;
    for (let at = this.#first[row]!; at <= this.#last[row]!; at++) {
      if (matched[at]! >= best && matched[at]! > 0) {
        best = matched[at]!;
        end = at;
      }
    }
    if (trace) indices.push(...trace.walk(end));
    return best;
  }

  /** Finds where each character can lie. Gives false if they don't all fit. */
  #findRanges(needle: Uint32Array, { codes, length }: Haystack): boolean {
    const size = needle.length;
    let found = 0;
    for (let at = 0; at < length && found < size; at++) {
      if (codes[at] === needle[found]) this.#first[found++] = at;
    }
    if (found < size) return false;
    for (let at = length - 1; found > 0; at--) {
      if (codes[at] === needle[found - 1]) this.#last[--found] = at;
    }
    return true;
  }

  /** Whether each character can lie in one place only. */
  #isSettled(size: number): boolean {
    for (let row = 0; row < size; row++) {
      if (this.#first[row] !== this.#last[row]) return false;
    }
    return true;
  }

  /** The score where there is one alignment only, as with most long needles. */
  #scoreSettled(
    size: number,
    { bonuses }: Haystack,
    indices: number[] | undefined,
  ): number {
    const places = this.#first;
    let streak = bonuses[places[0]!]!;
    let score = MATCH + streak * FIRST_TIMES;
    for (let row = 1; row < size; row++) {
      const at = places[row]!;
      const bonus = bonuses[at]!;
      const skipped = at - places[row - 1]! - 1;
      if (skipped === 0) {
        if (streak < CONSECUTIVE) streak = CONSECUTIVE;
        if (bonus >= BOUNDARY && bonus > streak) streak = bonus;
        score += MATCH + (streak > bonus ? streak : bonus);
      } else {
        const cost = GAP + (skipped - 1) * LONGER_GAP;
        score = (score > cost ? score - cost : 0) + bonus + MATCH;
        streak = bonus;
      }
    }
    indices?.push(...places.subarray(0, size));
    return score;
  }

  /** Aligns one more character, from all that is known of those before. */
  #align(
    code: number,
    row: number,
    { codes, bonuses }: Haystack,
    trace: Trace | undefined,
  ): void {
    const matched = this.#matched;
    const streaks = this.#streaks;
    const begin = this.#first[row - 1]!;
    const endBefore = this.#last[row - 1]!;
    const end = this.#last[row]!;
    let skipped = 0; // best score with a gap up to here
    let adjacent = 0; // best score with the character before right before
    let streak = 0;
    for (let at = begin; at <= end; at++) {
      const known = at <= endBefore ? matched[at]! : 0;
      const knownStreak = streaks[at]!;
      let score = 0;
      if (at > begin && codes[at] === code) {
        const bonus = bonuses[at]!;
        const apart = skipped + bonus;
        score = apart + MATCH;
        streaks[at] = bonus;
        if (adjacent > 0) {
          let kept = streak > CONSECUTIVE ? streak : CONSECUTIVE;
          if (bonus >= BOUNDARY && bonus > kept) kept = bonus;
          const together = adjacent + (kept > bonus ? kept : bonus);
          if (together > apart) {
            score = together + MATCH;
            streaks[at] = kept;
            if (trace !== undefined) trace.markTogether(row, at);
          }
        }
      }
      matched[at] = score;
      const opened = adjacent > GAP ? adjacent - GAP : 0;
      skipped = skipped > LONGER_GAP ? skipped - LONGER_GAP : 0;
      if (opened > skipped) {
        skipped = opened;
        if (trace !== undefined) trace.markOpened(row, at);
      }
      adjacent = known;
      streak = knownStreak;
    }
  }
}

/** How each cell of the best alignment was come by. */
class Trace {
  readonly #rows: number;
  readonly #width: number;
  /** Bit 0: right behind the match before; bit 1: the gap begins here. */
  readonly #marks: Uint8Array;

  constructor(rows: number, width: number) {
    this.#rows = rows;
    this.#width = width;
    this.#marks = new Uint8Array(rows * width);
  }

  markTogether(row: number, at: number): void {
    this.#marks[row * this.#width + at]! |= 1;
  }

  markOpened(row: number, at: number): void {
    this.#marks[row * this.#width + at]! |= 2;
  }

  /** The places of the alignment that ends here. */
  walk(end: number): number[] {
    const places = [end];
    let at = end;
    for (let row = this.#rows - 1; row > 0; row--) {
      const base = row * this.#width;
      if (this.#marks[base + at]! & 1) at--;
      else {
        at--;
        while (at > 0 && !(this.#marks[base + at]! & 2)) at--;
        at--;
      }
      places.push(at);
    }
    return places.reverse();
  }
}

/** One character: the first of those that are worth most. */
function scoreOne(
  needle: Uint32Array,
  { codes, bonuses }: Haystack,
  [first, last]: readonly [number, number],
  indices: number[] | undefined,
): number {
  let place = first;
  for (let at = first + 1; at <= last; at++) {
    if (codes[at] === needle[0] && bonuses[at]! > bonuses[place]!) place = at;
  }
  indices?.push(place);
  return MATCH + bonuses[place]! * FIRST_TIMES;
}

/** The most that a needle of this many characters can be worth. */
export function perfectScore(characters: number): number {
  return characters * (MATCH + BEHIND_SLASH) + (FIRST_TIMES - 1) * BEHIND_SLASH;
}

/** Scores a needle that lies here without a gap. */
export function scoreUnbroken(
  needle: Uint32Array,
  { codes, bonuses }: Haystack,
  start: number,
): number | undefined {
  let score = 0;
  let streak = 0;
  for (let i = 0; i < needle.length; i++) {
    if (codes[start + i] !== needle[i]) return undefined;
    const bonus = bonuses[start + i]!;
    if (i === 0) {
      score = MATCH + bonus * FIRST_TIMES;
      streak = bonus;
      continue;
    }
    if (bonus >= BOUNDARY && bonus > streak) streak = bonus;
    score += MATCH + Math.max(streak, CONSECUTIVE, bonus);
  }
  return score;
}
