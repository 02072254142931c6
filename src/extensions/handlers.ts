import type { Handlers } from "../rpc/mod.ts";
import { appHandlers } from "./app_methods.ts";
import type { Extensions } from "./extensions.ts";
import type { ExtensionMethod } from "./methods.ts";
import { pluginHandlers } from "./plugin_methods.ts";
import { skillHandlers } from "./skill_methods.ts";

/** What the methods of extensions do; loaded with the first of them. */
export const extensionHandlers: Handlers<Extensions, ExtensionMethod> = {
  ...skillHandlers,
  ...pluginHandlers,
  ...appHandlers,
};
