import { endOfString } from "./_end_of_string.ts";

const QUOTE = 34;
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
        break;
      case COMMA:
      case BRACKET:
      case BRACE:
        if (++values > maxValues) return true;
    }
  }
  return false;
}
