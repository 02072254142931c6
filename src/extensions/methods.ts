import type { MethodName, ParamsOf } from "../protocol/mod.ts";
import type { Scope } from "../rpc/mod.ts";

/** A client that reads right behind its own change reads what it changed. */
const reading: Scope<unknown> = {
  reach: "server",
  claims: () => [{ lane: "config", access: "shared" }, {
    lane: "extensions",
    access: "shared",
  }],
};

/** One change at a time, whoever asks; it may write the configuration. */
const changing: Scope<unknown> = {
  reach: "server",
  claims: () => [{ lane: "config", access: "exclusive" }, {
    lane: "extensions",
    access: "exclusive",
  }],
};

/** The same for what may take long: the configuration is not waited for. */
const fetching: Scope<unknown> = {
  reach: "server",
  claims: () => [{ lane: "extensions", access: "exclusive" }],
};

/** What the methods of extensions wait for; loaded with the server. */
export const extensionScopes = {
  "skills/list": reading,
  "skills/config/write": changing,
  "skills/extraRoots/set": changing,
  "hooks/list": reading,
  "marketplace/add": fetching,
  "marketplace/remove": changing,
  "marketplace/upgrade": fetching,
  "plugin/list": reading,
  "plugin/search": reading,
  "plugin/installed": reading,
  "plugin/reconcile": reading,
  "plugin/read": reading,
  "plugin/skill/read": reading,
  "plugin/install": fetching,
  "plugin/uninstall": changing,
  "plugin/share/save": reading,
  "plugin/share/updateTargets": reading,
  "plugin/share/list": reading,
  "plugin/share/checkout": reading,
  "plugin/share/delete": reading,
  "app/list": reading,
  "app/read": reading,
  "app/installed": reading,
} satisfies { readonly [M in MethodName]?: Scope<ParamsOf<M>> };

/** Names of the methods of extensions. */
export type ExtensionMethod = keyof typeof extensionScopes;
