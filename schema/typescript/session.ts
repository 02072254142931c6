/**
 * What a thread is set to: model, effort, sandbox, places of work. The same
 * words stand in the parameters of threads and of turns.
 *
 * @module
 */
import type {} from "./scalar.ts";

/**
 * How hard the model thinks, such as `low`, `medium` or `high`; the model says
 * which it knows.
 *
 * @minLength 1
 */
export type ReasoningEffort = string;

/** How much of the model's reasoning is summed up for the user. */
export type ReasoningSummary = "auto" | "concise" | "detailed" | "none";

/** Tone of the model; accepted, but it changes nothing any more. */
export type Personality = "none" | "friendly" | "pragmatic";

/** How fast and at what price answers come, by the name that the provider gives it. */
export type ServiceTier = string;

/** Ready-made sandbox, as the configuration names it. */
export type SandboxMode =
  | "read-only"
  | "workspace-write"
  | "danger-full-access";

/** How the turns of a thread are stored. */
export type ThreadHistoryMode = "legacy" | "paginated";

/** What a thread was started for, in the client's words. */
export type ThreadSource = string;

/** Whether the model works or plans only; the rest are older names of `default`. */
export type ModeKind =
  | "plan"
  | "code"
  | "custom"
  | "default"
  | "execute"
  | "pair_programming";

/** Settings that come with a collaboration mode. */
export interface CollaborationSettings {
  /** Model to use. */
  model: string;
  /** Its effort; null leaves it to the model. */
  reasoning_effort?: ReasoningEffort | null;
  /** Instructions to put first; null for those that the mode brings. */
  developer_instructions?: string | null;
}

/** How model and user work together. */
export interface CollaborationMode {
  /** Which mode. */
  mode: ModeKind;
  /** What it is set to. */
  settings: CollaborationSettings;
}

/**
 * The configured hint decides when work is given to other agents.
 *
 * @closed
 */
export interface CustomMultiAgentMode {
  /** The hint. */
  custom: string;
}

/** When the model gives work to other agents. */
export type MultiAgentMode =
  | "none"
  | CustomMultiAgentMode
  | "explicitRequestOnly"
  | "proactive";

/** Programme for security work that a turn asks for; it grants nothing. */
export type CyberAccessProgram = "standard" | "daybreakBlue" | "daybreakRed";

/** A place where a thread works. */
export interface TurnEnvironmentParams {
  /** Which one. */
  environmentId: string;
  /** Directory in it, absolute. */
  cwd: string;
  /** Directories that count as the workspace. Default: `cwd` alone. */
  runtimeWorkspaceRoots?: string[] | null;
}
