import { RpcError } from "../protocol/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import { checkRemoteId, refuseRemote } from "./_remote.ts";
import type { Extensions } from "./extensions.ts";

type PluginMethod =
  | "marketplace/add"
  | "marketplace/remove"
  | "marketplace/upgrade"
  | "plugin/list"
  | "plugin/search"
  | "plugin/installed"
  | "plugin/reconcile"
  | "plugin/read"
  | "plugin/skill/read"
  | "plugin/install"
  | "plugin/uninstall"
  | "plugin/share/save"
  | "plugin/share/updateTargets"
  | "plugin/share/list"
  | "plugin/share/checkout"
  | "plugin/share/delete";

/** Plugins and where they come from. */
export const pluginHandlers: Handlers<Extensions, PluginMethod> = {
  "marketplace/add": ({ marketplaces }, params, { signal }) =>
    marketplaces.add(params, signal),
  "marketplace/remove": ({ marketplaces }, { marketplaceName }) =>
    marketplaces.remove(marketplaceName),
  "marketplace/upgrade": ({ marketplaces }, params, { signal }) =>
    marketplaces.upgrade(params.marketplaceName ?? undefined, signal),
  "plugin/list": ({ plugins }, params) => plugins.list(params),
  "plugin/search": ({ plugins }, params) => plugins.search(params),
  "plugin/installed": ({ plugins }, params) => plugins.installed(params),
  // Only the vendor's catalogue could say that something is to change.
  "plugin/reconcile": () => ({
    changedPlugins: [],
    failedRemotePluginIds: [],
    failedMaterializationRemotePluginIds: [],
  }),
  "plugin/read": async ({ plugins }, params) => ({
    plugin: await plugins.read(params),
  }),
  "plugin/skill/read": (_, { remotePluginId, skillName }) => {
    checkRemoteId(remotePluginId);
    if (skillName === "") {
      throw RpcError.invalidRequest(
        "invalid remote plugin skill name: cannot be empty",
      );
    }
    return refuseRemote("read remote plugin skill details");
  },
  "plugin/install": ({ plugins }, params, { signal }) =>
    plugins.install(params, signal),
  "plugin/uninstall": async ({ plugins }, { pluginId }) => {
    await plugins.uninstall(pluginId);
    return {};
  },
  "plugin/share/save"(_, { remotePluginId, discoverability, shareTargets }) {
    if (remotePluginId != null) checkShareId(remotePluginId);
    if (discoverability === "LISTED") {
      throw RpcError.invalidRequest(
        "discoverability LISTED is not supported for plugin/share/save; use " +
          "UNLISTED or PRIVATE",
      );
    }
    checkShareTargets(shareTargets ?? []);
    return refuseRemote("save remote plugin share");
  },
  "plugin/share/updateTargets"(_, { remotePluginId, shareTargets }) {
    checkShareId(remotePluginId);
    checkShareTargets(shareTargets);
    return refuseRemote("update remote plugin share targets");
  },
  "plugin/share/list": () => refuseRemote("list remote plugin shares"),
  "plugin/share/checkout"(_, { remotePluginId }) {
    checkShareId(remotePluginId);
    return refuseRemote("checkout plugin share");
  },
  "plugin/share/delete"(_, { remotePluginId }) {
    checkShareId(remotePluginId);
    return refuseRemote("delete remote plugin share");
  },
};

/** The same as for plugins, in the words of shares. */
function checkShareId(id: string): void {
  if (/^[A-Za-z0-9_~-]+$/.test(id)) return;
  throw RpcError.invalidRequest("invalid remote plugin id");
}

function checkShareTargets(
  targets: readonly { readonly principalType: string }[],
): void {
  if (targets.every(({ principalType }) => principalType !== "workspace")) {
    return;
  }
  throw RpcError.invalidRequest(
    "shareTargets cannot include workspace principals; use discoverability " +
      "UNLISTED for workspace link access",
  );
}
