import { resolvePath } from "../protocol/mod.ts";

const clean =
  /^\/(?:$|(?!\.{0,2}(?:\/|$))[^/]+(?:\/(?!\.{0,2}(?:\/|$))[^/]+)*$)/;

/** No system takes a path of so many characters, whatever it is short for. */
const TOO_LONG = 64 * 1024;

/** Resolves `.`, `..`, doubled and trailing slashes of an absolute path, by name only. */
export function normalize(path: string): string {
  // The system will say so; to take millions of names apart takes seconds.
  if (path.length > TOO_LONG || clean.test(path)) return path;
  return resolvePath("/", path);
}
