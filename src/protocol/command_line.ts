/** Signs that mean nothing to a shell, wherever they stand in a word. */
const plain = /[A-Za-z0-9+\-./:@\]_]/;

/**
 * Writes a command down as one line of shell: words that need it are quoted, so
 * that a shell reads the same words again.
 */
export function toCommandLine(argv: readonly string[]): string {
  return argv.map(quote).join(" ");
}

/** Ways to write a piece of a word. */
type Quoting = "none" | "single" | "double";

/**
 * Quotes a word. Signs that single quotes can't hold are written in double ones,
 * and those that double ones can't hold in single ones: a word with both is
 * written in pieces.
 */
function quote(word: string): string {
  if (word === "") return "''";
  const pieces: string[] = [];
  const signs = [...word];
  for (let at = 0; at < signs.length;) {
    const { quoting, end } = measure(signs, at);
    pieces.push(write(signs.slice(at, end).join(""), quoting));
    at = end;
  }
  return pieces.join("");
}

/** The longest piece from a place on that can be written in one way. */
function measure(
  signs: readonly string[],
  start: number,
): { quoting: Quoting; end: number } {
  let ways: readonly Quoting[] = ["none", "single", "double"];
  let end = start;
  // A shell of old takes it for a pipe, and some for history.
  if (signs[start] === "^") {
    ways = ["single"];
    end++;
  }
  for (; end < signs.length; end++) {
    const left = ways.filter((way) => mayHold(way, signs[end]!));
    if (left.length === 0) break;
    ways = left;
  }
  return { quoting: ways[0]!, end };
}

function mayHold(quoting: Quoting, sign: string): boolean {
  switch (quoting) {
    case "none":
      return plain.test(sign) && sign.length === 1;
    case "single":
      return sign !== "'" && sign !== "\\" && sign !== "^";
    case "double":
      return !"`$!^".includes(sign);
  }
}

function write(piece: string, quoting: Quoting): string {
  switch (quoting) {
    case "none":
      return piece;
    case "single":
      return `'${piece}'`;
    case "double":
      return `"${piece.replaceAll(/["\\]/g, "\\$&")}"`;
  }
}
