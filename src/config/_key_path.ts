/**
 * Reads a dotted path, as clients write it: a part in double quotes may hold
 * dots, and a backslash in it takes the next character as it stands.
 *
 * @throws {SyntaxError} if it is none.
 */
export function parseKeyPath(text: string): string[] {
  if (text.trim() === "") throw new SyntaxError("keyPath must not be empty");
  const path: string[] = [];
  let part = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (isQuoted && character === "\\") part += text[++at] ?? "";
    else if (character === '"') {
      if (!isQuoted && part !== "") {
        throw new SyntaxError("invalid quoted keyPath segment");
      }
      isQuoted = !isQuoted;
    } else if (character === "." && !isQuoted) {
      path.push(part);
      part = "";
    } else part += character;
  }
  if (isQuoted) throw new SyntaxError("unterminated quoted keyPath segment");
  path.push(part);
  if (path.includes("")) {
    throw new SyntaxError("keyPath segments must not be empty");
  }
  return path;
}
