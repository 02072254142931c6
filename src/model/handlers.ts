import type { Config } from "../config/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import type { ModelMethod } from "./methods.ts";
import { offerModels } from "./offer_models.ts";
import {
  offerProviders,
  type ProviderConfiguration,
  writeProvider,
} from "./offer_providers.ts";

/** Where the methods of models look. */
export interface ModelShelf extends ProviderConfiguration {
  /** The configuration as it is now. */
  readConfig(): Promise<Config>;
  /** What it says now, whether it can be used or not. */
  peekConfig(): Promise<Config>;
  /** Fails if it can't be used. */
  checkConfig(): Promise<unknown>;
  /** The environment. */
  readonly env: { get(name: string): string | undefined };
}

/** Models and providers to choose from; loaded with the first request. */
export const modelHandlers: Handlers<ModelShelf, ModelMethod> = {
  async "model/list"(shelf, params, { client }) {
    const config = await shelf.readConfig();
    return offerModels(params, { config, env: shelf.env, client });
  },
  async "modelProvider/list"(shelf) {
    return offerProviders(await shelf.peekConfig());
  },
  "modelProvider/config/write": (shelf, params) => writeProvider(shelf, params),
  async "modelProvider/capabilities/read"(shelf) {
    await shelf.checkConfig();
    return { imageGeneration: true, webSearch: true };
  },
};
