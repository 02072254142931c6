import { AccessDenied } from "../access/mod.ts";
import { errorCodes, osErrorWords, RpcError } from "../protocol/mod.ts";
import { InvalidPermission, SandboxUnavailable } from "../sandbox/mod.ts";
import { SpawnError, TerminalUnavailable } from "../spawn/mod.ts";
import type { Words } from "./_words.ts";

/** Numbers up to here mean the same on all systems. */
const LAST_COMMON_ERRNO = 34;

/**
 * What is answered if a program could not be started; anything that is not
 * known goes through as it is.
 */
export function mapError(error: unknown, { noun }: Words): unknown {
  const because = (reason: string) =>
    RpcError.internal(`failed to spawn ${noun}: ${reason}`, error);
  if (error instanceof SpawnError) {
    const { errno, hint } = error;
    const isKnown = errno <= LAST_COMMON_ERRNO || Deno.build.os === "linux";
    const words = isKnown ? osErrorWords[errno] : undefined;
    const text = `${words ?? "System error"} (os error ${errno})`;
    return because(hint === undefined ? text : `${text}: ${hint}`);
  }
  if (
    error instanceof TerminalUnavailable || error instanceof SandboxUnavailable
  ) return because(error.message);
  if (error instanceof AccessDenied || error instanceof InvalidPermission) {
    return new RpcError(errorCodes.invalidRequest, error.message, {
      cause: error,
    });
  }
  return error;
}
