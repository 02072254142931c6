import type { ModelListing } from "./model_listing.ts";

/** What is known of a model, wherever from. */
export interface KnownModel {
  /** As clients are told of it, but for whether it is the usual one. */
  readonly listing: Omit<ModelListing, "isDefault">;
  /** Effort when nobody says; null if it has none. */
  readonly defaultEffort: string | null;
  /**
   * What a request asks for where somebody wants `ultra`: that is this effort
   * and more initiative, no effort of its own.
   */
  readonly utmostEffort: string | null;
  /** Kind of summary of its thoughts when nobody says; null: none. */
  readonly defaultSummary: string | null;
  /** Verbosity when nobody says; null if it can't be told how much to say. */
  readonly defaultVerbosity: string | null;
  /** Tokens that it takes in if nobody says; null: nobody knows. */
  readonly contextWindow: number | null;
  /** Tokens that it can take in if somebody says so; null: nobody knows. */
  readonly maxContextWindow: number | null;
  /** Part of its window that clients are told of. */
  readonly toldPercent: number;
  /** Tokens at which it wants its conversation compacted; null: the usual. */
  readonly autoCompactTokens: number | null;
  /** How much of a tool's output it is shown. */
  readonly shown: {
    readonly tokens: number;
    readonly unit: "tokens" | "chars";
  };
  readonly callsInParallel: boolean;
  /** `reasoning.context` of its requests. */
  readonly reasoningContext: string | null;
  readonly hasPatchTool: boolean;
  /** Whether it may have commands run. */
  readonly hasShell: boolean;
  /** Whether it can look for tools that it is not told of. */
  readonly findsTools: boolean;
  /** What it is told first, where that is its own; null: what all are told. */
  readonly baseInstructions: string | null;
}
