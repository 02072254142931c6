/** A path as rollouts have it: a file URL (RFC 8089) if it is absolute. */
export function toFileUrl(path: string): string {
  return path.startsWith("/")
    ? `file://${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`
    : path;
}

/** The path that a file URL stands for; any other text is one already. */
export function toPath(url: string): string {
  if (!url.startsWith("file://")) return url;
  try {
    return decodeURIComponent(url.slice("file://".length));
  } catch {
    return url;
  }
}
