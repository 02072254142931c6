/** Characters that are shown in front of what was found. */
const BEFORE = 49;
/** Characters that are shown behind it. */
const AFTER = 96;

/** A place in a text, in units of UTF-16. */
export interface Match {
  readonly start: number;
  readonly end: number;
}

/** A piece of a text around a match, and where that is in it. */
export interface Snippet {
  readonly text: string;
  readonly match: Match;
}

/** A text on one line: white space of any length is one blank. */
export function toOneLine(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}

/** All places of a term, in small or capital letters, one behind the other. */
export function findMatches(text: string, term: string): Match[] {
  const pattern = new RegExp(RegExp.escape(term), "giu");
  return text.matchAll(pattern).map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  })).toArray();
}

/** The piece of a text to show for a match; dots stand for what is cut off. */
export function toSnippet(text: string, match: Match): Snippet {
  const before = [...text.slice(0, match.start)];
  const after = [...text.slice(match.end)];
  const isCutBefore = before.length > BEFORE;
  const head = (isCutBefore ? "... " : "") +
    before.slice(-BEFORE).join("");
  const found = text.slice(match.start, match.end);
  const tail = after.slice(0, AFTER).join("") +
    (after.length > AFTER ? " ..." : "");
  return {
    text: head + found + tail,
    match: { start: head.length, end: head.length + found.length },
  };
}
