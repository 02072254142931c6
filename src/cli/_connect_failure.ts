import { ConnectionClosedError, RpcError } from "../client/mod.ts";

/** Why there is no connection to a server, or none any more, in words. */
export function toConnectFailure(error: unknown): string {
  if (error instanceof ConnectionClosedError && error.stderrTail) {
    return `${error.message}\n\n${error.stderrTail.trimEnd()}`;
  }
  if (error instanceof RpcError) {
    return `Server refused the handshake: ${error.message} (${error.code})`;
  }
  return error instanceof Error ? error.message : String(error);
}
