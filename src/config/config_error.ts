/**
 * The server must not start with this configuration: what an administrator or
 * the command line demands cannot be understood. The message is for people and
 * names the place.
 */
export class ConfigError extends Error {
  /** Always `"ConfigError"`. */
  override name = "ConfigError";
}
