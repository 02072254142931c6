import type { Config } from "../config/mod.ts";
import { toBuiltInModel } from "./_built_in_model.ts";
import { catalogue } from "./_catalogue.ts";
import type { KnownModel } from "./_known_model.ts";
import type { ModelFacts } from "./model.ts";
import type { ModelListing } from "./model_listing.ts";
import { toOwnModels } from "./_own_catalogue.ts";

/** Part of a window that a conversation may fill. */
const compactPercent = 90;

/** What a model that nobody knows is taken to be like. */
const unknownModel: Omit<KnownModel, "listing"> = {
  defaultEffort: null,
  utmostEffort: null,
  defaultSummary: "auto",
  defaultVerbosity: null,
  contextWindow: 272_000,
  maxContextWindow: 272_000,
  toldPercent: 95,
  autoCompactTokens: null,
  shown: { tokens: 2_500, unit: "chars" },
  callsInParallel: true,
  reasoningContext: null,
  hasPatchTool: false,
  hasShell: true,
  findsTools: false,
  baseInstructions: null,
};

/** What is known of a model, under a configuration. */
export function toFacts(slug: string, config: Config): ModelFacts {
  const known = findModel(slug, knownModels(config));
  const model = known ?? unknownModel;
  const window = toWindow(model, config);
  const limit = window === null
    ? null
    : Math.floor(window * compactPercent / 100);
  const wanted = readPositive(config, "model_auto_compact_token_limit") ??
    model.autoCompactTokens;
  return {
    slug,
    isKnown: known !== undefined,
    contextWindow: window === null
      ? null
      : Math.floor(window * model.toldPercent / 100),
    autoCompactTokens: wanted === null || limit === null
      ? wanted ?? limit
      : Math.min(wanted, limit),
    defaultEffort: model.defaultEffort,
    efforts: known?.listing.supportedReasoningEfforts
      .map(({ reasoningEffort }) => reasoningEffort) ?? [],
    utmostEffort: model.utmostEffort ?? "medium",
    defaultSummary: model.defaultSummary,
    callsInParallel: model.callsInParallel,
    hasPatchTool: model.hasPatchTool,
    hasShell: model.hasShell,
    findsTools: model.findsTools,
    maxOutputTokens: readPositive(config, "tool_output_token_limit") ??
      model.shown.tokens,
    outputUnit: model.shown.unit,
    defaultVerbosity: model.defaultVerbosity,
    serviceTiers: known?.listing.serviceTiers.map(({ id }) => id) ?? [],
    baseInstructions: model.baseInstructions,
  };
}

/** `reasoning.context` of requests to a model; null: they have none. */
export function findReasoningContext(
  slug: string,
  config: Config,
): string | null {
  return findModel(slug, knownModels(config))?.reasoningContext ?? null;
}

/**
 * The models that are known under a configuration, best first, as `model/list`
 * tells of them.
 */
export function listModels(
  config: Config,
  { includeHidden }: { readonly includeHidden: boolean },
): ModelListing[] {
  const usual = findDefaultModel(config);
  return knownModels(config)
    .filter(({ listing }) => includeHidden || !listing.hidden)
    .map(({ listing }) => ({ ...listing, isDefault: listing.id === usual }));
}

/** The model for those who have not chosen one: the best that is shown. */
export function findDefaultModel(config: Config): string {
  const models = knownModels(config);
  const best = models.find(({ listing }) => !listing.hidden) ?? models[0];
  return best?.listing.id ?? "";
}

/** Best first; those of a catalogue of one's own take the place of the rest. */
function knownModels({ modelCatalogue }: Config): readonly KnownModel[] {
  return modelCatalogue === undefined
    ? catalogue.map(toBuiltInModel)
    : toOwnModels(modelCatalogue);
}

/**
 * The model whose slug a slug begins with, the longest of them: a dated release
 * is its model. One name in front, such as `openai/`, is passed over.
 */
function findModel(
  slug: string,
  models: readonly KnownModel[],
): KnownModel | undefined {
  return findPrefix(slug, models) ??
    findPrefix(/^[^/]+\/([^/]+)$/.exec(slug)?.[1], models);
}

function findPrefix(
  slug: string | undefined,
  models: readonly KnownModel[],
): KnownModel | undefined {
  let best: KnownModel | undefined;
  for (const model of models) {
    const { id } = model.listing;
    if (slug?.startsWith(id) !== true) continue;
    if (best === undefined || id.length > best.listing.id.length) best = model;
  }
  return best;
}

/** Tokens that a model takes in: what is asked for, as far as it can. */
function toWindow(
  { contextWindow, maxContextWindow }: Omit<KnownModel, "listing">,
  config: Config,
): number | null {
  const wanted = readPositive(config, "model_context_window");
  if (wanted === undefined) return contextWindow;
  return Math.min(wanted, maxContextWindow ?? wanted);
}

function readPositive(config: Config, key: string): number | undefined {
  const value = config.get(key);
  return typeof value === "number" && value > 0 ? value : undefined;
}
