import type { Config } from "../config/mod.ts";
import {
  catalogue,
  type CatalogueEntry,
  efforts,
  findEntry,
} from "./_catalogue.ts";
import type { ModelFacts } from "./model.ts";
import type { EffortListing, ModelListing } from "./model_listing.ts";

/** Tokens that a model nobody knows is taken to hold. */
const unknownWindow = 272_000;
/** Part of a window that clients are told of; the rest is for what is added. */
const toldPercent = 95;
/** Part of a window that a conversation may fill. */
const compactPercent = 90;

/** Tokens of a tool's output that a model is shown. */
const shownTokens = { known: 10_000, unknown: 2_500 } as const;

const effortTexts: Readonly<Record<(typeof efforts)[number], string>> = {
  low: "Answers soon, thinks little",
  medium: "Speed and depth in balance, for daily tasks",
  high: "Thinks longer, for complex tasks",
  xhigh: "Thinks much longer, for complex tasks",
  max: "Thinks as long as it can, for the hardest tasks",
  ultra: "Thinks as long as it can, and hands out tasks by itself",
};

/** What is known of a model, under a configuration. */
export function toFacts(slug: string, config: Config): ModelFacts {
  const entry = findEntry(slug);
  const most = entry?.maxContextWindow ?? unknownWindow;
  const window = Math.min(
    readPositive(config, "model_context_window") ??
      entry?.contextWindow ?? unknownWindow,
    most,
  );
  const limit = Math.floor(window * compactPercent / 100);
  const wanted = readPositive(config, "model_auto_compact_token_limit");
  const isKnown = entry !== undefined;
  return {
    slug,
    isKnown,
    contextWindow: Math.floor(window * toldPercent / 100),
    autoCompactTokens: wanted === undefined ? limit : Math.min(wanted, limit),
    defaultEffort: entry?.defaultEffort ?? null,
    efforts: entry === undefined ? [] : toEfforts(entry),
    utmostEffort: entry?.utmostEffort ?? "medium",
    // Who is known thinks in private unless somebody wants to read along.
    defaultSummary: isKnown ? null : "auto",
    callsInParallel: entry?.callsInParallel ?? true,
    hasPatchTool: isKnown,
    maxOutputTokens: readPositive(config, "tool_output_token_limit") ??
      (isKnown ? shownTokens.known : shownTokens.unknown),
    defaultVerbosity: entry?.defaultVerbosity ?? null,
    serviceTiers: isKnown && entry.fastTier !== null ? ["priority"] : [],
  };
}

/** The models that are known, best first, as `model/list` tells of them. */
export function listModels(
  options: { readonly includeHidden: boolean },
): ModelListing[] {
  return catalogue
    .filter(({ isHidden }) => options.includeHidden || !isHidden)
    .map(toListing);
}

/** The model for those who have not chosen one. */
export const defaultModel: string = catalogue[0]?.slug ?? "";

function toEfforts({ topEffort }: CatalogueEntry): readonly string[] {
  return efforts.slice(0, efforts.indexOf(topEffort) + 1);
}

function toListing(entry: CatalogueEntry): ModelListing {
  const { slug, upgrade, fastTier, notice } = entry;
  return {
    id: slug,
    model: slug,
    upgrade,
    upgradeInfo: upgrade === null ? null : {
      model: upgrade,
      upgradeCopy: null,
      modelLink: null,
      migrationMarkdown: null,
      retirementAt: null,
    },
    availabilityNux: notice === null ? null : { message: notice },
    displayName: entry.displayName,
    description: entry.description,
    modelSpecialty: entry.specialty,
    hidden: entry.isHidden,
    supportedReasoningEfforts: toEfforts(entry).map(toEffortListing),
    defaultReasoningEffort: entry.defaultEffort,
    inputModalities: ["text", "image"],
    supportsPersonality: false,
    multiAgentVersion: entry.multiAgentVersion,
    additionalSpeedTiers: fastTier === null ? [] : ["fast"],
    serviceTiers: fastTier === null
      ? []
      : [{ id: "priority", name: "Fast", description: fastTier }],
    defaultServiceTier: entry.defaultServiceTier,
    availableAccessPrograms: null,
    isDefault: slug === defaultModel,
  };
}

function toEffortListing(reasoningEffort: string): EffortListing {
  return {
    reasoningEffort,
    description: effortTexts[reasoningEffort as keyof typeof effortTexts],
  };
}

function readPositive(config: Config, key: string): number | undefined {
  const value = config.get(key);
  return typeof value === "number" && value > 0 ? value : undefined;
}
