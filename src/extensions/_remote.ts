import { type PluginReadParams, RpcError } from "../protocol/mod.ts";
import { normalize } from "./_paths.ts";

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

/**
 * The file of the marketplace that is meant, if it is one of this machine.
 *
 * @param refuse Called if it is not.
 * @throws {RpcError} unless exactly one marketplace is meant.
 */
export function toLocalPath(
  method: string,
  { marketplacePath, remoteMarketplaceName, pluginName }: PluginReadParams,
  refuse: () => never,
): string {
  if ((marketplacePath == null) === (remoteMarketplaceName == null)) {
    throw RpcError.invalidRequest(
      `${method} requires exactly one of marketplacePath or remoteMarketplaceName`,
    );
  }
  if (marketplacePath != null) return normalize(marketplacePath);
  checkRemoteId(pluginName);
  return refuse();
}
