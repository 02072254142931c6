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
  let quoted = "";
  let rest = [...word];
  while (rest.length > 0) {
    const { quoting, length } = measure(rest);
    quoted += write(rest.slice(0, length).join(""), quoting);
    rest = rest.slice(length);
  }
  return quoted;
}

/** The longest piece from the start that can be written in one way. */
function measure(
  signs: readonly string[],
): { quoting: Quoting; length: number } {
  let ways: readonly Quoting[] = ["none", "single", "double"];
  let length = 0;
  // A shell of old takes it for a pipe, and some for history.
  if (signs[0] === "^") {
    ways = ["single"];
    length = 1;
  }
  for (; length < signs.length; length++) {
    const left = ways.filter((way) => mayHold(way, signs[length]!));
    if (left.length === 0) break;
    ways = left;
  }
  return { quoting: ways[0]!, length };
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
