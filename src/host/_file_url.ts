/** The `file:` URL by which an exec server knows an absolute path. */
export function toFileUrl(path: string): string {
  return `file://${path.split("/").map(encodeURIComponent).join("/")}`;
}

/**
 * The absolute path that an exec server means; nothing if it means none.
 *
 * @param url A `file:` URL, or a path as it stands.
 */
export function fromFileUrl(url: string): string | undefined {
  if (url.startsWith("/")) return url;
  if (!url.startsWith("file:///")) return undefined;
  try {
    return url.slice("file://".length).split("/").map(decodeURIComponent)
      .join("/");
  } catch {
    return undefined;
  }
}
