/**
 * The text of an output: UTF-8, or if it is none, whatever charset it looks
 * like. A byte order mark is kept, as every other character is.
 */
export function decodeText(
  bytes: Uint8Array<ArrayBuffer>,
): string | Promise<string> {
  return decode(bytes, "utf-8") ?? guess(bytes);
}

/** How much of an output is looked at to guess its charset. */
const SAMPLE_BYTES = 1024 * 1024;
/** How much of it the detector is given, and copies, at a time. */
const PIECE_BYTES = 64 * 1024;
const COPYRIGHT_SIGN = 0xA9;

async function guess(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const text = decode(bytes, markOf(bytes) ?? await charsetOf(bytes));
  return text ?? new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** What a byte order mark says. */
function markOf([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xFF && second === 0xFE) return "utf-16le";
  if (first === 0xFE && second === 0xFF) return "utf-16be";
  if (first === 0xEF && second === 0xBB && third === 0xBF) return "utf-8";
  return undefined;
}

/** What a browser would guess. */
async function charsetOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const first = findForeign(bytes, 0);
  const isAlone = findForeign(bytes, first + 1) === bytes.length;
  // Elsewhere it is a letter, but hardly the only one that is not English.
  if (isAlone && bytes[first] === COPYRIGHT_SIGN) return "windows-1252";
  try {
    return await detect(bytes.subarray(Math.max(first - 1, 0)));
  } catch {
    // Bundlers confuse the modules of the detector, which import each other.
    return "windows-1252";
  }
}

/** The charset of a text, as its beginning tells. */
async function detect(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // Loaded here: hardly any output needs it.
  const { EncodingDetector } = await import("chardetng-wasm");
  const detector = EncodingDetector.new();
  try {
    const end = Math.min(SAMPLE_BYTES, bytes.length);
    for (let at = 0; at < end; at += PIECE_BYTES) {
      const until = Math.min(at + PIECE_BYTES, end);
      detector.feed(bytes.subarray(at, until), until === end);
    }
    return detector.guess(undefined, false);
  } finally {
    detector.free();
  }
}

/** Where the next byte is that is not ASCII; the end if there is none. */
function findForeign(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at]! < 0x80) at++;
  return at;
}

/** The text in a charset; nothing if the bytes are none. */
function decode(
  bytes: Uint8Array<ArrayBuffer>,
  charset: string,
): string | undefined {
  try {
    const isMarkKept = charset === "utf-8";
    return new TextDecoder(charset, { fatal: true, ignoreBOM: isMarkKept })
      .decode(bytes);
  } catch {
    return undefined;
  }
}
