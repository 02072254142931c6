import { concurrent, type Scope, type Table } from "../rpc/mod.ts";
import type { Configuration } from "./configuration.ts";

/** Names of the methods of the configuration. */
export type ConfigMethod =
  | "config/read"
  | "config/value/write"
  | "config/batchWrite"
  | "configRequirements/read"
  | "experimentalFeature/list"
  | "experimentalFeature/enablement/set"
  | "permissionProfile/list"
  | "collaborationMode/list";

/** A client that reads right behind its own write reads what it wrote. */
const reading: Scope<unknown> = {
  reach: "server",
  claims: () => [{ lane: "config", access: "shared" }],
};

/** One write at a time, whoever asks. */
const writing: Scope<unknown> = {
  reach: "server",
  claims: () => [{ lane: "config", access: "exclusive" }],
};

/**
 * `config*` and what clients offer to choose from. What reads and writes files
 * is loaded with the first request.
 */
export const configMethods: Table<Configuration, ConfigMethod> = {
  "config/read": {
    scope: reading,
    handle: (configuration, params) => configuration.read(params),
  },
  "config/value/write": {
    scope: writing,
    handle: (configuration, { filePath, expectedVersion, ...edit }) =>
      configuration.write({
        edits: [edit],
        filePath: filePath ?? null,
        expectedVersion: expectedVersion ?? null,
      }),
  },
  "config/batchWrite": {
    scope: writing,
    async handle(configuration, params, { afterReply }) {
      const answer = await configuration.write(params);
      if (params.reloadUserConfig === true) {
        afterReply(() => configuration.reloadThreads());
      }
      return answer;
    },
  },
  "configRequirements/read": {
    scope: reading,
    handle: async (configuration) => ({
      requirements: await configuration.readRequirements(),
      supportsIndependentSpeedModes: true,
    }),
  },
  "experimentalFeature/list": {
    scope: reading,
    handle: async (configuration, params) =>
      (await import("./offers.ts")).offerFeatures(configuration, params),
  },
  "experimentalFeature/enablement/set": {
    scope: writing,
    handle: async (configuration, { enablement }) => ({
      enablement: await configuration.setFeatures(enablement),
    }),
  },
  "permissionProfile/list": {
    scope: reading,
    handle: async (configuration, params) =>
      (await import("./offers.ts")).offerProfiles(configuration, params),
  },
  "collaborationMode/list": {
    scope: concurrent,
    handle: async () => (await import("./offers.ts")).offerModes(),
  },
};
