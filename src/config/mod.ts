/**
 * Where the server lives and what it was told: the home directory, the
 * configuration files in their layers, and the administrator's demands. Reads
 * only; what the settings mean is for the rooms that use them.
 *
 * Every start passes through here, so paths are joined by hand: the first
 * import of a `node:` module alone costs more than all of this room.
 *
 * @module
 */
export { addSettings, lacksSettings } from "./add_settings.ts";
export {
  Config,
  type ConfigParts,
  type ConfigTable,
  type ConfigValue,
} from "./config.ts";
export {
  Configuration,
  type ConfigurationOptions,
  openConfiguration,
  refusing,
} from "./configuration.ts";
export { ConfigError } from "./config_error.ts";
export type { FeatureNotices } from "./feature_notices.ts";
export { resolveHome } from "./home.ts";
export { parseToml } from "./toml.ts";
export type { TrustLevel } from "./_project.ts";
export { installationId } from "./installation_id.ts";
export type { LayeredConfig } from "./layered_config.ts";
export { loadConfig } from "./load_config.ts";
export type { LoadConfigOptions } from "./load_config_options.ts";
export type {
  ThreadConfigRequest,
  WishedPermissions,
} from "./thread_config_request.ts";
export type { ConfigOverrides } from "./overrides.ts";
