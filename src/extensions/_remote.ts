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

/** @throws {RpcError} unless the text can be the id of a plugin of the vendor. */
export function checkRemoteId(id: string): void {
  if (/^[A-Za-z0-9_~-]+$/.test(id)) return;
  throw RpcError.invalidRequest(
    "invalid remote plugin id: only ASCII letters, digits, `_`, `-`, and `~` are allowed",
  );
}
