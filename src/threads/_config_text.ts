import type { Config } from "../config/mod.ts";

/** A setting of the configuration, if it is a text. */
export function readText(config: Config, key: string): string | undefined {
  const value = config.get(key);
  return typeof value === "string" ? value : undefined;
}
