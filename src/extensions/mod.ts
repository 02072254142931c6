/**
 * What others bring to a server: skills that models read, hooks that run around
 * turns, plugins that bundle them, and the marketplaces that plugins come from;
 * `app/*` as without an account of the vendor. Nothing of it is believed: paths
 * stay in the directory that they are part of, and a hook runs only once a
 * person has trusted it as it is.
 *
 * @module
 */
export {
  type ExtendedThread,
  Extensions,
  type ExtensionsOptions,
} from "./extensions.ts";
export type { Hook, HookListing, Hooks } from "./hooks.ts";
export type { HookToolAnswer, HookToolCall } from "./hook_tool.ts";
export type { MarketplaceListing, Marketplaces } from "./marketplaces.ts";
export type { PluginServer } from "./plugin_server.ts";
export type { InstalledPlugin, Plugins } from "./plugins.ts";
export type { Skill, SkillListing } from "./skill.ts";
export type { Skills } from "./skills.ts";
