import type { Config } from "../config/mod.ts";
import { concurrent, type Scope, type Table } from "../rpc/mod.ts";
import type { ProviderConfiguration } from "./offer_providers.ts";

/** Where the rows of models look. */
export interface ModelShelf extends ProviderConfiguration {
  /** The configuration as it is now. */
  readConfig(): Promise<Config>;
  /** The environment. */
  readonly env: { get(name: string): string | undefined };
}

/** Names of the methods of models. */
export type ModelMethod =
  | "model/list"
  | "modelProvider/list"
  | "modelProvider/config/write"
  | "modelProvider/capabilities/read";

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

/** Models and providers to choose from. What they are is loaded when asked. */
export const modelMethods: Table<ModelShelf, ModelMethod> = {
  "model/list": {
    scope: reading,
    handle: async (shelf, params, { client }) => {
      const { offerModels } = await import("./offer_models.ts");
      const config = await shelf.readConfig();
      return offerModels(params, { config, env: shelf.env, client });
    },
  },
  "modelProvider/list": {
    scope: reading,
    handle: async (shelf) => {
      const { offerProviders } = await import("./offer_providers.ts");
      return offerProviders(await shelf.readConfig());
    },
  },
  "modelProvider/config/write": {
    scope: writing,
    handle: async (shelf, params) => {
      const { writeProvider } = await import("./offer_providers.ts");
      return await writeProvider(shelf, params);
    },
  },
  "modelProvider/capabilities/read": {
    scope: concurrent,
    handle: () => ({ imageGeneration: true, webSearch: true }),
  },
};
