import { concurrent, type Table } from "../rpc/mod.ts";
import type { Config } from "./config.ts";

/** `config*`: what the server was configured with. Never waits for anything. */
export const configMethods: Table<Config, "configRequirements/read"> = {
  "configRequirements/read": {
    scope: concurrent,
    handle: (config) => ({
      requirements: config.requirements,
      supportsIndependentSpeedModes: true,
    }),
  },
};
