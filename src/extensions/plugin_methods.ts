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
  "plugin/share/save": () => refuseRemote("save remote plugin share"),
  "plugin/share/updateTargets": () =>
    refuseRemote("update remote plugin share targets"),
  "plugin/share/list": () => refuseRemote("list remote plugin shares"),
  "plugin/share/checkout": () => refuseRemote("checkout plugin share"),
  "plugin/share/delete": () => refuseRemote("delete remote plugin share"),
};
