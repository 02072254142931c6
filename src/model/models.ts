import type { Config } from "../config/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { type Clock, systemClock } from "./clock.ts";
import { createFileCredentials, type Credentials } from "./credentials.ts";
import type { Model, ModelEvent, ModelRequest, Models } from "./model.ts";
import { findDefaultModel, findReasoningContext, toFacts } from "./facts.ts";
import type { Fetch } from "./fetch.ts";
import { findProvider, type Provider } from "./provider.ts";
import { Scripts } from "./scripts.ts";

/** What {@linkcode createModels} needs. */
export interface ModelsOptions {
  /** What says which providers there are. */
  readonly config: Config;
  /** Directory that holds `auth.json`. */
  readonly home: string;
  /** The environment: keys, and headers from variables. */
  readonly env: { get(name: string): string | undefined };
  /** Takes what operators may want to know. */
  readonly log: Logger;
  /** Text of the `user-agent` header. */
  readonly userAgent: string;
  /** Text of the `originator` header. */
  readonly originator: string;
  /** Version of the protocol, for the provider that wants to know. */
  readonly version?: string;
  /** Where keys come from. Default: {@linkcode createFileCredentials}. */
  readonly credentials?: Credentials;
  /** How far scripts were played. Default: a place of their own. */
  readonly scripts?: Scripts;
  /** Sends requests. Default: the one of the runtime. */
  readonly fetch?: Fetch;
  /** Waits, and tells the time. Default: that of the system. */
  readonly clock?: Clock;
}

/**
 * Gives access to the models of a configuration.
 *
 * @example Ask a model that needs no network
 * ```ts
 * import { createModels } from "./mod.ts";
 * import { Config } from "../config/mod.ts";
 * import { silentLogger } from "../telemetry/mod.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".json" });
 * await Deno.writeTextFile(path, '[{ "output": [{ "say": "Hello" }] }]');
 * const models = createModels({
 *   config: new Config({
 *     effective: { model_providers: { demo: { base_url: `script://${path}` } } },
 *   }),
 *   home: "/nonexistent",
 *   env: Deno.env,
 *   log: silentLogger,
 *   userAgent: "demo/1.0",
 *   originator: "demo",
 * });
 * let said = "";
 * const request = {
 *   model: "any",
 *   input: [],
 *   tools: [],
 *   parallelToolCalls: true,
 *   reasoning: null,
 *   promptCacheKey: "thread",
 *   clientMetadata: {},
 *   headers: {},
 * };
 * const { signal } = new AbortController();
 * for await (const event of models.model("demo").stream(request, { signal })) {
 *   if (event.type === "textDelta") said += event.delta;
 * }
 * await Deno.remove(path);
 * if (said !== "Hello") throw new Error(said);
 * ```
 */
export function createModels(options: ModelsOptions): Models {
  const { config, env } = options;
  const scripts = options.scripts ?? new Scripts();
  const credentials = options.credentials ?? createFileCredentials(options);
  const clock = options.clock ?? systemClock;
  const models = new Map<string, Model>();
  return {
    defaultModel: findDefaultModel(config),
    has: (providerId) =>
      findProvider(providerId, { config, env }) !== undefined,
    model(providerId) {
      const known = models.get(providerId);
      if (known !== undefined) return known;
      const provider = findProvider(providerId, { config, env });
      if (provider === undefined) {
        throw new RangeError(`Model provider \`${providerId}\` not found`);
      }
      const model = new LateModel(provider, async () => {
        const { ResponsesModel } = await import("./_responses_model.ts");
        const parts = {
          ...options,
          provider,
          credentials,
          clock,
          reasoningContext: (slug: string) =>
            findReasoningContext(slug, config),
        };
        return new ResponsesModel(
          provider.baseUrl.startsWith("script:")
            ? { ...parts, fetch: await playScript(provider, scripts, clock) }
            : parts,
        );
      });
      models.set(providerId, model);
      return model;
    },
    facts: (slug) => toFacts(slug, config),
  };
}

async function playScript(
  provider: Provider,
  scripts: Scripts,
  clock: Clock,
): Promise<Fetch> {
  const { createScriptFetch } = await import("./_script_fetch.ts");
  return createScriptFetch(provider.baseUrl, { scripts, clock });
}

/** A model whose code is loaded when it is first asked. */
class LateModel implements Model {
  readonly maxStreamRetries: number;
  readonly #load: () => Promise<Model>;
  #loaded: Promise<Model> | undefined;

  constructor(provider: Provider, load: () => Promise<Model>) {
    this.maxStreamRetries = provider.streamMaxRetries;
    this.#load = load;
  }

  stream(
    request: ModelRequest,
    options: { readonly signal: AbortSignal },
  ): AsyncIterable<ModelEvent> {
    const loaded = this.#loaded ??= this.#load();
    let iterator: AsyncIterator<ModelEvent> | undefined;
    const late: AsyncIterableIterator<ModelEvent> = {
      [Symbol.asyncIterator]: () => late,
      next() {
        if (iterator !== undefined) return iterator.next();
        return loaded.then((model) => {
          iterator ??= model.stream(request, options)[Symbol.asyncIterator]();
          return iterator.next();
        });
      },
      async return() {
        const model = await loaded;
        iterator ??= model.stream(request, options)[Symbol.asyncIterator]();
        await iterator.return?.();
        return { done: true, value: undefined };
      },
    };
    return late;
  }
}
