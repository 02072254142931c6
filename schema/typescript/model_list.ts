/**
 * The models to choose from.
 *
 * @module
 */
import type { Uint32, UnixSeconds } from "./scalar.ts";
import type { CyberAccessProgram, ReasoningEffort } from "./session.ts";

/** Asks for models. */
export interface ModelListParams {
  /** Provider whose models are asked for. Default: the one in use. */
  modelProvider?: string | null;
  /** `nextCursor` of the page before. */
  cursor?: string | null;
  /** Most models on a page. Default: all. */
  limit?: Uint32 | null;
  /** List those too that people are not offered. Default false. */
  includeHidden?: boolean | null;
}

/** How much a model can think. */
export interface ReasoningEffortOption {
  /** As a turn names it. */
  reasoningEffort: ReasoningEffort;
  /** What it means, for people. */
  description: string;
}

/** What a model takes in. */
export type InputModality = "text" | "image" | "audio";

/** How a model works with agents of its own. */
export type MultiAgentVersion = "disabled" | "v1" | "v2";

/** A way in which a model is served. */
export interface ModelServiceTier {
  /** As a turn names it. */
  id: string;
  /** Its name for people. */
  name: string;
  /** What it means, for people. */
  description: string;
}

/** The model that takes the place of another. */
export interface ModelUpgradeInfo {
  /** It. */
  model: string;
  /** A line that recommends it. */
  upgradeCopy: string | null;
  /** Where to read more. */
  modelLink: string | null;
  /** How to move to it, in Markdown. */
  migrationMarkdown: string | null;
  /** When the older one ends. */
  retirementAt: UnixSeconds | null;
}

/** What is said once to those who have not used a model yet. */
export interface ModelAvailabilityNux {
  /** It. */
  message: string;
}

/** Programs under which a model may be used for more. */
export interface ModelAccessPrograms {
  /** For the security of computers. */
  cyber: CyberAccessProgram[];
}

/** A model. */
export interface Model {
  /** Its id. */
  id: string;
  /** Its name in requests. */
  model: string;
  /** The model that takes its place. */
  upgrade: string | null;
  /** More about that one. */
  upgradeInfo: ModelUpgradeInfo | null;
  /** What is said once about it. */
  availabilityNux: ModelAvailabilityNux | null;
  /** Its name for people. */
  displayName: string;
  /** What it is good at, for people. */
  description: string;
  /** A field that it is made for. */
  modelSpecialty: string | null;
  /** Whether people are not offered it. */
  hidden: boolean;
  /** How much it can think. */
  supportedReasoningEfforts: ReasoningEffortOption[];
  /** How much it thinks if nobody says. */
  defaultReasoningEffort: ReasoningEffort;
  /** What it takes in. */
  inputModalities: InputModality[];
  /** Always false. */
  supportsPersonality: boolean;
  /** How it works with agents of its own. */
  multiAgentVersion: MultiAgentVersion | null;
  /** Older names of the service tiers. */
  additionalSpeedTiers: string[];
  /** Ways in which it is served. */
  serviceTiers: ModelServiceTier[];
  /** The one that is used if nobody says. */
  defaultServiceTier: string | null;
  /** Programs for which it can be used; null for unknown. */
  availableAccessPrograms: ModelAccessPrograms | null;
  /** Whether it is the one for those who have not chosen. */
  isDefault: boolean;
}

/** A page of models. */
export interface ModelListResponse {
  /** The models, best first. */
  data: Model[];
  /** Where the next page begins; null if there is none. */
  nextCursor: string | null;
}
