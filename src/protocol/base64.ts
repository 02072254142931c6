const PAD = 61;

/**
 * Decodes strict base64 (RFC 4648, section 4): standard alphabet, padded, no
 * blanks, no stray bits in the last symbol.
 *
 * @throws {SyntaxError} which says what is wrong and where, in bytes of UTF-8.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    const bytes = Uint8Array.fromBase64(text, { lastChunkHandling: "strict" });
    // The built-in decoder steps over ASCII blanks. Then there are more
    // symbols than the bytes account for.
    if (Math.ceil(bytes.length / 3) * 4 === text.length) return bytes;
  } catch {
    // Found out below.
  }
  throw new SyntaxError(describe(text));
}

/**
 * The first thing wrong, in the order in which codex servers look: a single
 * symbol too many at the very end, then the symbols of all whole groups, then
 * those of the last group with its padding.
 */
function describe(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const { length } = bytes;
  const invalid = (at: number) => `Invalid symbol ${bytes[at]}, offset ${at}.`;
  if (length % 4 === 1 && valueOf(bytes[length - 1]) === undefined) {
    if (bytes[length - 1] !== PAD) return invalid(length - 1);
  }
  const lastGroup = length === 0 ? 0 : Math.floor((length - 1) / 4) * 4;
  // Whatever stands before it is ASCII, so this is its place in bytes, too.
  const first = text.search(/[^A-Za-z0-9+/]/);
  if (first >= 0 && first < lastGroup) return invalid(first);
  let firstPad: number | undefined;
  for (let at = lastGroup; at < length; at++) {
    if (bytes[at] === PAD) {
      if (at - lastGroup < 2) return invalid(firstPad ?? at);
      firstPad ??= at;
    } else if (firstPad !== undefined) return invalid(firstPad);
    else if (valueOf(bytes[at]) === undefined) return invalid(at);
  }
  const symbols = (firstPad ?? length) - lastGroup;
  if (symbols === 1) return `Invalid input length: ${length}`;
  if (length % 4 !== 0) return "Invalid padding";
  const last = lastGroup + symbols - 1;
  return `Invalid last symbol ${bytes[last]}, offset ${last}.`;
}

/** The six bits of a symbol. */
function valueOf(symbol: number | undefined): number | undefined {
  const at = symbol === undefined ? -1 : alphabet.indexOf(
    String.fromCharCode(symbol),
  );
  return at < 0 ? undefined : at;
}

const alphabet =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
