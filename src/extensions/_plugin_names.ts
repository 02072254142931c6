import { RpcError } from "../protocol/mod.ts";

/** A plugin and its marketplace; in words `name@marketplace`. */
export interface PluginId {
  readonly name: string;
  readonly marketplace: string;
}

/** Whether a text can be the name of a plugin, and of its directory. */
export function isPluginName(name: string): boolean {
  return /^[A-Za-z0-9._-]+$/.test(name) && !/^\.+$/.test(name);
}

/** Whether a text can be the name of a marketplace. */
export function isMarketplaceName(name: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(name);
}

/** Whether a text can be a version, and the name of a directory. */
export function isVersion(version: string): boolean {
  return /^[A-Za-z0-9._+-]+$/.test(version) && !/^\.+$/.test(version);
}

/** What an id says; undefined if it is none. */
export function toPluginId(id: string): PluginId | undefined {
  const [name, marketplace, ...rest] = id.split("@");
  if (name === undefined || marketplace === undefined || rest.length > 0) {
    return undefined;
  }
  return isPluginName(name) && isMarketplaceName(marketplace)
    ? { name, marketplace }
    : undefined;
}

/** @throws {RpcError} unless the text can be the name of a plugin. */
export function checkPluginName(name: string): void {
  if (name === "") {
    throw RpcError.invalidRequest("invalid plugin name: must not be empty");
  }
  if (isPluginName(name)) return;
  throw RpcError.invalidRequest(
    "invalid plugin name: only ASCII letters, digits, `.`, `_`, and `-` are allowed",
  );
}

/** @throws {RpcError} unless the text can be the name of a marketplace. */
export function checkMarketplaceName(name: string): void {
  if (name === "") {
    throw RpcError.invalidRequest(
      "invalid marketplace name: must not be empty",
    );
  }
  if (isMarketplaceName(name)) return;
  throw RpcError.invalidRequest(
    "invalid marketplace name: only ASCII letters, digits, `_`, and `-` are allowed",
  );
}
