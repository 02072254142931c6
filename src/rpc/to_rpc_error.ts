import { RpcError } from "../protocol/mod.ts";

/**
 * What is answered for anything that was thrown: refusals as they stand,
 * everything else as a failure of the server, with its message and no more.
 */
export function toRpcError(error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return RpcError.internal(message, error);
}
