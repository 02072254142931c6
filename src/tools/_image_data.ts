/** What models can look at, and how its bytes begin. */
const signatures: readonly (readonly [type: string, start: string])[] = [
  ["image/png", "\x89PNG\r\n\x1a\n"],
  ["image/jpeg", "\xff\xd8\xff"],
  ["image/gif", "GIF87a"],
  ["image/gif", "GIF89a"],
  ["image/webp", "RIFF????WEBP"],
];

/** The media type of a picture; nothing if it is none that models know. */
export function toImageType(bytes: Uint8Array): string | undefined {
  return signatures.find(([, start]) =>
    Array.from(start).every((sign, at) =>
      sign === "?" || bytes[at] === sign.charCodeAt(0)
    )
  )?.[0];
}

/** A picture as an address. */
export function toDataUrl(bytes: Uint8Array, type: string): string {
  return `data:${type};base64,${bytes.toBase64()}`;
}

/** Whether an address can be given to a model as a picture. */
export function isImageUrl(url: string): boolean {
  if (/^https?:\/\//.test(url)) return true;
  const match = /^data:image\/[a-z+.-]+;base64,([A-Za-z0-9+/=]*)$/i.exec(url);
  if (match === null) return false;
  try {
    // As much as the longest signature needs.
    const start = Uint8Array.fromBase64(match[1]!.slice(0, 24));
    return toImageType(start) !== undefined;
  } catch {
    return false;
  }
}
