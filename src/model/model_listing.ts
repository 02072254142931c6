/**
 * Models as `model/list` tells of them.
 *
 * @module
 */

/** How much a model thinks. */
export interface EffortListing {
  /** As a turn names it. */
  reasoningEffort: string;
  /** What it means, for people. */
  description: string;
}

/** A way in which a model is served. */
export interface ServiceTierListing {
  /** As a turn names it. */
  id: string;
  /** Its name for people. */
  name: string;
  /** What it means, for people. */
  description: string;
}

/** The model that takes the place of another. */
export interface UpgradeListing {
  /** Its slug. */
  model: string;
  /** A line that recommends it. */
  upgradeCopy: string | null;
  /** Where to read more. */
  modelLink: string | null;
  /** How to move to it, in Markdown. */
  migrationMarkdown: string | null;
  /** When the older one ends, in seconds since 1970. */
  retirementAt: number | null;
}

/** A model as clients show it. */
export interface ModelListing {
  /** Its id, the slug. */
  id: string;
  /** Its slug. */
  model: string;
  /** Slug of the model that takes its place. */
  upgrade: string | null;
  /** More about that model. */
  upgradeInfo: UpgradeListing | null;
  /** What is said once to those who do not have it yet. */
  availabilityNux: { message: string } | null;
  /** Its name for people. */
  displayName: string;
  /** What it is good at, for people. */
  description: string;
  /** A field that it is made for. */
  modelSpecialty: string | null;
  /** Whether it is left out unless it is asked for. */
  hidden: boolean;
  /** How much it can think, least first. */
  supportedReasoningEfforts: EffortListing[];
  /** How much it thinks if nobody says. */
  defaultReasoningEffort: string;
  /** What it takes in. */
  inputModalities: ("text" | "image" | "audio")[];
  /** Always false: models no longer have personalities to choose from. */
  supportsPersonality: boolean;
  /** How it works with agents of its own. */
  multiAgentVersion: "v1" | "v2" | null;
  /** Older names of its service tiers. */
  additionalSpeedTiers: string[];
  /** Ways in which it is served, besides the usual one. */
  serviceTiers: ServiceTierListing[];
  /** The one that is used if nobody says. */
  defaultServiceTier: string | null;
  /** Programs of access; unknown here. */
  availableAccessPrograms: null;
  /** Whether it is the one for those who have not chosen. */
  isDefault: boolean;
}
