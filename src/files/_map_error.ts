import { AccessDenied } from "../access/mod.ts";
import { osErrorWords, RpcError } from "../protocol/mod.ts";

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
  const text = Deno.build.os === "linux" ? osErrorWords[errno] : undefined;
  return RpcError.internal(
    `${text ?? match[1]} (os error ${errno})`,
    error,
  );
}
