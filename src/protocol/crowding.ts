const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const BRACKET = 91;
const BRACE = 123;

/**
 * Whether a JSON text holds more than about so many values. Much faster than
 * to parse it, and takes no memory: a text of 64 MiB can hold 20 million empty
 * objects, which take a parser many seconds and gigabytes.
 *
 * Commas and openings outside of strings are counted, so the text need not be
 * well formed.
 *
 * @example
 * ```ts
 * import { isCrowded } from "@gangway/app-server/protocol";
 * if (isCrowded('{"a":[1,2]}', 3)) throw new Error("Two openings, a comma");
 * if (!isCrowded('{"a":[1,2]}', 2)) throw new Error("Two openings, a comma");
 * ```
 */
export function isCrowded(text: string, maxValues: number): boolean {
  // Most are too short to be looked at.
  if (text.length <= maxValues) return false;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at);
        if (at < 0) return false;
        break;
      case COMMA:
      case BRACKET:
      case BRACE:
        if (++values > maxValues) return true;
    }
  }
  return false;
}

/** Index of the quote that ends the string which begins at `open`, or -1. */
function endOfString(text: string, open: number): number {
  for (let from = open + 1;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return -1;
    let escapes = 0;
    while (text.charCodeAt(quote - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return quote;
    from = quote + 1;
  }
}
