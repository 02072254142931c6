import { readFile, type Reading, type Unread } from "./_read_file.ts";

/** Bytes of the largest image that is sent; as providers limit it. */
const maxBytes = 20 * 1024 * 1024;

/** Kinds that providers take, by how a file of them begins (Latin-1). */
const kinds: readonly (readonly [mime: string, start: string])[] = [
  ["image/png", "\x89PNG\r\n\x1a\n"],
  ["image/jpeg", "\xff\xd8\xff"],
  ["image/gif", "GIF8"],
  ["image/webp", "RIFF"],
];

/** An image on this machine as a `data:` address, or why there is none. */
export async function readImage(
  path: string,
  reading: Reading,
): Promise<{ url: string } | Unread> {
  const file = await readFile(path, maxBytes, reading);
  if ("error" in file) return file;
  if (file.isCut) return { error: `larger than ${maxBytes} bytes` };
  const start = String.fromCharCode(...file.bytes.subarray(0, 16));
  const kind = kinds.find(([, begin]) => start.startsWith(begin));
  if (kind === undefined) {
    return { error: "not a PNG, JPEG, GIF or WebP image" };
  }
  return { url: `data:${kind[0]};base64,${file.bytes.toBase64()}` };
}
