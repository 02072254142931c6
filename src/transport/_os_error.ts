/** Linux errno and its text as musl words it, which the protocol's texts use. */
const OS_ERRORS: Readonly<Record<string, readonly [number, string]>> = {
  EPERM: [1, "Operation not permitted"],
  ENOENT: [2, "No such file or directory"],
  EACCES: [13, "Permission denied"],
  EEXIST: [17, "File exists"],
  ENOTDIR: [20, "Not a directory"],
  EISDIR: [21, "Is a directory"],
  ENOSPC: [28, "No space left on device"],
  EROFS: [30, "Read-only file system"],
  ENAMETOOLONG: [36, "Filename too long"],
  ELOOP: [40, "Symbolic link loop"],
  EADDRINUSE: [98, "Address in use"],
  EADDRNOTAVAIL: [99, "Address not available"],
  ECONNREFUSED: [111, "Connection refused"],
};

/** The text of a system error, such as `Address in use (os error 98)`. */
export function osErrorText(error: unknown): string {
  const code = osErrorCode(error) ?? "";
  const known = Object.hasOwn(OS_ERRORS, code) ? OS_ERRORS[code] : undefined;
  if (known) return `${known[1]} (os error ${known[0]})`;
  return error instanceof Error ? error.message : String(error);
}

/** The symbolic code of a system error, such as `ENOENT`. */
export function osErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
