/** What is known of a model, of one version of the catalogue. */
export interface CatalogueEntry {
  readonly slug: string;
  readonly displayName: string;
  readonly description: string;
  /** Tokens that it takes in if nobody says. */
  readonly contextWindow: number;
  /** Tokens that it can take in if somebody says so. */
  readonly maxContextWindow: number;
  /** How far up the ladder of efforts it goes. */
  readonly topEffort: Effort;
  readonly defaultEffort: Effort;
  /**
   * What a request asks for where somebody wants `ultra`: that is this effort
   * and more initiative, no effort of its own.
   */
  readonly utmostEffort: Effort;
  readonly defaultVerbosity: "low" | "medium" | "high";
  /** How fast its `priority` tier is said to be; nothing if it has none. */
  readonly fastTier: string | null;
  readonly defaultServiceTier: string | null;
  readonly multiAgentVersion: "v1" | "v2" | null;
  readonly callsInParallel: boolean;
  /** `reasoning.context` of its requests. */
  readonly reasoningContext: string | null;
  readonly isHidden: boolean;
  readonly specialty: string | null;
  readonly upgrade: string | null;
  readonly notice: string | null;
}

/** Efforts, least first: who can do one can do those before it. */
export const efforts = [
  "low",
  "medium",
  "high",
  "xhigh",
  "max",
  "ultra",
] as const;

/** How much a model of the catalogue thinks. */
export type Effort = (typeof efforts)[number];

const usual = {
  contextWindow: 272_000,
  maxContextWindow: 872_000,
  topEffort: "ultra",
  defaultEffort: "low",
  utmostEffort: "max",
  defaultVerbosity: "low",
  fastTier: "1.5x speed, increased usage",
  defaultServiceTier: null,
  multiAgentVersion: "v2",
  callsInParallel: false,
  reasoningContext: "all_turns",
  isHidden: false,
  specialty: null,
  upgrade: null,
  notice: null,
} as const satisfies Partial<CatalogueEntry>;

/** The models that 0.169.0 knows, in the order in which it lists them. */
export const catalogue: readonly CatalogueEntry[] = [
  {
    ...usual,
    slug: "gpt-6.1-sol",
    displayName: "GPT-6.1-Sol",
    description: "Newest all-rounder, for code and daily tasks.",
    utmostEffort: "xhigh",
    fastTier: "2x speed, increased usage",
    notice: "GPT-6.1 Sol is here: close to Astra on hard tasks, for less.",
  },
  {
    ...usual,
    slug: "gpt-6-astra",
    displayName: "GPT-6-Astra",
    description: "Strongest model, for what others can't solve.",
    utmostEffort: "xhigh",
    fastTier: "2x speed, increased usage",
  },
  {
    ...usual,
    slug: "gpt-6-sol",
    displayName: "GPT-6-Sol",
    description: "All-rounder of the generation before.",
    defaultEffort: "medium",
    fastTier: "1.5x speed",
    defaultServiceTier: "priority",
  },
  {
    ...usual,
    slug: "gpt-6-luna",
    displayName: "GPT-6-Luna",
    description: "Quick and cheap, for the easier tasks.",
    topEffort: "max",
    defaultEffort: "medium",
    fastTier: "1.5x speed",
    defaultServiceTier: "priority",
  },
  {
    ...usual,
    slug: "gpt-5.6-sol",
    displayName: "GPT-5.6-Sol",
    description: "All-rounder of an older generation.",
    upgrade: "gpt-6-sol",
  },
  {
    ...usual,
    slug: "gpt-6.1-terra",
    displayName: "GPT-6.1 Terra",
    description: "Model with a wide context, for code.",
    utmostEffort: "xhigh",
    contextWindow: 500_000,
    fastTier: "1.5x speed",
  },
  {
    ...usual,
    slug: "gpt-5.6-terra",
    displayName: "GPT-5.6-Terra",
    description: "Older model between speed and depth, for plain tasks.",
    defaultEffort: "medium",
    upgrade: "gpt-6-sol",
  },
  {
    ...usual,
    slug: "gpt-5.6-luna",
    displayName: "GPT-5.6-Luna",
    description: "Older quick and cheap model.",
    topEffort: "max",
    defaultEffort: "medium",
    multiAgentVersion: "v1",
    upgrade: "gpt-6-luna",
  },
  {
    ...usual,
    slug: "gpt-daybreak-blue-latest",
    displayName: "Daybreak Blue",
    description: "Newest coding model for the defence of systems.",
    fastTier: null,
    isHidden: true,
    specialty: "cyber",
  },
  {
    ...usual,
    slug: "gpt-daybreak-red-latest",
    displayName: "Daybreak Red",
    description:
      "The same for security research that was permitted, with fewer refusals.",
    contextWindow: 372_000,
    maxContextWindow: 372_000,
    defaultEffort: "medium",
    defaultVerbosity: "high",
    fastTier: null,
    isHidden: true,
    specialty: "cyber",
  },
  {
    ...usual,
    slug: "gpt-5.5",
    displayName: "GPT-5.5",
    description: "Coding model kept for those who rely on it.",
    maxContextWindow: 272_000,
    topEffort: "xhigh",
    defaultEffort: "medium",
    utmostEffort: "xhigh",
    multiAgentVersion: null,
    callsInParallel: true,
    reasoningContext: null,
    upgrade: "gpt-6-sol",
  },
  {
    ...usual,
    slug: "codex-auto-review",
    displayName: "Codex Auto Review",
    description: "Reviews approvals in place of the user.",
    topEffort: "max",
    defaultEffort: "medium",
    multiAgentVersion: "v1",
    isHidden: true,
  },
];
