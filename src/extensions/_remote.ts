import { RpcError } from "../protocol/mod.ts";

/**
 * Refuses what only the vendor's catalogue of plugins could do, as without an
 * account of the vendor.
 *
 * @throws {RpcError} always.
 */
export function refuseRemote(what: string): never {
  throw RpcError.invalidRequest(
    `${what}: chatgpt authentication required for remote plugin catalog`,
  );
}
