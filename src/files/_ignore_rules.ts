/** Most rules that one file may give; the rest is not read. */
const MAX_RULES = 10_000;

/** What a file says about a path. */
export type Verdict = "ignored" | "kept" | undefined;

/** One name of a pattern: `**` stands for any number of names. */
type Part = "**" | string | readonly Glyph[];

/** What one character of a name may be. */
type Glyph =
  | { readonly is: "star" }
  | { readonly is: "any" }
  | { readonly is: "one"; readonly text: string }
  | {
    readonly is: "set";
    readonly isInverse: boolean;
    readonly ranges: readonly (readonly [string, string])[];
  };

interface Rule {
  readonly parts: readonly Part[];
  readonly isKeeping: boolean;
  readonly isForDirectories: boolean;
}

/**
 * The rules of a `.gitignore` file and its like, as `gitignore(5)` has them.
 * The time that a path takes grows with its length times the pattern's, for no
 * pattern faster: the files come with the tree and nobody vouches for them.
 */
export class IgnoreRules {
  readonly #rules: readonly Rule[];

  constructor(text: string) {
    const lines = text.replace(/^\ufeff/, "").split("\n", MAX_RULES);
    this.#rules = lines.map(toRule).filter((rule) => rule !== undefined);
  }

  /** Whether it says nothing at all. */
  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /**
   * What the last rule that fits says.
   *
   * @param names The path from the file's directory on, name by name.
   */
  judge(names: readonly string[], isDirectory: boolean): Verdict {
    for (let at = this.#rules.length - 1; at >= 0; at--) {
      const { parts, isKeeping, isForDirectories } = this.#rules[at]!;
      if (isForDirectories && !isDirectory) continue;
      if (fitsPath(parts, names)) return isKeeping ? "kept" : "ignored";
    }
    return undefined;
  }
}

function toRule(line: string): Rule | undefined {
  // Blanks at the end do not count, unless a backslash stands before one.
  let text = line.replace(/\r$/, "").replace(/(?<!\\|\s)\s+$/, "");
  if (text === "" || text.startsWith("#") || text.trim() === "") {
    return undefined;
  }
  const isKeeping = text.startsWith("!");
  if (isKeeping) text = text.slice(1);
  const isForDirectories = text.endsWith("/");
  if (isForDirectories) text = text.slice(0, -1);
  const isAnchored = text.includes("/");
  if (text.startsWith("/")) text = text.slice(1);
  if (text === "") return undefined;
  const parts = text.split("/").map(toPart);
  if (!isAnchored) parts.unshift("**");
  return { parts, isKeeping, isForDirectories };
}

function toPart(text: string): Part {
  if (text === "**") return "**";
  if (!/[*?[\\]/.test(text)) return text;
  const glyphs: Glyph[] = [];
  for (let at = 0; at < text.length; at++) {
    const set = text[at] === "[" ? readSet(text, at) : undefined;
    if (set !== undefined) {
      glyphs.push(set.glyph);
      at = set.end;
    } else if (text[at] === "*") {
      if (glyphs.at(-1)?.is !== "star") glyphs.push({ is: "star" });
    } else if (text[at] === "?") glyphs.push({ is: "any" });
    else {
      if (text[at] === "\\" && at + 1 < text.length) at++;
      glyphs.push({ is: "one", text: text[at]! });
    }
  }
  return glyphs;
}

/** A set such as `[a-z]` that begins here, and where it ends. */
function readSet(
  text: string,
  start: number,
): { glyph: Glyph; end: number } | undefined {
  let at = start + 1;
  const isInverse = text[at] === "!" || text[at] === "^";
  if (isInverse) at++;
  const ranges: [string, string][] = [];
  for (let isFirst = true; at < text.length; isFirst = false, at++) {
    if (text[at] === "]" && !isFirst) {
      return { glyph: { is: "set", isInverse, ranges }, end: at };
    }
    if (text[at] === "\\") at++;
    const low = text[at];
    if (low === undefined) break;
    const high = text[at + 2];
    if (text[at + 1] === "-" && high !== undefined && high !== "]") {
      ranges.push([low, high]);
      at += 2;
    } else ranges.push([low, low]);
  }
  return undefined;
}

function fitsPath(parts: readonly Part[], names: readonly string[]): boolean {
  // `a/**` stands for what is in there, not for the directory itself.
  const isInside = parts.at(-1) === "**";
  return fits(parts, names, {
    isStar: (part) => part === "**",
    isOne: (part, name) => part !== "**" && fitsName(part, name),
    least: isInside ? 1 : 0,
  });
}

function fitsName(part: Part, name: string): boolean {
  if (typeof part === "string") return part === name;
  return fits(part, name, {
    isStar: (glyph) => glyph.is === "star",
    isOne: fitsGlyph,
    least: 0,
  });
}

function fitsGlyph(glyph: Glyph, character: string): boolean {
  switch (glyph.is) {
    case "any":
      return true;
    case "one":
      return glyph.text === character;
    case "set":
      return glyph.ranges.some(([low, high]) =>
        low <= character && character <= high
      ) !== glyph.isInverse;
    case "star":
      return false;
  }
}

/**
 * Whether a pattern with stars covers all of a sequence. Only the last star is
 * ever tried again, which is enough and keeps the time in bounds.
 *
 * @param least How many a star at the end stands for at least.
 */
function fits<Pattern, One>(
  pattern: readonly Pattern[],
  sequence: ArrayLike<One>,
  { isStar, isOne, least }: {
    isStar(part: Pattern): boolean;
    isOne(part: Pattern, one: One): boolean;
    least: number;
  },
): boolean {
  const end = sequence.length - least;
  let part = 0;
  let at = 0;
  let star = -1;
  let resumed = 0;
  while (at < sequence.length) {
    if (part < pattern.length && isStar(pattern[part]!)) {
      if (part === pattern.length - 1) return at <= end;
      star = part++;
      resumed = at;
    } else if (
      part < pattern.length && isOne(pattern[part]!, sequence[at]!)
    ) {
      part++;
      at++;
    } else if (star >= 0) {
      part = star + 1;
      at = ++resumed;
    } else return false;
  }
  while (part < pattern.length && isStar(pattern[part]!)) {
    if (least > 0) return false;
    part++;
  }
  return part === pattern.length;
}
