import type { ConfigLayer } from "../protocol/mod.ts";
import type { Config } from "./config.ts";

/** A configuration, and what it is made of. */
export interface LayeredConfig {
  readonly config: Config;
  /** Those that do not count included; the weakest first. */
  readonly layers: readonly Omit<ConfigLayer, "version">[];
}
