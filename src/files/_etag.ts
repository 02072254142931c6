/**
 * Version of a regular file: a text that changes whenever the file does, as far
 * as the system's clock can tell. Two writes in place of the same length within
 * one millisecond look the same; a replacement never does.
 */
export function toEtag(info: Deno.FileInfo): string {
  const { dev, ino, size, mtime, ctime } = info;
  return [dev, ino ?? 0, size, mtime?.getTime() ?? 0, ctime?.getTime() ?? 0]
    .map((part) => part.toString(36)).join("-");
}
