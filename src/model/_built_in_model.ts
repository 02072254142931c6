import { type CatalogueEntry, type Effort, efforts } from "./_catalogue.ts";
import type { KnownModel } from "./_known_model.ts";
import type { EffortListing } from "./model_listing.ts";

/** Part of a window that clients are told of; the rest is for what is added. */
const toldPercent = 95;

/** Tokens of a tool's output that a model is shown. */
const shownTokens = 10_000;

const effortTexts: Readonly<Record<Effort, string>> = {
  low: "Answers soon, thinks little",
  medium: "Speed and depth in balance, for daily tasks",
  high: "Thinks longer, for complex tasks",
  xhigh: "Thinks much longer, for complex tasks",
  max: "Thinks as long as it can, for the hardest tasks",
  ultra: "Thinks as long as it can, and hands out tasks by itself",
};

/** What is known of a model that this server itself knows. */
export function toBuiltInModel(entry: CatalogueEntry): KnownModel {
  const { slug, upgrade, fastTier, notice } = entry;
  return {
    listing: {
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
      supportedReasoningEfforts: toEfforts(entry),
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
    },
    defaultEffort: entry.defaultEffort,
    utmostEffort: entry.utmostEffort,
    // Who is known thinks in private unless somebody wants to read along.
    defaultSummary: null,
    defaultVerbosity: entry.defaultVerbosity,
    contextWindow: entry.contextWindow,
    maxContextWindow: entry.maxContextWindow,
    toldPercent,
    autoCompactTokens: null,
    shown: { tokens: shownTokens, unit: "tokens" },
    callsInParallel: entry.callsInParallel,
    reasoningContext: entry.reasoningContext,
    hasPatchTool: true,
    hasShell: true,
    findsTools: true,
    baseInstructions: null,
  };
}

function toEfforts({ topEffort }: CatalogueEntry): EffortListing[] {
  return efforts.slice(0, efforts.indexOf(topEffort) + 1)
    .map((effort) => ({
      reasoningEffort: effort,
      description: effortTexts[effort],
    }));
}
