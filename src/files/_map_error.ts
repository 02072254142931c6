import { AccessDenied } from "../access/mod.ts";
import { RpcError } from "../protocol/mod.ts";

/**
 * Words for Linux error numbers as clients of the protocol know them: those of
 * the musl C library, whatever library this process runs on.
 */
const words: { readonly [errno: number]: string } = {
  1: "Operation not permitted",
  2: "No such file or directory",
  4: "Interrupted system call",
  5: "I/O error",
  6: "No such device or address",
  9: "Bad file descriptor",
  11: "Resource temporarily unavailable",
  12: "Out of memory",
  13: "Permission denied",
  14: "Bad address",
  16: "Resource busy",
  17: "File exists",
  18: "Cross-device link",
  19: "No such device",
  20: "Not a directory",
  21: "Is a directory",
  22: "Invalid argument",
  23: "Too many open files in system",
  24: "No file descriptors available",
  25: "Not a tty",
  26: "Text file busy",
  27: "File too large",
  28: "No space left on device",
  29: "Invalid seek",
  30: "Read-only file system",
  31: "Too many links",
  32: "Broken pipe",
  35: "Resource deadlock would occur",
  36: "Filename too long",
  37: "No locks available",
  38: "Function not implemented",
  39: "Directory not empty",
  40: "Symbolic link loop",
  61: "No data available",
  74: "Bad message",
  75: "Value too large for data type",
  84: "Illegal byte sequence",
  95: "Not supported",
  107: "Socket not connected",
  110: "Operation timed out",
  111: "Connection refused",
  112: "Host is down",
  113: "Host is unreachable",
  116: "Stale file handle",
  122: "Quota exceeded",
  123: "No medium found",
  124: "Wrong medium type",
  125: "Operation canceled",
  126: "Required key not available",
  127: "Key has expired",
  128: "Key has been revoked",
  129: "Key was rejected by service",
};

/** Deno's own words end with what it was doing, and to which path. */
const osError = /^(.*) \(os error (\d+)\)/s;

/** The error number that the operating system gave, if it gave one. */
export function toErrno(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const match = osError.exec(error.message);
  return match ? Number(match[2]) : undefined;
}

/**
 * What is answered for an error of the file system; anything else goes through
 * as it is.
 */
export function mapError(error: unknown): unknown {
  if (error instanceof AccessDenied) {
    return new RpcError(-32600, error.message, { cause: error });
  }
  if (error instanceof RpcError || !(error instanceof Error)) return error;
  const match = osError.exec(error.message);
  if (match === null) return error;
  const errno = Number(match[2]);
  // The table holds Linux numbers; elsewhere the system's words stand.
  const text = Deno.build.os === "linux" ? words[errno] : undefined;
  return RpcError.internal(
    `${text ?? match[1]} (os error ${errno})`,
    error,
  );
}
