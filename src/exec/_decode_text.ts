/**
 * The text of an output: UTF-8, or if it is none, whatever charset it looks
 * like. A byte order mark is kept, as every other character is.
 */
export function decodeText(
  bytes: Uint8Array<ArrayBuffer>,
): string | Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch {
    return guess(bytes);
  }
}

// deno-lint-ignore require-await -- a detector is loaded on the first use
async function guess(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new TextDecoder("windows-1252").decode(bytes);
}
